"""Clips from sentences, by the exported pack in PyTorch.

    python3 sample.py --pack models/tiny --out sheet.png [--wav FOLDER] ["a red ball bounces on the beach" ...]

The sheet has one row per sentence, every other frame from left to right, and the log-mel spectrogram at the end of the row.
"""
from __future__ import annotations

import argparse
import dataclasses
import wave
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from griffin_lim import samples_of
from pipeline import Pack, Sampling
from world.attributes import SAMPLE_RATE

PROMPTS = (
    "a big red ball bouncing on the beach", "青い四角が森で回転する", "a large yellow star rolls to the right in the city at night",
    "雪の中で大きな紫のハートがジャンプする", "a small green triangle standing still under a blue sky", "ピンクの十字が無地の背景で円を描いて飛ぶ",
    "a big orange box rolling left in the forest", "大きな白い三角が夜の街でバウンドする", "a huge blue heart spinning on a plain background",
    "海辺で赤い星が左に転がる", "a little green circle jumps in the snow, zoom in", "大きな紫の四角が昼の空で弾む、カメラがパンする",
)
SCALE = 1.5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("prompts", nargs="*", default=PROMPTS)
    parser.add_argument("--pack", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--wav", type=Path, help="folder for the sounds")
    parser.add_argument("--seed", type=int, default=1)
    add_sampling_options(parser)
    args = parser.parse_args()
    torch.set_num_threads(1)
    pack = Pack.load(args.pack)
    frames, mel = pack.generate(args.prompts, sampling_of(args, pack), args.seed)
    sheet(frames, mel).save(args.out)
    for i, prompt in enumerate(args.prompts):
        print(f"row {i + 1}: {prompt}")
        if args.wav:
            args.wav.mkdir(parents=True, exist_ok=True)
            write_wav(args.wav / f"{i + 1:02d}.wav", samples_of(mel[i]))


def add_sampling_options(parser: argparse.ArgumentParser) -> None:
    """What is not given comes from the pack."""
    parser.add_argument("--steps", type=int)
    parser.add_argument("--guidance", type=float)
    parser.add_argument("--shift", type=float)
    parser.add_argument("--terminal", type=float, help="last noise level before zero; 0: leave the schedule alone")
    parser.add_argument("--stochastic", action=argparse.BooleanOptionalAction, default=None)
    parser.add_argument("--half", action="store_true", help="bfloat16: faster, for trying things out")


def sampling_of(args: argparse.Namespace, pack: Pack) -> Sampling:
    given = {name: getattr(args, name) for name in ("steps", "guidance", "shift", "terminal", "stochastic") if getattr(args, name) is not None}
    return dataclasses.replace(pack.defaults, **given, half=args.half)


def sheet(frames: np.ndarray, mel: np.ndarray) -> Image.Image:
    """frames [n, 16, 64, 64, 3], mel [n, 128, 40]."""
    rows = []
    for clip, sound in zip(frames, mel):
        level = np.clip((sound - np.log(0.02)) / 6, 0, 1).T[::-1]
        spectrum = np.zeros((clip.shape[1], level.shape[1], 3), np.uint8)
        spectrum[12 : 12 + len(level)] = (level * 255).astype(np.uint8)[..., None]
        rows.append(np.concatenate([*clip[::2], spectrum], 1))
    image = Image.fromarray(np.concatenate(rows))
    return image.resize((round(image.width * SCALE), round(image.height * SCALE)))


def write_wav(file: Path, samples: np.ndarray) -> None:
    """Mono, 16 bits."""
    with wave.open(str(file), "wb") as out:
        out.setparams((1, 2, SAMPLE_RATE, 0, "NONE", ""))
        out.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())


if __name__ == "__main__":
    main()
