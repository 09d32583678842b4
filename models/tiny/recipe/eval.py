"""Makes clips of held-out captions with a server, judges them, and says how much of what was said is there: `./sora eval`.

    ./sora eval [--count 150] [--pictures 50] [--shots 20] [--styles 40] [--pairs 40] [--out FOLDER] [--server URL]

Without --server it starts one of its own. Clips that are already in the folder are not made again, so it goes on where it was stopped.
Needs PyTorch, NumPy and Pillow (Debian: python3-torch python3-pil), and ffmpeg.
"""
from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Iterator

import numpy as np
import torch
from PIL import Image

import evaluate
from cast import Cast
from evaluation_captions import draw_captions
from evaluation_cast import cast_report, draw_clips
from evaluation_pictures import draw_pictures, likeness_report
from evaluation_shots import SECONDS, draw_shots, shots_report
from judge import Judge
from likeness import Likeness
from world.attributes import FPS

IN_FLIGHT, SEED = 6, 1000


def main() -> None:
    parser = argparse.ArgumentParser(prog="sora eval", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=150, help="captions (default 150)")
    parser.add_argument("--pictures", type=int, default=50, help="clips that start from a picture (default 50)")
    parser.add_argument("--shots", type=int, default=20, help="clips of three shots (default 20)")
    parser.add_argument("--styles", type=int, default=40, help="clips in a style (default 40)")
    parser.add_argument("--pairs", type=int, default=40, help="clips of two characters (default 40)")
    parser.add_argument("--out", type=Path, default=Path("eval"), help="folder of clips, report and sheets (default eval)")
    parser.add_argument("--server", help="address of a server whose tiny pack to judge, such as http://127.0.0.1:8089")
    parser.add_argument("--judge", type=Path, default=Path(__file__).parent / "judge", help=argparse.SUPPRESS)
    args = parser.parse_args()
    clips = args.out / "clips"
    clips.mkdir(parents=True, exist_ok=True)
    captions, pictures, shots = draw_captions(args.count, 0), draw_pictures(args.pictures), draw_shots(args.shots)
    cast = {kind: draw_clips(kind, count) for kind, count in (("style", args.styles), ("pair", args.pairs)) if count}
    wanted = {str(c["index"]): {"prompt": c["prompt"], "seed": SEED + c["index"]} for c in captions} | {
        f"picture-{p.index}": {"prompt": p.prompt, "seed": SEED + p.index, "input_reference": {"image_url": p.data_url()}} for p in pictures
    } | {f"shots-{s.index}": {"prompt": s.prompt, "seed": SEED + s.index, "seconds": str(SECONDS)} for s in shots} | {
        clip.name: {"prompt": clip.prompt, "seed": SEED + i} for drawn in cast.values() for i, clip in enumerate(drawn)
    }
    missing = {name: body for name, body in wanted.items() if not (clips / f"{name}.mp4").exists()}
    if missing:
        with contextlib.nullcontext(args.server) if args.server else own_server() as server:
            make(Api(server.rstrip("/")), missing, clips)
    torch.set_num_threads(os.cpu_count() or 1)
    args.captions, args.clips = None, clips
    captions, frames, mel, made_by = evaluate.clips_of(args, captions)
    judge = Judge(args.judge)
    report = {**made_by, **evaluate.judged(judge, captions, frames, mel, args.out / "report.json")}
    if pictures:
        made = np.stack([evaluate.read_clip(clips / f"picture-{p.index}.mp4")[0] for p in pictures])
        report["pictures"] = likeness_report(Likeness(args.judge), pictures, made)
        Image.fromarray(np.concatenate([np.concatenate([p.rgb, *clip[::2]], 1) for p, clip in zip(pictures, made)])).save(args.out / "report-pictures.png")
    if shots:
        made = np.stack([evaluate.read_frames(clips / f"shots-{s.index}.mp4", SECONDS * FPS) for s in shots])
        report["shots"] = shots_report(judge, shots, made)
        Image.fromarray(np.concatenate([np.concatenate([*clip[::4]], 1) for clip in made])).save(args.out / "report-shots.png")
    judge_of_cast = Cast(args.judge) if cast else None
    for kind, drawn in cast.items():
        made = np.stack([evaluate.read_clip(clips / f"{clip.name}.mp4")[0] for clip in drawn])
        report[f"{kind}s"] = cast_report(judge_of_cast, kind, drawn, made)
        Image.fromarray(np.concatenate([np.concatenate([*clip[::2]], 1) for clip in made])).save(args.out / f"report-{kind}s.png")
    evaluate.write_report(report, args.judge, args.out / "report.json")
    print(f"report and sheets: {args.out}/report*")


@contextlib.contextmanager
def own_server() -> Iterator[str]:
    """A server for this run, with a data folder of its own; its address."""
    with tempfile.TemporaryDirectory(prefix="sora-eval-") as data:
        command = [*os.environ["SORA_COMMAND"].split("\n"), "serve", "--port", "0", "--daily-limit", "100000", "--data", data]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            line = process.stdout.readline()
            if "http" not in line:
                sys.exit("sora: the server did not start; what it says is above.")
            yield next(word for word in line.split() if word.startswith("http")).removesuffix("/v1")
        finally:
            process.terminate()
            process.wait()


class Api:
    """The calls of the Videos API that this takes."""

    def __init__(self, server: str) -> None:
        self.base, self.key = f"{server}/v1/", os.environ.get("SORA_API_KEY")

    def call(self, path: str, body: dict | None = None):
        headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {self.key}"} if self.key else {})}
        request = urllib.request.Request(self.base + path, json.dumps(body).encode() if body else None, headers)
        while True:
            try:
                return urllib.request.urlopen(request)
            except urllib.error.HTTPError as refused:
                if refused.code != 429:
                    sys.exit(f"sora: the server refused {path}: {refused.read().decode(errors='replace')}")
                time.sleep(float(refused.headers.get("Retry-After", 1)))
            except urllib.error.URLError as lost:
                sys.exit(f"sora: the server at {self.base} does not answer: {lost.reason}")

    def json(self, path: str, body: dict | None = None) -> dict:
        return json.load(self.call(path, body))


def make(api: Api, wanted: dict[str, dict], folder: Path) -> None:
    """Has clips made (their request bodies, by name), a few at a time, and writes each as it ends."""
    waiting, under_way = list(wanted.items()), {}
    while waiting or under_way:
        while waiting and len(under_way) < IN_FLIGHT:
            name, body = waiting.pop(0)
            under_way[api.json("videos", {"model": "tiny", "seconds": "2", "size": "512x512", **body})["id"]] = name
        for job, name in list(under_way.items()):
            video = api.json(f"videos/{job}")
            if video["status"] == "failed":
                sys.exit(f"sora: clip {name} failed: {video['error']['message']}")
            if video["status"] == "completed":
                partial = folder / f".{name}.partial"
                partial.write_bytes(api.call(f"videos/{job}/content").read())
                partial.rename(folder / f"{name}.mp4")
                del under_way[job]
                print(f"\rclip {len(wanted) - len(waiting) - len(under_way)} of {len(wanted)}", end="", file=sys.stderr, flush=True)
        time.sleep(0.2)
    print(file=sys.stderr)


if __name__ == "__main__":
    main()
