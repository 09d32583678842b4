"""How alike two characters look, whatever they are, do and stand in: a network that gives frames of the same appearance the same direction.

    python3 likeness.py --data DIR --steps 1500 [--keep models/tiny/recipe/judge]

Trained on rendered frames of drawn appearances, two of each (other shape, scene, motion), by InfoNCE (van den Oord et al. 2018). Writes
DIR/likeness.safetensors and DIR/likeness.json: how often, among held-out appearances, two frames of one are closer to each other than to a frame of
another, as rendered and after the autoencoder.
"""
from __future__ import annotations

import argparse
import json
from multiprocessing import Pool
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

import safetensors_io
from autoencoder import FRAMES_PER_LATENT, to_tensor
from train_autoencoder import load as load_autoencoder
from world import appearance
from world.attributes import CLIP_FRAMES, Attributes, draw
from world.render import object_area, render

FILE = "likeness.safetensors"
BATCH, POOL = 64, 6_000  # pairs in a step, frames that are drawn from
TEMPERATURE = 0.1
LEARNING_RATE = 2e-3


class Network(nn.Module):
    """[B, 3, 64, 64] in [-1, 1] -> [B, 32] of length 1."""

    def __init__(self) -> None:
        super().__init__()
        widths = (3, 24, 48, 96, 128)
        self.layers = nn.ModuleList(nn.Conv2d(a, b, 3, 2, 1) for a, b in zip(widths[:-1], widths[1:]))
        self.attend = nn.Conv2d(widths[-1], 1, 1)
        self.out = nn.Linear(widths[-1], 32)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for layer in self.layers:
            x = F.relu(layer(x))
        where = torch.softmax(self.attend(x).flatten(2), 2)  # [B, 1, cells]: where the character is
        return F.normalize(self.out((x.flatten(2) * where).sum(2)), dim=1)


class Likeness:
    """The trained network."""

    def __init__(self, folder: Path) -> None:
        self.network = Network()
        tensors, _ = safetensors_io.read(folder / FILE)
        self.network.load_state_dict({name: torch.from_numpy(array.astype(np.float32)) for name, array in tensors.items()})
        self.network.eval()

    @torch.no_grad()
    def embed(self, frames: np.ndarray) -> np.ndarray:
        """[..., 64, 64, 3] uint8 -> [..., 32]; the dot product of two is their likeness, -1 to 1."""
        flat = to_tensor(np.ascontiguousarray(frames.reshape(-1, *frames.shape[-3:])))
        return torch.cat([self.network(part) for part in flat.split(128)]).numpy().reshape(*frames.shape[:-3], -1)


def pair(job: tuple[int, bool]) -> np.ndarray:
    """[2, 64, 64, 3]: two frames of one appearance, otherwise of different clips."""
    seed, held_out = job
    rng = np.random.default_rng(seed)
    look = appearance.draw(rng, held_out)
    return np.stack([_frame(draw(rng, held_out), look, rng) for _ in range(2)])


def _frame(attributes: Attributes, look: appearance.Appearance, rng: np.random.Generator) -> np.ndarray:
    seed, count = int(rng.integers(2**31)), 4
    frames = render(attributes, seed, count, appearance=look).frames
    visible = object_area(attributes, seed, count).sum((1, 2))
    return frames[int(visible.argmax())]


def closer(a: np.ndarray, b: np.ndarray) -> float:
    """Share of (i, j), j another than i, with a[i] nearer to b[i] than to b[j]; a, b [n, 32]."""
    products = a @ b.T
    others = ~np.eye(len(a), dtype=bool)
    return float((np.diag(products)[:, None] > products)[others].mean())


def train(data: Path, steps: int, processes: int) -> Network:
    torch.manual_seed(3)
    with Pool(processes) as pool:
        frames = to_tensor(np.stack(pool.map(pair, [(50_000_000 + i, False) for i in range(POOL // 2)], chunksize=64)))
    encoder, decoder = load_autoencoder(data)
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
        decoded = torch.cat([_decoded(encoder, decoder, part) for part in frames.flatten(0, 1)[: POOL // 3].split(64)]).reshape(-1, 2, 3, 64, 64)
    network = Network()
    optimiser = torch.optim.AdamW(network.parameters(), LEARNING_RATE, weight_decay=1e-3)
    rng = np.random.default_rng(4)
    for step in range(steps):
        for group in optimiser.param_groups:
            group["lr"] = LEARNING_RATE * min(1, (step + 1) / 50) * (1 - 0.98 * step / steps)
        chosen = torch.from_numpy(rng.choice(len(frames), BATCH, replace=False))
        x = frames[chosen].clone()
        for row, index in enumerate(chosen.tolist()):
            for k in range(2):
                if index < len(decoded) and rng.uniform() < 0.7:
                    x[row, k] = decoded[index, k]
        flipped = x.flip(-1) if rng.uniform() < 0.5 else x
        z = network(flipped.flatten(0, 1)).reshape(BATCH, 2, -1)
        logits = z[:, 0] @ z[:, 1].T / TEMPERATURE
        target = torch.arange(BATCH)
        loss = F.cross_entropy(logits, target) + F.cross_entropy(logits.T, target)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        if step % 100 == 0:
            print(f"step {step}: {loss.item():.3f}", flush=True)
    return network.eval()


def _decoded(encoder, decoder, frames: torch.Tensor) -> torch.Tensor:
    still = frames[:, None].expand(-1, FRAMES_PER_LATENT, -1, -1, -1)
    return decoder(encoder(still)).float().clamp(-1, 1)[:, 0]


@torch.no_grad()
def measured(data: Path, likeness: Likeness, processes: int, count: int = 400) -> dict:
    with Pool(processes) as pool:
        frames = np.stack(pool.map(pair, [(70_000_000 + i, True) for i in range(count)], chunksize=16))
    encoder, decoder = load_autoencoder(data)
    seen = torch.cat([_decoded(encoder, decoder, part) for part in to_tensor(frames[:, 1]).split(50)])
    decoded = ((seen.permute(0, 2, 3, 1) + 1) * 127.5 + 0.5).to(torch.uint8).numpy()
    first = likeness.embed(frames[:, 0])
    return {
        "appearances": count, "rendered": round(closer(first, likeness.embed(frames[:, 1])), 4), "autoencoded": round(closer(first, likeness.embed(decoded)), 4),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--keep", type=Path, help="folder to write to as well")
    args = parser.parse_args()
    torch.set_num_threads(args.processes)
    network = train(args.data, args.steps, args.processes)
    tensors = {name: tensor.half().numpy() for name, tensor in network.state_dict().items()}
    for folder in filter(None, (args.data, args.keep)):
        safetensors_io.write(folder / FILE, tensors)
        report = measured(args.data, Likeness(folder), args.processes)
        (folder / "likeness.json").write_text(json.dumps(report, indent=1) + "\n")
    print(report, flush=True)


if __name__ == "__main__":
    main()
