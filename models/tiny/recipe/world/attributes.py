"""What a clip of the world can show, and how clips are drawn."""
from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

FPS = 8
WINDOW_FRAMES = 16  # what the model sees at once: 2 s
CLIP_FRAMES = 32  # what is rendered: 4 s, so that windows can start in the middle of a motion
RESOLUTION = 64
SAMPLE_RATE = 16_000

SHAPES = ("circle", "square", "triangle", "star", "heart", "cross")
COLORS = ("red", "orange", "yellow", "green", "blue", "purple", "pink", "white")
SIZES = ("small", "big")
MOTIONS = ("bounce", "roll_left", "roll_right", "jump", "spin", "orbit", "rest")
SCENES = ("day", "night", "beach", "forest", "snow", "plain")
CAMERAS = ("static", "pan", "zoom")
CAMERA_ODDS = (0.8, 0.1, 0.1)
STYLES = ("flat", "sketch", "pixel", "night_vision", "soft")
TWINS = 0.15  # share of pairs whose characters look the same
STYLED_PAIRS = 0.2  # share of pairs in a style other than flat


@dataclass(frozen=True)
class Attributes:
    """Indices into the tuples above."""

    shape: int
    color: int
    size: int
    motion: int
    scene: int
    camera: int

    def held_out(self) -> bool:
        """One combination of shape, colour and motion in eleven is never trained on."""
        return (self.shape * 56 + self.color * 7 + self.motion) % 11 == 0


def draw(rng: np.random.Generator, held_out: bool) -> Attributes:
    """Draws attributes uniformly (cameras by CAMERA_ODDS), from the held-out combinations or from the rest."""
    while True:
        attributes = Attributes(
            shape=int(rng.integers(len(SHAPES))),
            color=int(rng.integers(len(COLORS))),
            size=int(rng.integers(len(SIZES))),
            motion=int(rng.integers(len(MOTIONS))),
            scene=int(rng.integers(len(SCENES))),
            camera=int(rng.choice(len(CAMERAS), p=CAMERA_ODDS)),
        )
        if attributes.held_out() == held_out:
            return attributes


@dataclass(frozen=True)
class Scenario:
    """A clip: a character and what it does where, who does the same beside it (to the right of it at the start), and the style of the picture."""

    first: Attributes
    second: Attributes | None = None
    style: int = 0

    def row(self) -> np.ndarray:
        """[10] int8: the first one's attributes, the style, and shape, colour and size of the second, -1 where there is none."""
        a, b = self.first, self.second
        beside = (b.shape, b.color, b.size) if b else (-1, -1, -1)
        return np.array((a.shape, a.color, a.size, a.motion, a.scene, a.camera, self.style, *beside), np.int8)

    @staticmethod
    def of_row(row: np.ndarray) -> "Scenario":
        """A row of 10, or of 6: a character alone, flat."""
        first, rest = Attributes(*map(int, row[:6])), [int(v) for v in row[6:]]
        second = replace(first, shape=rest[1], color=rest[2], size=rest[3]) if rest and rest[1] >= 0 else None
        return Scenario(first, second, rest[0] if rest else 0)


def draw_styled(rng: np.random.Generator, held_out: bool) -> Scenario:
    """One character, in any style but flat."""
    return Scenario(draw(rng, held_out), style=_style(rng))


def draw_pair(rng: np.random.Generator, held_out: bool) -> Scenario:
    """Two characters before a camera that stands still. Held out: both of them are combinations that are never trained on."""
    first = replace(draw(rng, held_out), camera=0)
    other = first
    if rng.uniform() >= TWINS:
        while (other := draw(rng, held_out)).motion != first.motion:
            pass
    second = replace(first, shape=other.shape, color=other.color, size=other.size)
    return Scenario(first, second, _style(rng) if rng.uniform() < STYLED_PAIRS else 0)


def _style(rng: np.random.Generator) -> int:
    return int(rng.integers(1, len(STYLES)))
