"""What a character looks like when it is no plain one of the world's colours: two colours in a pattern, drawn without names.

Captions cannot say it; a picture can. Some are never trained on (`held_out`), so that what is measured is copying, not recall.
"""
from __future__ import annotations

import colorsys
from dataclasses import dataclass

import numpy as np

PATTERNS = ("plain", "stripes", "halves", "rings", "checks")
HELD_OUT_HUES = (0.44, 0.56)  # around cyan, which no named colour is near to


@dataclass(frozen=True)
class Appearance:
    """Two colours (hue, saturation, value; 0 to 1), the pattern, and how it is turned (radians)."""

    first: tuple[float, float, float]
    second: tuple[float, float, float]
    pattern: str
    turn: float

    def held_out(self) -> bool:
        """Checks, and whatever has a main colour around cyan, are never trained on."""
        return self.pattern == "checks" or HELD_OUT_HUES[0] <= self.first[0] <= HELD_OUT_HUES[1]

    def paint(self, x: np.ndarray, y: np.ndarray, r: float) -> np.ndarray:
        """[..., 3] colours in 0 to 1 of the body at coordinates of its own, for a radius r."""
        u, v = np.cos(self.turn) * x + np.sin(self.turn) * y, np.cos(self.turn) * y - np.sin(self.turn) * x
        first, second = (np.array(colorsys.hsv_to_rgb(*color), np.float32) for color in (self.first, self.second))
        return np.where(_MASKS[self.pattern](u / r, v / r)[..., None], second, first)


def draw(rng: np.random.Generator, held_out: bool) -> Appearance:
    """Draws an appearance, one of the held-out ones or of the rest."""
    while True:
        appearance = Appearance(_color(rng), _color(rng), PATTERNS[rng.integers(len(PATTERNS))], rng.uniform(0, np.pi))
        if appearance.held_out() == held_out:
            return appearance


def _color(rng: np.random.Generator) -> tuple[float, float, float]:
    return rng.uniform(), rng.uniform(0.35, 1), rng.uniform(0.45, 1)


_MASKS = {
    "plain": lambda u, v: np.zeros(u.shape, bool),
    "stripes": lambda u, v: np.floor(u * 1.6) % 2 == 0,
    "halves": lambda u, v: u > 0,
    "rings": lambda u, v: np.hypot(u, v) > 0.55,
    "checks": lambda u, v: (u > 0) == (v > 0),
}
