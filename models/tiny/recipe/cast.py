"""What a clip shows that is in a style, or has two characters: networks beside the judge's own, which knows one character, flat.

    python3 cast.py --data DIR --steps 1500 [--keep models/tiny/recipe/judge]

Trained on rendered clips and on the same after the autoencoder. Writes DIR/cast.safetensors and DIR/cast.json: accuracy on scenarios that are never
trained on, as rendered and after the autoencoder.
"""
from __future__ import annotations

import argparse
import json
import time
from multiprocessing import Pool
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

import safetensors_io
from autoencoder import FRAMES_PER_LATENT, to_tensor
from judge import HEADS, CloseUpJudge, PictureJudge, close_ups, with_weights
from render_shards import KINDS, SHARD_CLIPS
from train_autoencoder import load as load_autoencoder
from train_judge import BATCH, LATEST_START, LEARNING_RATE, autoencoded, blemish, true_centres, turned_close_ups
from world.attributes import COLORS, SHAPES, SIZES, STYLES, WINDOW_FRAMES, Scenario
from world.render import render

FILE = "cast.safetensors"
SEEN_WHOLE = ("style", "color", "size", "motion", "scene")
STYLED = (*SEEN_WHOLE, "shape")  # what is asked of a clip in a style
SHARED = ("count", "motion", "scene")  # what is asked of a pair as a whole
OWN = {"shape": len(SHAPES), "color": len(COLORS), "size": len(SIZES)}  # and of each of the two
PAIR = (*SHARED, *OWN, *(f"second_{key}" for key in OWN))
CLASSES = {**HEADS, "style": len(STYLES), "count": 2}
AUTOENCODED_SHARDS = 2
FIRST_MEASURED = 60_000_000


def networks() -> dict[str, torch.nn.Module]:
    return {
        "styled": PictureJudge({k: CLASSES[k] for k in SEEN_WHOLE}), "shape": CloseUpJudge(), "pair": PictureJudge({k: CLASSES[k] for k in SHARED}, objects=2),
        "character": CloseUpJudge(sum(OWN.values())),
    }


def labels_of(scenario: Scenario) -> dict[str, int]:
    """Class by question; those about the second character begin with `second_` and are -1 (not asked) where there is none."""
    own = {k: getattr(scenario.first, k) for k in OWN}
    others = {f"second_{k}": getattr(scenario.second, k) if scenario.second else -1 for k in OWN}
    return {**own, **others, "motion": scenario.first.motion, "scene": scenario.first.scene, "style": scenario.style, "count": int(scenario.second is not None)}


class Cast:
    """The trained networks."""

    def __init__(self, folder: Path) -> None:
        self.networks = with_weights(networks(), folder / FILE)

    @torch.no_grad()
    def look(self, frames: np.ndarray) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
        """[n, 16, 64, 64, 3] uint8 -> class by question [n]: taken for a clip in a style, and taken for a pair."""
        styled, pairs = [], []
        for part in np.array_split(frames, max(1, len(frames) // 16)):
            x = to_tensor(np.ascontiguousarray(part[:, ::2]))
            whole, centre = self.networks["styled"](x)
            whole["shape"] = self.networks["shape"](close_ups(x, centre[:, :, 0]))
            styled.append({k: v.argmax(1).numpy() for k, v in whole.items()})
            shared, centres = self.networks["pair"](x)
            own = [characters(self.networks["character"](close_ups(x, centres[:, :, i])), ("", "second_")[i]) for i in range(2)]
            pairs.append({k: v.argmax(1).numpy() for k, v in {**shared, **own[0], **own[1]}.items()})
        return tuple({k: np.concatenate([a[k] for a in answers]) for k in answers[0]} for answers in (styled, pairs))


def characters(logits: torch.Tensor, prefix: str) -> dict[str, torch.Tensor]:
    return {prefix + k: part for k, part in zip(OWN, logits.split(list(OWN.values()), 1))}


class Clips:
    """Windows of shards of a kind, rendered, and of its first shards after the autoencoder."""

    def __init__(self, data: Path, kind: str) -> None:
        names = sorted(f.name.split(".")[0] for f in data.glob(f"{kind}-[0-9]*.attributes.npy"))[:12]
        self.frames = [np.load(data / f"{name}.frames.npy", mmap_mode="r") for name in names]
        self.decoded = [autoencoded(data, name) for name in names[:AUTOENCODED_SHARDS]]
        self.scenarios = [[Scenario.of_row(row) for row in np.load(data / f"{name}.attributes.npy")] for name in names]
        self.seeds = [KINDS[kind][1] + int(name.split("-")[1]) * 10_000 + 1 for name in names]

    def draw(self, rng: np.random.Generator, use_decoded: bool) -> tuple[np.ndarray, Scenario, np.ndarray]:
        """frames [8, 64, 64, 3], every other one; the scenario; and the centres [8, 2, 2] (of one character: twice the same)."""
        shard, row, at = rng.integers(len(self.decoded if use_decoded else self.frames)), rng.integers(SHARD_CLIPS), int(rng.integers(LATEST_START + 1))
        scenario, window = self.scenarios[shard][row], slice(at, at + WINDOW_FRAMES, 2)
        centres = true_centres(scenario, self.seeds[shard] + 2 * row)[window]
        return (self.decoded if use_decoded else self.frames)[shard][row, window], scenario, np.broadcast_to(centres, (*centres.shape[:1], 2, 2))


def train(data: Path, steps: int) -> dict[str, torch.nn.Module]:
    torch.manual_seed(6)
    clips, rng, parts = {kind: Clips(data, kind) for kind in ("train", "style", "pair")}, np.random.default_rng(6), networks()
    optimiser = torch.optim.AdamW([p for part in parts.values() for p in part.parameters()], LEARNING_RATE, weight_decay=0.02)
    start = time.time()
    for step in range(steps):
        for group in optimiser.param_groups:
            group["lr"] = LEARNING_RATE * min(1, (step + 1) / 30) * (1 - 0.99 * step / steps)
        loss = sum(_loss(parts, kinds, *_batch(clips, rng, kinds)) for kinds in (("style", "style", "train"), ("pair", "pair", "pair", "train")))
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        if step % 50 == 49:
            print(f"{step + 1} {time.time() - start:.0f} s loss {loss.item():.3f}", flush=True)
    return parts


def _batch(clips: dict[str, Clips], rng: np.random.Generator, kinds: tuple[str, ...]):
    frames, scenarios, centres = zip(*(clips[kinds[row % len(kinds)]].draw(rng, rng.uniform() < 0.5) for row in range(BATCH)))
    labels = [labels_of(scenario) for scenario in scenarios]
    return blemish(to_tensor(np.stack(frames))), {k: torch.tensor([label[k] for label in labels]) for k in labels[0]}, torch.from_numpy(np.stack(centres)).float()


def _loss(parts: dict[str, torch.nn.Module], kinds: tuple[str, ...], x: torch.Tensor, y: dict[str, torch.Tensor], centres: torch.Tensor) -> torch.Tensor:
    hidden = y["style"] == STYLES.index("night_vision")  # whose colours cannot be seen
    y = {k: torch.where(hidden, -1, v) if "color" in k else v for k, v in y.items()}
    with torch.autocast("cpu", dtype=torch.bfloat16):
        if "style" in kinds:
            logits, found = parts["styled"](x)
            logits["shape"] = parts["shape"](turned_close_ups(x, centres[:, :, 0]))
            return _answers(logits, y) + 3 * F.smooth_l1_loss(found.float()[:, :, 0], centres[:, :, 0], beta=0.1)
        logits, found = parts["pair"](x)
        for i, prefix in enumerate(("", "second_")):
            near = centres[:, :, i] + 0.06 * torch.randn(centres.shape[0], centres.shape[1], 2)
            logits |= characters(parts["character"](close_ups(x, near)), prefix)
    pairs = (y["count"] == 1)[:, None, None, None]
    missed = F.smooth_l1_loss(torch.where(pairs, found.float(), centres), centres, beta=0.1)
    return _answers(logits, y) + 6 * missed


def _answers(logits: dict[str, torch.Tensor], y: dict[str, torch.Tensor]) -> torch.Tensor:
    return sum(F.cross_entropy(v.float(), y[k], ignore_index=-1) for k, v in logits.items())


def scenario_of(job: tuple[int, str]) -> tuple[Scenario, np.ndarray]:
    seed, kind = job
    scenario = KINDS[kind][0](np.random.default_rng(seed), True)
    return scenario, render(scenario, seed + 1, WINDOW_FRAMES).frames


@torch.no_grad()
def measured(data: Path, cast: Cast, processes: int, count: int = 200) -> dict:
    encoder, decoder = load_autoencoder(data)
    report: dict = {"clips": count}
    for kind, at, asked in (("style", 0, STYLED), ("pair", 1, PAIR)):
        with Pool(processes) as pool:
            scenarios, frames = zip(*pool.map(scenario_of, [(FIRST_MEASURED + 2 * i, kind) for i in range(count)], chunksize=8))
        frames = np.stack(frames)
        chunks = to_tensor(frames).reshape(-1, FRAMES_PER_LATENT, 3, *frames.shape[2:4])
        seen = torch.cat([decoder(encoder(part)).clamp(-1, 1) for part in chunks.split(32)]).reshape(len(frames), WINDOW_FRAMES, 3, *frames.shape[2:4])
        decoded = ((seen.permute(0, 1, 3, 4, 2) + 1) * 127.5 + 0.5).to(torch.uint8).numpy()
        report[kind] = {name: shares(cast.look(version)[at], scenarios, asked) for name, version in (("rendered", frames), ("autoencoded", decoded))}
    return report


def shares(answers: dict[str, np.ndarray], scenarios: list[Scenario], asked: tuple[str, ...]) -> dict[str, float | None]:
    """How often each question is answered right; colours are not asked where night vision hides them."""
    right = {}
    for key in asked:
        rows = [i for i, s in enumerate(scenarios) if "color" not in key or STYLES[s.style] != "night_vision"]
        right[key] = round(float(np.mean([answers[key][i] == labels_of(scenarios[i])[key] for i in rows])), 4) if rows else None
    return right


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--keep", type=Path, help="folder to write to as well")
    args = parser.parse_args()
    torch.set_num_threads(1)
    parts = train(args.data, args.steps)
    tensors = {f"{part}.{name}": tensor.half().numpy() for part, network in parts.items() for name, tensor in network.state_dict().items()}
    safetensors_io.write(args.data / FILE, tensors)
    report = json.dumps(measured(args.data, Cast(args.data), args.processes), indent=1) + "\n"
    for folder in filter(None, (args.data, args.keep)):
        safetensors_io.write(folder / FILE, tensors)
        (folder / FILE.replace("safetensors", "json")).write_text(report)
    print(report, flush=True)


if __name__ == "__main__":
    main()
