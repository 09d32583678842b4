"""Trains the autoencoder on rendered shards and then encodes them.

    python3 train_autoencoder.py --data DIR --minutes 20 [--processes 2]

Writes DIR/autoencoder.pt, DIR/latent_norm.pt (mean, std [24]), DIR/autoencoder.csv (the curve), and for every shard
DIR/*.latents.npy [n, 8, 8, 8, 24] float16 (latent frames, height, width, channels), normalised per channel, and DIR/*.stills.npy,
which is the same of clips that stand still at the last picture of each latent frame: what a model is given that starts from a picture.
"""
from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
import torch
import torch.multiprocessing as mp

import parallel
from autoencoder import FRAMES_PER_LATENT, Decoder, Encoder, psnr, to_tensor

LEARNING_RATE = 2e-3
BATCH = 8  # chunks of four frames, per process
EDGE_WEIGHT = 4.0  # extra weight of pixels on edges: the objects' outlines are few pixels and matter most
LATENT_NOISE = 0.02
# Shares of chunks by kind of shard. Without drawn appearances the named colours would be all that it learns to tell.
ODDS = {"train": 0.35, "look": 0.3, "style": 0.25, "pair": 0.1}
STILLS = 0.2  # share of chunks that stand still


def loss_of(output: torch.Tensor, target: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Edge-weighted squared error plus a little absolute error; also the plain squared error."""
    error = output - target
    edges = torch.zeros_like(target[..., :1, :, :])
    edges[..., :, 1:] += (target[..., :, 1:] - target[..., :, :-1]).abs().mean(-3, keepdim=True)
    edges[..., 1:, :] += (target[..., 1:, :] - target[..., :-1, :]).abs().mean(-3, keepdim=True)
    weight = 1 + EDGE_WEIGHT * edges.clamp(max=1)
    squared = error**2
    return (weight * squared).mean() + 0.1 * error.abs().mean(), squared.mean()


def train(rank: int, data: Path, seconds: float) -> None:
    torch.manual_seed(0)
    encoder, decoder = Encoder(), Decoder()
    parameters = [*encoder.parameters(), *decoder.parameters()]
    optimiser = torch.optim.AdamW(parameters, LEARNING_RATE, betas=(0.9, 0.98), weight_decay=1e-4)
    rng, start, step = np.random.default_rng(rank), time.time(), 0
    curve = open(data / "autoencoder.csv", "w") if rank == 0 else None
    while (done := parallel.agree((time.time() - start) / seconds)) < 1:
        if step % 200 == 0:
            shards = {kind: [np.load(f, mmap_mode="r") for f in sorted(data.glob(f"{kind}-[0-9]*.frames.npy")) if _complete(f)] for kind in ODDS}
        for group in optimiser.param_groups:
            group["lr"] = LEARNING_RATE * min(1, (step + 1) / 50) * (0.02 + 0.98 * (1 - done))
        chunks = []
        for _ in range(BATCH):
            kind = shards[rng.choice(list(ODDS), p=list(ODDS.values()))]
            shard = kind[rng.integers(len(kind))]
            at = FRAMES_PER_LATENT * rng.integers(shard.shape[1] // FRAMES_PER_LATENT)
            chunk = shard[rng.integers(len(shard)), at : at + FRAMES_PER_LATENT]
            chunks.append(stilled(chunk) if rng.uniform() < STILLS else chunk)
        x = to_tensor(np.stack(chunks))
        with torch.autocast("cpu", dtype=torch.bfloat16):
            z = encoder(x).float()
            y = decoder(z + LATENT_NOISE * torch.randn_like(z)).float()
        loss, squared = loss_of(y, x)
        loss = loss + 1e-4 * (z**2).mean()
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        parallel.average_gradients(parameters)
        optimiser.step()
        step += 1
        if rank == 0 and step % 100 == 0:
            print(f"{step},{time.time() - start:.0f},{psnr(squared.item()):.2f}", file=curve, flush=True)
        if rank == 0 and step % 1000 == 0:
            save(data, encoder, decoder)
    if rank == 0:
        save(data, encoder, decoder)


def _complete(frames: Path) -> bool:
    """The attributes are written last."""
    return frames.with_name(frames.name.replace(".frames.", ".attributes.")).exists()


def save(data: Path, encoder: Encoder, decoder: Decoder) -> None:
    torch.save({"encoder": encoder.state_dict(), "decoder": decoder.state_dict()}, data / "autoencoder.pt")


def load(data: Path) -> tuple[Encoder, Decoder]:
    state = torch.load(data / "autoencoder.pt")
    encoder, decoder = Encoder(), Decoder()
    encoder.load_state_dict(state["encoder"])
    decoder.load_state_dict(state["decoder"])
    return encoder.eval(), decoder.eval()


def encode_shards(data: Path, processes: int) -> None:
    """Encodes the shards that have no latents or stills yet; the first one fixes the normalisation."""
    todo = [f for kind in ("train", "held", "look", "style", "pair") for f in sorted(data.glob(f"{kind}-[0-9]*.frames.npy")) if _complete(f)]
    if todo and not (data / "latent_norm.pt").exists():
        encode_shard(todo[0])
    with mp.Pool(processes, torch.set_num_threads, (1,)) as pool:
        for name in pool.imap_unordered(encode_shard, todo):
            print("encoded", name, flush=True)


@torch.no_grad()
def encode_shard(frames: Path) -> str:
    data = frames.parent
    encoder, norm = load(data)[0], data / "latent_norm.pt"
    for column, change in (("latents", lambda clips: clips), ("stills", stilled)):
        target = frames.with_name(frames.name.replace(".frames.", f".{column}."))
        if target.exists():
            continue
        clips = np.load(frames, mmap_mode="r")
        z = torch.cat([_encode(encoder, change(clips[i : i + 20])) for i in range(0, len(clips), 20)])
        if not norm.exists():
            torch.save((z.mean((0, 1, 2, 3)), z.std((0, 1, 2, 3))), norm)
        mean, std = torch.load(norm)
        partial = target.with_name("partial-" + target.name)
        np.save(partial, ((z - mean) / std).half().numpy())
        partial.rename(target)
    return frames.name


def stilled(frames: np.ndarray) -> np.ndarray:
    """[..., T, H, W, 3], each latent frame's last picture in all of its places."""
    return np.repeat(frames[..., FRAMES_PER_LATENT - 1 :: FRAMES_PER_LATENT, :, :, :], FRAMES_PER_LATENT, -4)


def _encode(encoder: Encoder, clips: np.ndarray) -> torch.Tensor:
    """[n, 32, 64, 64, 3] uint8 -> [n, 8, 8, 8, 24] (latent frames, height, width, channels)."""
    x = to_tensor(clips)
    n, frames = x.shape[:2]
    with torch.autocast("cpu", dtype=torch.bfloat16):
        z = encoder(x.reshape(n * frames // FRAMES_PER_LATENT, FRAMES_PER_LATENT, *x.shape[2:])).float()
    return z.reshape(n, frames // FRAMES_PER_LATENT, *z.shape[1:]).movedim(2, -1)


@torch.no_grad()
def held_out_psnr(data: Path, clips: int = 40) -> float:
    encoder, decoder = load(data)
    frames = np.load(data / "held-000.frames.npy", mmap_mode="r")[:clips]
    x = to_tensor(np.ascontiguousarray(frames)).reshape(-1, FRAMES_PER_LATENT, 3, 64, 64)
    errors = [((decoder(encoder(part)).clamp(-1, 1) - part) ** 2).mean().item() for part in x.split(16)]
    return psnr(float(np.mean(errors)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--encode-only", action="store_true", help="encode the shards that are not encoded yet")
    args = parser.parse_args()
    torch.set_num_threads(1)
    if not args.encode_only:
        parallel.run(train, args.processes, args.data, args.minutes * 60)
        print(f"held-out PSNR {held_out_psnr(args.data):.2f} dB", flush=True)
    encode_shards(args.data, args.processes)


if __name__ == "__main__":
    main()
