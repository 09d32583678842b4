"""Renders the training set in shards, so that training can begin before the last one is there.

    python3 render_shards.py --data DIR --shards 44 --looks 72 --styles 22 --pairs 28

A shard holds SHARD_CLIPS clips: frames [n, 32, 64, 64, 3] uint8, mel [n, 256, 40] float16, attributes [n, 10] int8 (Scenario.row), and
objects [n, 8, 8, 8] uint8: how much of each latent cell the characters cover in any of its four frames, of 255.
Shards named `held-*` hold the combinations that are never trained on. In `look-*` every two clips share an appearance in place of a colour
(world/appearance.py), which is told by a picture. `style-*` are in a style other than flat, `pair-*` show two characters.
"""
from __future__ import annotations

import argparse
from multiprocessing import Pool
from pathlib import Path

import numpy as np

from world import appearance
from world.attributes import CLIP_FRAMES, RESOLUTION, Scenario, draw, draw_pair, draw_styled
from world.render import object_area, render
from world.sound import log_mel

SHARD_CLIPS = 500
FRAMES_PER_CELL, CELLS = 4, 8  # of a latent frame; latent cells each way


# kind -> (how a scenario is drawn, the first seed)
KINDS = {
    "held": (lambda rng, held_out: Scenario(draw(rng, held_out)), 10_000_000), "train": (lambda rng, held_out: Scenario(draw(rng, held_out)), 0),
    "look": (lambda rng, held_out: Scenario(draw(rng, held_out)), 20_000_000), "style": (draw_styled, 30_000_000), "pair": (draw_pair, 40_000_000),
}


def clip(job: tuple[int, str]):
    seed, kind = job
    held_out = kind == "held"
    scenario = KINDS[kind][0](np.random.default_rng(seed), held_out)
    rendered = render(scenario, seed + 1, appearance=appearance.draw(np.random.default_rng(seed // 4), held_out) if kind == "look" else None)
    return rendered.frames, log_mel(rendered.wave).astype(np.float16), scenario.row(), cells(scenario, seed + 1)


def cells(scenario: Scenario, seed: int) -> np.ndarray:
    area = object_area(scenario, seed).reshape(CLIP_FRAMES // FRAMES_PER_CELL, FRAMES_PER_CELL, CELLS, RESOLUTION // CELLS, CELLS, -1)
    return (area.any(1).mean((2, 4)) * 255).astype(np.uint8)


def write_shard(folder: Path, kind: str, number: int, pool) -> None:
    name, first_seed = f"{kind}-{number:03d}", KINDS[kind][1] + number * 10_000
    if (folder / f"{name}.objects.npy").exists():
        return
    jobs = [(first_seed + 2 * i, kind) for i in range(SHARD_CLIPS)]
    columns = zip(*pool.imap(clip, jobs, chunksize=16))
    for column, values in zip(("frames", "mel", "attributes", "objects"), columns):
        np.save(folder / f"{name}.{column}.npy", np.stack(values))
    print("rendered", name, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--shards", type=int, default=44)
    parser.add_argument("--looks", type=int, default=72)
    parser.add_argument("--styles", type=int, default=22)
    parser.add_argument("--pairs", type=int, default=28)
    parser.add_argument("--processes", type=int, default=2)
    args = parser.parse_args()
    args.data.mkdir(parents=True, exist_ok=True)
    with Pool(args.processes) as pool:
        for kind, count in (("held", 1), ("train", args.shards), ("look", args.looks), ("style", args.styles), ("pair", args.pairs)):
            for number in range(count):
                write_shard(args.data, kind, number, pool)


if __name__ == "__main__":
    main()
