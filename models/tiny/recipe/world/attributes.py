"""What a clip of the world can show, and how clips are drawn."""
from __future__ import annotations

from dataclasses import dataclass

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
