"""Clips of three shots: does the picture cut when it was asked to, and is it the same character throughout, in the scene that each shot asks for?"""
from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from judge import Judge
from world.attributes import FPS, WINDOW_FRAMES, Attributes, draw
from world.captions import caption
from world.render import render

FIRST_SEED = 85_000_000
SECONDS = 7
STATIC = 0  # cameras that move would blur what a cut is


@dataclass
class Shots:
    """One character in three scenes."""

    index: int
    shots: list[tuple[float, Attributes]]  # seconds at which each begins
    prompt: list[dict]  # the shot list that is sent
    seed: int

    def rendered(self) -> np.ndarray:
        """[56, 64, 64, 3]: the world's own shots, one after the other."""
        ends = [int(start * FPS) for start, _ in self.shots[1:]] + [SECONDS * FPS]
        return np.concatenate([
            render(attributes, self.seed + i, end - int(start * FPS)).frames for i, ((start, attributes), end) in enumerate(zip(self.shots, ends))
        ])


def draw_shots(count: int) -> list[Shots]:
    """English and Japanese by turns; cuts on half seconds, shots of two seconds or more; what begins is a combination never trained on."""
    drawn = []
    for index in range(count):
        seed = FIRST_SEED + 10 * index
        rng = np.random.default_rng(seed)
        starts = [0.0, 2 + 0.5 * rng.integers(3), 4.5 + 0.5 * rng.integers(2)]
        character = dataclasses.replace(draw(rng, held_out=True), camera=STATIC)
        shots = [(starts[0], character)]
        while len(shots) < len(starts):
            other = draw(rng, held_out=False)
            if all(other.scene != earlier.scene for _, earlier in shots):
                shots.append((starts[len(shots)], dataclasses.replace(character, motion=other.motion, scene=other.scene)))
        language = ("en", "ja")[index % 2]
        prompt = [{"start": start, "action": caption(attributes, rng, language, complete=True)} for start, attributes in shots]
        drawn.append(Shots(index, shots, prompt, seed))
    return drawn


def shots_report(judge: Judge, drawn: list[Shots], clips: np.ndarray) -> dict:
    """clips [n, 56, 64, 64, 3]. `cuts`: both within a frame of where they were asked for, and the two greatest changes of the clip."""
    return {"count": len(drawn), "clips": _shares(judge, drawn, clips), "rendered": _shares(judge, drawn, np.stack([d.rendered() for d in drawn]))}


def _shares(judge: Judge, drawn: list[Shots], clips: np.ndarray) -> dict:
    change = np.abs(np.diff(clips.astype(np.float32), axis=1)).mean((2, 3, 4))  # [n, 55]: from frame i to i + 1
    cuts, right = [], {key: [] for key in ("shape", "color", "scene")}
    same = []
    for shots, clip, changes in zip(drawn, clips, change):
        asked = [int(start * FPS) for start, _ in shots.shots[1:]]
        found = np.sort(np.argsort(changes)[-len(asked) :] + 1)
        cuts.append(all(abs(f - a) <= 1 for f, a in zip(found, asked)))
        windows = np.stack([clip[int(start * FPS) :][:WINDOW_FRAMES] for start, _ in shots.shots])
        answers, _ = judge.look(windows)
        for key, values in right.items():
            values.append([answers[key][i] == getattr(attributes, key) for i, (_, attributes) in enumerate(shots.shots)])
        same.append(len(set(answers["shape"])) == 1 and len(set(answers["color"])) == 1)
    return {"cuts": round(float(np.mean(cuts)), 4), "same_character": round(float(np.mean(same)), 4)} | {
        key: round(float(np.mean(values)), 4) for key, values in right.items()
    }
