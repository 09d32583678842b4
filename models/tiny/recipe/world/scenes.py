"""Backgrounds. Each takes X, Y [T, H, W] in world units, t [T, 1, 1] in seconds and random parameters; returns RGB in [0, 1]."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .motion import GROUND


@dataclass
class SceneParameters:
    phase: float  # [0, 1): shifts what repeats
    seed: float  # picks tree heights, buildings, flakes
    plain: tuple[int, int, int]
    pixel: float  # width of a pixel in world units

    @staticmethod
    def draw(rng: np.random.Generator, resolution: int) -> "SceneParameters":
        grounds = ((196, 198, 196), (170, 180, 192), (204, 190, 174))
        return SceneParameters(rng.uniform(), float(rng.integers(8)), grounds[rng.integers(3)], 2.0 / resolution)


def rgb(*color: float) -> np.ndarray:
    return np.array(color, np.float32) / 255


def blend(image: np.ndarray, color: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """image + (color - image) * mask."""
    return image + (color - image) * mask[..., None]


def inside(distance: np.ndarray, width: float) -> np.ndarray:
    """Anti-aliased mask of distance < 0."""
    return np.clip(0.5 - distance / width, 0, 1)


def paint(scene: str, X: np.ndarray, Y: np.ndarray, t: np.ndarray, p: SceneParameters) -> np.ndarray:
    """RGB [T, H, W, 3] float32 of the scene without the object."""
    return _SCENES[scene](X, Y, t, p).astype(np.float32)


def _hash(i, salt):
    value = np.sin(i * 12.9898 + salt * 78.233) * 43758.5453
    return value - np.floor(value)


def _sky(Y, low, high):
    image = np.empty(Y.shape + (3,), np.float32)
    image[:] = rgb(*low)
    return blend(image, rgb(*high), np.clip((Y + 1) / 2, 0, 1))


def _ground(image, Y, p, color):
    return blend(image, rgb(*color), inside(Y - GROUND, p.pixel * 1.5))


def _day(X, Y, t, p):
    image = _sky(Y, (178, 208, 230), (96, 158, 214))
    for k in range(2):
        cx, cy = -0.9 + 1.1 * k + p.phase * 0.5, 0.7 - 0.2 * k
        cloud = ((X - cx) / 0.34) ** 2 + ((Y - cy) / 0.1) ** 2 - 1
        image = blend(image, rgb(214, 226, 236), inside(cloud, 0.5))
    return _ground(image, Y, p, (122, 168, 92))


def _night(X, Y, t, p):
    image = _sky(Y, (52, 44, 92), (14, 16, 44))
    column = np.floor((X + p.phase) / 0.4)
    height = -0.25 + 0.75 * _hash(column, p.seed)
    houses = inside(Y - height, p.pixel * 1.5)
    image = blend(image, rgb(34, 36, 56), houses)
    across = np.abs(((X + p.phase) / 0.4 - column) * 2.5 % 1 - 0.5) < 0.22
    upright = np.abs(Y * 5.0 % 1 - 0.5) < 0.25
    lit = houses * across * upright * (Y < height - 0.08) * (Y > GROUND + 0.1) * 0.6
    return _ground(blend(image, rgb(190, 166, 92), lit), Y, p, (60, 60, 72))


def _beach(X, Y, t, p):
    image = _sky(Y, (206, 222, 226), (140, 194, 220))
    image = blend(image, rgb(54, 132, 164), inside(Y, p.pixel * 1.5))
    shore = -0.42 + 0.05 * np.sin(3 * X + p.phase * 6) + 0.06 * np.sin(2 * np.pi * 0.75 * t + p.phase * 6)
    image = blend(image, rgb(222, 234, 236), inside(Y - shore - 0.06, p.pixel * 2))
    return blend(image, rgb(212, 190, 142), inside(Y - shore, p.pixel * 1.5))


def _forest(X, Y, t, p):
    image = _sky(Y, (146, 172, 136), (170, 196, 172))
    for k, (spacing, shade) in enumerate(((0.46, 92), (0.6, 60))):
        tree = np.floor((X + p.phase + 0.2 * k) / spacing)
        across = ((X + p.phase + 0.2 * k) / spacing - tree - 0.5) * spacing
        top = 0.35 + 0.4 * _hash(tree, p.seed + k) - 0.25 * k
        trunk = inside(np.abs(across) - (top - Y) * 0.24, p.pixel * 1.5)
        image = blend(image, rgb(shade * 0.5, shade * 0.92, shade * 0.62), trunk)
    return _ground(image, Y, p, (108, 86, 58))


def _snow(X, Y, t, p):
    image = _sky(Y, (164, 178, 200), (112, 130, 164))
    hill = -0.35 + 0.15 * np.sin(2.2 * X + p.phase * 6)
    image = blend(image, rgb(150, 168, 194), inside(Y - hill, p.pixel * 2))
    image = _ground(image, Y, p, (214, 224, 238))
    for k in range(10):
        x = -1.1 + 2.2 * _hash(float(k), p.seed + 0.3)
        y = 1.1 - (_hash(float(k), p.seed + 0.7) * 2.2 + t * 0.7) % 2.2
        image = blend(image, rgb(226, 232, 242), inside(np.sqrt((X - x) ** 2 + (Y - y) ** 2) - 0.03, p.pixel * 1.5))
    return image


def _plain(X, Y, t, p):
    image = np.empty(X.shape + (3,), np.float32)
    image[:] = rgb(*p.plain)
    return image


_SCENES = {"day": _day, "night": _night, "beach": _beach, "forest": _forest, "snow": _snow, "plain": _plain}
