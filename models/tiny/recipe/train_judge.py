"""Trains the judge (judge.py) and measures it.

    python3 train_judge.py --data DIR --steps 3000 [--keep models/tiny/recipe/judge]

Trained on rendered clips and on the same clips after the autoencoder, with the world's own labels; writes DIR/judge.pt to go on from,
DIR/judge.safetensors, and DIR/judge.json, its accuracy on held-out clips, rendered and autoencoded: the ceiling of every evaluation.
--keep writes the last two there as well, for evaluations without training.
"""
from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

from autoencoder import to_tensor
from judge import HEADS, MEL_FRAMES, Judge, ambience_of, close_ups, networks, sound_of
from render_shards import SHARD_CLIPS
from train_autoencoder import load as load_autoencoder
from world.attributes import CAMERAS, CLIP_FRAMES, FPS, WINDOW_FRAMES, Scenario
from world.motion import GROUND
from world.render import tracks_of
from world.scenes import SceneParameters

BATCH = 32
LEARNING_RATE = 2e-3
AUTOENCODED_SHARDS = 3
LATEST_START = 4  # windows for training start at frame 0 to 4


def true_centres(scenario: Scenario, seed: int) -> np.ndarray:
    """[CLIP_FRAMES, characters, 2]: where the renderer put them (x to the right, y up, the frame spans [-1, 1]); `seed` as render's."""
    rng = np.random.default_rng(seed)
    SceneParameters.draw(rng, 64)
    t = np.arange(CLIP_FRAMES) / FPS
    camera, centres = CAMERAS[scenario.first.camera], []
    for at in tracks_of(scenario, rng, CLIP_FRAMES):
        x, y = at.x, at.y - 0.28 * at.squash * at.radius * 0.9
        if camera == "pan":
            x = x - (t - 2.0) * 0.22
        elif camera == "zoom":
            zoom = 1 + 0.16 * t
            x, y = x * zoom, (y - GROUND) * zoom + GROUND
        centres.append(np.stack((x, y), 1))
    return np.stack(centres, 1)


class Clips:
    """Labelled clips of the shards that are there; seeds as render_shards draws them."""

    def __init__(self, data: Path, names: list[str]) -> None:
        self.frames = [np.load(data / f"{name}.frames.npy", mmap_mode="r") for name in names]
        self.mel = [np.load(data / f"{name}.mel.npy", mmap_mode="r") for name in names]
        self.labels = np.concatenate([np.load(data / f"{name}.attributes.npy") for name in names]).astype(np.int64)
        seeds = [(10_000_000 if name.startswith("held") else int(name[6:]) * 10_000) + 2 * i + 1 for name in names for i in range(SHARD_CLIPS)]
        self.centres = np.stack([true_centres(Scenario.of_row(row), seed)[:, 0] for row, seed in zip(self.labels, seeds)]).astype(np.float32)

    def __len__(self) -> int:
        return len(self.labels)

    def window(self, clip: int, start: int) -> tuple[np.ndarray, np.ndarray]:
        """frames [16, 64, 64, 3] and mel [128, 40] from picture frame `start` on."""
        shard, row = divmod(clip, SHARD_CLIPS)
        first = start * MEL_FRAMES // WINDOW_FRAMES
        return self.frames[shard][row, start : start + WINDOW_FRAMES], self.mel[shard][row, first : first + MEL_FRAMES].astype(np.float32)


@torch.no_grad()
def autoencoded(data: Path, name: str) -> np.ndarray:
    """[n, 20, 64, 64, 3]: the first five latent frames of a shard, decoded; kept in DIR/*.decoded.npy."""
    file = data / f"{name}.decoded.npy"
    if not file.exists():
        _, decoder = load_autoencoder(data)
        mean, std = torch.load(data / "latent_norm.pt")
        latents, out = np.load(data / f"{name}.latents.npy", mmap_mode="r"), []
        for at in range(0, len(latents), 4):
            z = torch.from_numpy(latents[at : at + 4, : (WINDOW_FRAMES + LATEST_START) // 4].astype(np.float32)) * std + mean
            with torch.autocast("cpu", dtype=torch.bfloat16):
                pixels = decoder(z.flatten(0, 1).permute(0, 3, 1, 2).contiguous()).float().clamp(-1, 1)
            out.append(((pixels + 1) * 127.5 + 0.5).to(torch.uint8).reshape(len(z), -1, 3, 64, 64).permute(0, 1, 3, 4, 2).numpy())
        partial = file.with_name("partial-" + file.name)
        np.save(partial, np.concatenate(out))
        partial.rename(file)
    return np.load(file, mmap_mode="r")


def blemish(x: torch.Tensor) -> torch.Tensor:
    """What a clip may go through on its way: noise, a change of brightness, the visible mark in a corner."""
    x = x + 0.03 * torch.randn(len(x), 1, 1, 1, 1) + 0.02 * torch.randn(len(x), 1, *x.shape[2:])
    marked = torch.rand(len(x)) < 0.3
    x[marked, :, :, 56:63, 40:63] = 0.5 * x[marked, :, :, 56:63, 40:63] + 0.4
    return x


def train(data: Path, steps: int, resume: bool) -> None:
    torch.manual_seed(0)
    names = sorted(f.name.split(".")[0] for f in data.glob("train-*.attributes.npy"))
    clips, rng = Clips(data, names), np.random.default_rng(0)
    decoded = [autoencoded(data, name) for name in names[:AUTOENCODED_SHARDS] if (data / f"{name}.latents.npy").exists()]
    print(f"{len(clips)} clips, {sum(map(len, decoded))} of them autoencoded too", flush=True)
    parts = networks()
    if resume:
        for name, weights in torch.load(data / "judge.pt").items():
            parts[name].load_state_dict(weights)
    optimiser = torch.optim.AdamW([p for part in parts.values() for p in part.parameters()], LEARNING_RATE, weight_decay=0.02)
    start = time.time()
    for step in range(steps):
        for group in optimiser.param_groups:
            group["lr"] = LEARNING_RATE * min(1, (step + 1) / 30) * (1 - step / steps)
        frames, mel, labels, centres = [], [], [], []
        for row in range(BATCH):
            use_decoded = row % 2 == 1
            clip, at = int(rng.integers(SHARD_CLIPS * len(decoded) if use_decoded else len(clips))), int(rng.integers(LATEST_START + 1))
            window, heard = clips.window(clip, at)
            frames.append(decoded[clip // SHARD_CLIPS][clip % SHARD_CLIPS, at : at + WINDOW_FRAMES] if use_decoded else window)
            mel.append(heard)
            labels.append(clips.labels[clip])
            centres.append(clips.centres[clip, at : at + WINDOW_FRAMES])
        x, y, places = blemish(to_tensor(np.stack(frames)[:, ::2])), torch.from_numpy(np.stack(labels)), torch.from_numpy(np.stack(centres)[:, ::2])
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits, centre = parts["picture"](x)
            centre = centre[:, :, 0]
            logits["camera"] = parts["camera"](x)
            logits["shape"] = parts["shape"](turned_close_ups(x, places))
        heard = parts["sound"](torch.from_numpy(np.stack(mel)) + 0.1 * torch.randn(BATCH, MEL_FRAMES, 40))
        loss = sum(F.cross_entropy(logits[k].float(), y[:, i]) for i, k in enumerate(HEADS))
        loss = loss + 3 * F.smooth_l1_loss(centre.float(), places, beta=0.1)
        loss = loss + F.cross_entropy(heard["sound"], torch.tensor([sound_of(m) for m in y[:, 3]])) + F.cross_entropy(heard["ambience"], torch.tensor([ambience_of(s) for s in y[:, 4]]))
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        if step % 50 == 49:
            print(f"{step + 1} {time.time() - start:.0f} s loss {loss.item():.3f}", flush=True)
        if step % 100 == 99:
            _save(parts, data)
    _save(parts, data)


def turned_close_ups(frames: torch.Tensor, centres: torch.Tensor) -> torch.Tensor:
    """Any way up, larger or smaller, and a little off the centre: shapes are to be known whatever the object does."""
    batch = len(frames)
    off = centres + 0.06 * torch.randn(batch, frames.shape[1], 2)
    return close_ups(frames, off, 6.2832 * torch.rand(batch), 0.8 + 0.4 * torch.rand(batch))


def _save(parts: dict[str, torch.nn.Module], data: Path) -> None:
    torch.save({name: part.state_dict() for name, part in parts.items()}, data / "judge.pt")


def measure(data: Path) -> dict:
    """Accuracy on the held-out shard's first windows: rendered, and after the autoencoder."""
    judge, clips = Judge(data), Clips(data, ["held-000"])
    windows = [clips.window(i, 0) for i in range(len(clips))]
    versions = {"rendered": np.stack([w[0] for w in windows]), "autoencoded": autoencoded(data, "held-000")[:, :WINDOW_FRAMES]}
    report: dict = {"clips": len(clips)}
    for name, frames in versions.items():
        answers, centres = judge.look(frames)
        report[name] = {k: round(float((answers[k] == clips.labels[:, i]).mean()), 4) for i, k in enumerate(HEADS)}
        visible = np.abs(clips.centres[:, :WINDOW_FRAMES]).max(2) < 0.9
        report[name]["centre_error"] = round(float(np.abs(centres - clips.centres[:, :WINDOW_FRAMES])[visible].mean()), 4)
    heard = judge.listen(np.stack([w[1] for w in windows]))
    report["sound"] = {
        "sound": round(float((heard["sound"] == [sound_of(m) for m in clips.labels[:, 3]]).mean()), 4),
        "ambience": round(float((heard["ambience"] == [ambience_of(s) for s in clips.labels[:, 4]]).mean()), 4),
    }
    return report


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--resume", action="store_true", help="go on from DIR/judge.pt, with a new schedule")
    parser.add_argument("--measure-only", action="store_true")
    parser.add_argument("--keep", type=Path)
    args = parser.parse_args()
    torch.set_num_threads(1)
    if not args.measure_only:
        train(args.data, args.steps, args.resume)
    Judge.write(args.data, args.data)
    report = measure(args.data)
    for folder in filter(None, (args.data, args.keep)):
        Judge.write(args.data, folder)
        (folder / "judge.json").write_text(json.dumps(report, indent=1) + "\n")
    print(json.dumps(report, indent=1), flush=True)


if __name__ == "__main__":
    main()
