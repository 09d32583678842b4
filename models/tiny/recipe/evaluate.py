"""Does a clip show what its caption says? Held-out combinations, other sentences than in training, judged by program.

    python3 evaluate.py --pack models/tiny --count 200 --out evaluation.json          # clips made here, in PyTorch
    python3 evaluate.py --count 200 --write-captions captions.json                    # the captions, for another executor
    python3 evaluate.py --captions captions.json --clips FOLDER --out e.json          # its clips: FOLDER/<index>.mp4

The judge is the one beside this script, or that of --judge (judge.py). Writes the JSON report and, beside it, sheets (.png) by shape, motion and
scene: a row per clip, every other frame, then one mark per attribute (shape, colour, size, motion, scene, camera; green: as said).
"""
from __future__ import annotations

import argparse
import dataclasses
import json
import subprocess
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from evaluation_captions import attributes_of, draw_captions, labels_of, names_of
from judge import HEADS, MEL_FRAMES, Judge, ambience_of, sound_of
from physics import gravity_report, loudness_report
from pipeline import Pack
from sample import add_sampling_options, sampling_of
from timing import timing_report
from world.attributes import FPS, RESOLUTION, SAMPLE_RATE, WINDOW_FRAMES
from world.render import render
from world.sound import log_mel

SHEETS, ROWS_PER_CLASS = ("shape", "motion", "scene"), 4
RENDER_SEED = 90_000_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pack", type=Path)
    parser.add_argument("--judge", type=Path, default=Path(__file__).parent / "judge", help="folder of judge.safetensors and judge.json")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--caption-seed", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write-captions", type=Path)
    parser.add_argument("--captions", type=Path)
    parser.add_argument("--clips", type=Path)
    parser.add_argument("--rendered", action="store_true", help="judge rendered clips of the captions instead: the ceiling")
    parser.add_argument("--out", type=Path)
    add_sampling_options(parser)
    args = parser.parse_args()
    torch.set_num_threads(1)
    captions = json.loads(args.captions.read_text(encoding="utf-8")) if args.captions else draw_captions(args.count, args.caption_seed)
    if args.write_captions:
        args.write_captions.write_text(json.dumps(captions, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        return
    captions, frames, mel, made_by = clips_of(args, captions)
    write_report({**made_by, **judged(Judge(args.judge), captions, frames, mel, args.out)}, args.judge, args.out)


def write_report(report: dict, judge: Path, out: Path) -> None:
    report["judge_ceiling"] = json.loads((judge / "judge.json").read_text())
    out.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(summary(report), flush=True)


def clips_of(args: argparse.Namespace, captions: list[dict]) -> tuple[list[dict], np.ndarray, np.ndarray, dict]:
    """(captions that have a clip, frames [n, 16, 64, 64, 3], log-mel [n, 128, 40], how they were made)."""
    if args.clips:
        captions = [c for c in captions if (args.clips / f"{c['index']}.mp4").exists()]
        pairs = [read_clip(args.clips / f"{c['index']}.mp4") for c in captions]
        made_by = {"clips": "files"}
    elif args.rendered:
        pairs, made_by = rendered_clips(captions), {"clips": "rendered"}
    else:
        pack, started = Pack.load(args.pack), time.process_time()
        sampling = sampling_of(args, pack)
        frames, mel = pack.generate([c["prompt"] for c in captions], sampling, args.seed)
        seconds = (time.process_time() - started) / len(captions)
        return captions, frames, mel, {"clips": "PyTorch", "sampling": dataclasses.asdict(sampling), "cpu_seconds_per_clip": round(seconds, 2)}
    return captions, np.stack([p[0] for p in pairs]), np.stack([p[1] for p in pairs]), made_by


def rendered_clips(captions: list[dict]) -> list[tuple[np.ndarray, np.ndarray]]:
    """What the captions say, drawn by the world itself."""
    clips = [render(attributes_of(c), RENDER_SEED + c["index"], WINDOW_FRAMES) for c in captions]
    return [(clip.frames, log_mel(clip.wave)) for clip in clips]


def read_clip(file: Path) -> tuple[np.ndarray, np.ndarray]:
    """The first window of an MP4: its pictures, and its sound as log-mel (silence if it has none)."""
    count = WINDOW_FRAMES
    frames = read_frames(file, count)
    wave = np.frombuffer(_ffmpeg(file, "-vn", "-ac", "1", "-ar", str(SAMPLE_RATE), "-f", "f32le", required=False), np.float32)
    needed = count * SAMPLE_RATE // FPS
    return frames, log_mel(np.pad(wave[:needed], (0, max(0, needed - len(wave)))))[:MEL_FRAMES]


def read_frames(file: Path, count: int) -> np.ndarray:
    """The centred square of a clip's first pictures at 64x64; the last one goes on where there are fewer."""
    side = RESOLUTION
    square = f"crop=min(iw\\,ih):min(iw\\,ih),scale={side}:{side}:flags=area"
    pixels = _ffmpeg(file, "-vf", f"fps={FPS},{square}", "-frames:v", str(count), "-pix_fmt", "rgb24", "-f", "rawvideo")
    frames = np.frombuffer(pixels, np.uint8).reshape(-1, side, side, 3)
    return np.concatenate((frames, np.repeat(frames[-1:], count - len(frames), 0)))


def _ffmpeg(file: Path, *options: str, required: bool = True) -> bytes:
    run = subprocess.run(["ffmpeg", "-v", "error", "-i", str(file), *options, "-"], capture_output=True)
    if required and (run.returncode != 0 or not run.stdout):
        raise ValueError(f"{file}: {run.stderr.decode(errors='replace').strip() or 'no pictures'}")
    return run.stdout


def judged(judge: Judge, captions: list[dict], frames: np.ndarray, mel: np.ndarray, out: Path) -> dict:
    labels = labels_of(captions)
    answers, centres = judge.look(frames)
    heard = judge.listen(mel)
    right = {k: answers[k] == labels[k] for k in HEADS}
    right["sound"] = heard["sound"] == np.array([sound_of(m) for m in labels["motion"]])
    right["ambience"] = heard["ambience"] == np.array([ambience_of(s) for s in labels["scene"]])
    right["four"] = right["shape"] & right["color"] & right["motion"] & right["scene"]
    language = np.array([c["language"] for c in captions])
    others = np.roll(np.arange(len(captions)), max(1, len(captions) // 2 - 1))
    bounces = labels["motion"] == names_of("motion").index("bounce")
    for attribute in SHEETS:
        rows = [row for i in range(len(names_of(attribute))) for row in np.flatnonzero(labels[attribute] == i)[:ROWS_PER_CLASS]]
        _sheet(frames, [right[k] for k in HEADS], rows).save(out.with_name(f"{out.stem}-{attribute}.png"))
    return {
        "count": len(captions),
        "accuracy": {k: _rate(v) for k, v in right.items()},
        "english": {k: _rate(v[language == "en"]) for k, v in right.items()},
        "japanese": {k: _rate(v[language == "ja"]) for k, v in right.items()},
        "against_other_captions": {k: _rate(answers[k] == labels[k][others]) for k in HEADS},
        "by_motion": {n: {k: _rate(right[k][labels["motion"] == i]) for k in ("motion", "sound")} for i, n in enumerate(names_of("motion"))},
        "by_size": {n: {k: _rate(right[k][labels["size"] == i]) for k in ("shape", "color", "motion")} for i, n in enumerate(names_of("size"))},
        "confusion": {k: _confusion(k, labels[k], answers[k]) for k in HEADS},
        "timing_of_bounces": timing_report(centres[bounces], mel[bounces]),
        **beside_rendered(judge, captions, labels, centres, mel, bounces),
        "rows": [
            {**c, "seen": {k: names_of(k)[answers[k][i]] for k in HEADS}} for i, c in enumerate(captions)
        ],
    }


def beside_rendered(judge: Judge, captions: list[dict], labels: dict, centres: np.ndarray, mel: np.ndarray, bounces: np.ndarray) -> dict:
    """What has no right answer for a single clip: physics and loudness, beside the same captions' rendered clips."""
    frames, sounds = map(np.stack, zip(*rendered_clips(captions)))
    _, truth = judge.look(frames)
    return {
        "gravity_of_bounces": {"clips": gravity_report(centres[bounces]), "rendered": gravity_report(truth[bounces])},
        "loudness": loudness_report(mel, sounds, labels, names_of),
    }


def _rate(right: np.ndarray) -> dict | None:
    """Share, and Wilson's 95 % interval."""
    n = len(right)
    if n == 0:
        return None
    p, z = float(right.mean()), 1.96
    middle, half = (p + z * z / (2 * n)) / (1 + z * z / n), z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return {"share": round(p, 4), "low": round(float(middle - half), 4), "high": round(float(middle + half), 4), "n": n}


def _confusion(attribute: str, said: np.ndarray, seen: np.ndarray) -> dict[str, dict[str, int]]:
    """said -> seen -> count."""
    names = names_of(attribute)
    return {a: {b: int(((said == i) & (seen == j)).sum()) for j, b in enumerate(names)} for i, a in enumerate(names)}


def _sheet(frames: np.ndarray, right: list[np.ndarray], chosen: list[int]) -> Image.Image:
    rows = []
    for i in chosen:
        marks = np.full((RESOLUTION, 12 * len(right), 3), 30, np.uint8)
        for k, hits in enumerate(right):
            marks[26:38, 12 * k + 1 : 12 * k + 11] = (40, 170, 60) if hits[i] else (220, 40, 40)
        rows.append(np.concatenate([*frames[i, ::2], marks], 1))
    return Image.fromarray(np.concatenate(rows))


def summary(report: dict) -> str:
    lines = [f"{report['count']} clips ({report['clips']}) {report.get('sampling', '')}"]
    for name in report["accuracy"]:
        a, other = report["accuracy"][name], report["against_other_captions"].get(name)
        by_language = " ".join(f"{k[:2]} {report[k][name]['share']:.3f}" for k in ("english", "japanese") if report[k][name])
        lines.append(f"{name:9s} {a['share']:.3f} [{a['low']:.3f}, {a['high']:.3f}]  {by_language}" + (f"  shuffled {other['share']:.3f}" if other else ""))
    others = [f"{name}: {report[name]}" for name in ("pictures", "shots", "styles", "pairs") if name in report]
    loudness = "  ".join(f"{name} {d['louder_db']:+.1f}" for by in report["loudness"].values() for name, d in by.items())
    return "\n".join(
        [*lines, f"bounces: {report['timing_of_bounces']}", f"gravity: {report['gravity_of_bounces']}", f"louder than rendered, dB: {loudness}", *others]
    )


if __name__ == "__main__":
    main()
