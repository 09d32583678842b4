"""Styles of the picture: what becomes of frames [T, H, W, 3] in [0, 1]."""
from __future__ import annotations

import numpy as np

LUMA = np.array((0.2126, 0.7152, 0.0722), np.float32)  # ITU-R BT.709
BLOCK, LEVELS = 4, 6  # pixel art: pixels a block each way, levels of a colour
SCAN_LINES = 4  # rows from one dark line to the next


def apply(style: str, image: np.ndarray) -> np.ndarray:
    return _STYLES[style](np.clip(image, 0, 1)).astype(np.float32)


def _sketch(image):
    """Pale wash on paper, dark lines where brightness or colour changes."""
    across, down = (np.abs(np.diff(image, axis=axis, append=np.take(image, [-1], axis))).mean(3) for axis in (2, 1))
    ink = np.clip(4 * (across + down) - 0.15, 0, 1)[..., None]
    return (0.62 + 0.36 * image) * (1 - 0.85 * ink)


def _pixel(image):
    frames, height, width, channels = image.shape
    blocks = image.reshape(frames, height // BLOCK, BLOCK, width // BLOCK, BLOCK, channels).mean((2, 4))
    levels = np.round(blocks * (LEVELS - 1)) / (LEVELS - 1)
    return levels.repeat(BLOCK, 1).repeat(BLOCK, 2)


def _night_vision(image):
    """A camcorder's night mode: brightness in green, scan lines, dark corners."""
    height, width = image.shape[1:3]
    y, x = np.meshgrid(np.linspace(-1, 1, height), np.linspace(-1, 1, width), indexing="ij")
    lines = np.where(np.arange(height) % SCAN_LINES < SCAN_LINES // 2, 1, 0.72)[:, None]
    light = (0.06 + 0.94 * (image @ LUMA) ** 0.8) * lines * (1 - 0.3 * (x * x + y * y))
    return light[..., None] * np.array((0.25, 1, 0.35), np.float32)


def _soft(image):
    """Blurred twice by a binomial kernel of five, and pale."""
    for axis in (1, 1, 2, 2):
        before, after = np.take(image, [0, 0], axis), np.take(image, [-1, -1], axis)
        padded, n = np.concatenate((before, image, after), axis), image.shape[axis]
        image = sum(weight * np.take(padded, range(k, k + n), axis) for k, weight in enumerate((1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16)))
    return 0.25 + 0.75 * image


_STYLES = {"flat": lambda image: image, "sketch": _sketch, "pixel": _pixel, "night_vision": _night_vision, "soft": _soft}
