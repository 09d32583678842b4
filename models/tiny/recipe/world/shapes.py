"""Signed distance functions of the shapes (negative inside), on coordinates centred on the object."""
from __future__ import annotations

import numpy as np


def signed_distance(shape: str, x: np.ndarray, y: np.ndarray, r: float) -> np.ndarray:
    """Distance to the outline of `shape` with radius r; x and y of any one shape."""
    return _SHAPES[shape](x, y, r)


def _circle(x, y, r):
    return np.sqrt(x * x + y * y) - r


def _square(x, y, r):
    return np.maximum(np.abs(x), np.abs(y)) - 0.84 * r


def _triangle(x, y, r):
    y = y + 0.14 * r
    return np.maximum(-y - 0.52 * r, 0.866 * np.abs(x) + 0.5 * y - 0.52 * r) - 0.08 * r


def _star(x, y, r):
    """Five points: fold the angle into one tenth of the circle, then the distance to one edge."""
    angle = np.arctan2(x, y)
    folded = np.abs((angle + np.pi / 5) % (2 * np.pi / 5) - np.pi / 5)
    length = np.sqrt(x * x + y * y)
    u, v = length * np.cos(folded), length * np.sin(folded)
    tip, inner = 1.18 * r, 0.48 * r
    ex, ey = inner * np.cos(np.pi / 5) - tip, inner * np.sin(np.pi / 5)
    return ((u - tip) * ey - v * ex) / np.hypot(ex, ey)


def _heart(x, y, r):
    """A square on its corner with a disc on each upper side."""
    y, s = y - 0.05 * r, 0.6 * r
    u, v = (x + y + 0.3 * r) * 0.7071, (y - x + 0.3 * r) * 0.7071
    body = np.maximum(np.abs(u), np.abs(v)) - s
    left = np.sqrt(u * u + (v - s) ** 2) - s
    right = np.sqrt((u - s) ** 2 + v * v) - s
    return np.minimum(body, np.minimum(left, right))


def _cross(x, y, r):
    across = np.maximum(np.abs(x) - r, np.abs(y) - 0.34 * r)
    upright = np.maximum(np.abs(x) - 0.34 * r, np.abs(y) - r)
    return np.minimum(across, upright)


_SHAPES = {
    "circle": _circle,
    "square": _square,
    "triangle": _triangle,
    "star": _star,
    "heart": _heart,
    "cross": _cross,
}
