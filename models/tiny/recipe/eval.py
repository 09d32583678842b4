"""Makes clips of held-out captions with a server, judges them, and says how much of what was said is there: `./sora eval`.

    ./sora eval [--count 150] [--out FOLDER] [--server URL]

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

import torch

import evaluate
from evaluation_captions import draw_captions
from judge import Judge

IN_FLIGHT, SEED = 6, 1000


def main() -> None:
    parser = argparse.ArgumentParser(prog="sora eval", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=150, help="captions (default 150)")
    parser.add_argument("--out", type=Path, default=Path("eval"), help="folder of clips, report and sheets (default eval)")
    parser.add_argument("--server", help="address of a server whose tiny pack to judge, such as http://127.0.0.1:8089")
    parser.add_argument("--judge", type=Path, default=Path(__file__).parent / "judge", help=argparse.SUPPRESS)
    args = parser.parse_args()
    clips = args.out / "clips"
    clips.mkdir(parents=True, exist_ok=True)
    captions = draw_captions(args.count, 0)
    if any(not (clips / f"{c['index']}.mp4").exists() for c in captions):
        with contextlib.nullcontext(args.server) if args.server else own_server() as server:
            make(Api(server.rstrip("/")), captions, clips)
    torch.set_num_threads(os.cpu_count() or 1)
    args.captions, args.clips = None, clips
    captions, frames, mel, made_by = evaluate.clips_of(args, captions)
    evaluate.write_report({**made_by, **evaluate.judged(Judge(args.judge), captions, frames, mel, args.out / "report.json")}, args.judge, args.out / "report.json")
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


def make(api: Api, captions: list[dict], folder: Path) -> None:
    """Has the clips made, a few at a time, and writes each as it ends."""
    missing = [c for c in captions if not (folder / f"{c['index']}.mp4").exists()]
    made, under_way = len(captions) - len(missing), {}
    while missing or under_way:
        while missing and len(under_way) < IN_FLIGHT:
            caption = missing.pop(0)
            body = {"model": "tiny", "prompt": caption["prompt"], "seed": SEED + caption["index"], "seconds": "2", "size": "512x512"}
            under_way[api.json("videos", body)["id"]] = caption["index"]
        for job, index in list(under_way.items()):
            video = api.json(f"videos/{job}")
            if video["status"] == "failed":
                sys.exit(f"sora: clip {index} failed: {video['error']['message']}")
            if video["status"] == "completed":
                partial = folder / f".{index}.partial"
                partial.write_bytes(api.call(f"videos/{job}/content").read())
                partial.rename(folder / f"{index}.mp4")
                del under_way[job]
                made += 1
                print(f"\rclip {made} of {len(captions)}", end="", file=sys.stderr, flush=True)
        time.sleep(0.2)
    print(file=sys.stderr)


if __name__ == "__main__":
    main()
