"""Renders the training set in shards, so that training can begin before the last one is there.

    python3 render_shards.py --data DIR --shards 32 --looks 8

A shard holds SHARD_CLIPS clips: frames [n, 32, 64, 64, 3] uint8, mel [n, 256, 40] float16, attributes [n, 6] int8, and
objects [n, 8, 8, 8] uint8: how much of each latent cell the object covers in any of its four frames, of 255.
Shards named `held-*` hold the combinations that are never trained on. In `look-*` every two clips share an appearance in place of a colour
(world/appearance.py), which is told by a picture.
"""
from __future__ import annotations

import argparse
import dataclasses
from multiprocessing import Pool
from pathlib import Path

import numpy as np

from world import appearance
from world.attributes import CLIP_FRAMES, RESOLUTION, Attributes, draw
from world.render import object_area, render
from world.sound import log_mel

SHARD_CLIPS = 500
FRAMES_PER_CELL, CELLS = 4, 8  # of a latent frame; latent cells each way


def clip(job: tuple[int, bool, bool]):
    seed, held_out, look = job
    attributes = draw(np.random.default_rng(seed), held_out)
    rendered = render(attributes, seed + 1, appearance=appearance.draw(np.random.default_rng(seed // 4), held_out) if look else None)
    return rendered.frames, log_mel(rendered.wave).astype(np.float16), np.array(dataclasses.astuple(attributes), np.int8), cells(attributes, seed + 1)


def cells(attributes: Attributes, seed: int) -> np.ndarray:
    area = object_area(attributes, seed).reshape(CLIP_FRAMES // FRAMES_PER_CELL, FRAMES_PER_CELL, CELLS, RESOLUTION // CELLS, CELLS, -1)
    return (area.any(1).mean((2, 4)) * 255).astype(np.uint8)


def write_shard(folder: Path, name: str, first_seed: int, held_out: bool, pool) -> None:
    if (folder / f"{name}.objects.npy").exists():
        return
    jobs = [(first_seed + 2 * i, held_out, name.startswith("look")) for i in range(SHARD_CLIPS)]
    columns = zip(*pool.imap(clip, jobs, chunksize=16))
    for column, values in zip(("frames", "mel", "attributes", "objects"), columns):
        np.save(folder / f"{name}.{column}.npy", np.stack(values))
    print("rendered", name, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--shards", type=int, default=32)
    parser.add_argument("--looks", type=int, default=8)
    parser.add_argument("--processes", type=int, default=2)
    args = parser.parse_args()
    args.data.mkdir(parents=True, exist_ok=True)
    with Pool(args.processes) as pool:
        write_shard(args.data, "held-000", 10_000_000, True, pool)
        for i in range(args.shards):
            write_shard(args.data, f"train-{i:03d}", i * 10_000, False, pool)
        for i in range(args.looks):
            write_shard(args.data, f"look-{i:03d}", 20_000_000 + i * 10_000, False, pool)


if __name__ == "__main__":
    main()
