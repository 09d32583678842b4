"""Clips that start from a picture: does the character keep the looks that the picture gives it? Held-out appearances in held-out combinations."""
from __future__ import annotations

import base64
import io
from dataclasses import dataclass

import numpy as np
from PIL import Image

from autoencoder import FRAMES_PER_LATENT
from likeness import Likeness
from world import appearance
from world.attributes import FPS, WINDOW_FRAMES, Attributes, draw
from world.captions import caption
from world.render import object_area, render

FIRST_SEED = 80_000_000
VISIBLE = 0.6  # share of the character that the picture shows, of what its clip ever does


@dataclass
class Picture:
    """What a clip starts from, and what is said of it: everything but the looks."""

    index: int
    prompt: str
    rgb: np.ndarray  # [64, 64, 3] uint8
    attributes: Attributes
    look: appearance.Appearance
    seed: int  # render's

    def data_url(self) -> str:
        png = io.BytesIO()
        Image.fromarray(self.rgb).save(png, "png")
        return "data:image/png;base64," + base64.b64encode(png.getvalue()).decode()

    def rendered(self) -> np.ndarray:
        """[16, 64, 64, 3]: how the world itself goes on."""
        return render(self.attributes, self.seed, WINDOW_FRAMES, appearance=self.look).frames


def draw_pictures(count: int) -> list[Picture]:
    """English and Japanese by turns. The picture is the first frame of a clip."""
    pictures, seed = [], FIRST_SEED
    while len(pictures) < count:
        seed += 2
        rng = np.random.default_rng(seed)
        attributes, look = draw(rng, held_out=True), appearance.draw(rng, held_out=True)
        area = object_area(attributes, seed + 1, WINDOW_FRAMES).sum((1, 2))
        if area[0] >= VISIBLE * area.max():
            prompt = caption(attributes, rng, ("en", "ja")[len(pictures) % 2], complete=True, colored=False)
            picture = Picture(len(pictures), prompt, np.zeros(0), attributes, look, seed + 1)
            picture.rgb = picture.rendered()[0]
            pictures.append(picture)
    return pictures


def likeness_report(likeness: Likeness, pictures: list[Picture], clips: np.ndarray) -> dict:
    """How often a frame is closer to its own clip's picture than to another's: over all frames after the given ones, and by the second."""
    given = likeness.embed(np.stack([p.rgb for p in pictures]))
    rendered = np.stack([p.rendered() for p in pictures])
    return {"count": len(pictures), "clips": _shares(likeness, given, clips), "rendered": _shares(likeness, given, rendered)}


def _shares(likeness: Likeness, given: np.ndarray, clips: np.ndarray) -> dict:
    frames = likeness.embed(clips[:, FRAMES_PER_LATENT:])  # [n, frames, 32]
    products = np.einsum("ife,je->fij", frames, given)
    own = np.diagonal(products, axis1=1, axis2=2)  # [frames, n]
    others = ~np.eye(len(given), dtype=bool)
    better = np.array([[(own[f, i] > products[f, i, others[i]]).mean() for i in range(len(given))] for f in range(len(own))])
    by_half_second = better.reshape(-1, FPS // 2, better.shape[1]).mean((1, 2))
    return {
        "better_than_another": round(float(better.mean()), 4), "by_half_second": [round(float(v), 4) for v in by_half_second],
        "likeness": round(float(own.mean()), 3), "likeness_of_another": round(float(products[:, others].mean()), 3),
    }
