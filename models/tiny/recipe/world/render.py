"""Pictures and sound of one clip."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import styles
from .appearance import Appearance
from .attributes import CAMERAS, CLIP_FRAMES, COLORS, FPS, RESOLUTION, SCENES, SHAPES, STYLES, Attributes, Scenario
from .motion import GROUND, Event, Track, track
from .scenes import SceneParameters, blend, inside, paint, rgb
from .shapes import signed_distance
from .sound import synthesise

PALETTE = {
    "red": (225, 35, 40),
    "orange": (250, 140, 15),
    "yellow": (252, 230, 40),
    "green": (20, 170, 50),
    "blue": (30, 60, 225),
    "purple": (140, 40, 195),
    "pink": (255, 115, 190),
    "white": (252, 252, 252),
}


OBJECT_REACH = 1.35  # radii from an object's centre to the outline of its longest tip


@dataclass
class Clip:
    frames: np.ndarray  # [T, H, W, 3] uint8
    wave: np.ndarray  # [T / FPS * 16000] float32
    events: list[Event]


def render(
    scenario: Scenario | Attributes, seed: int, frames: int = CLIP_FRAMES, resolution: int = RESOLUTION, appearance: Appearance | None = None
) -> Clip:
    """The same scenario (or attributes of one character, flat), seed and appearance always give the same clip. An appearance takes the place of the first one's colour."""
    scenario = _scenario(scenario)
    rng, p, tracks, t, (X, Y, zoom) = _stage(scenario, seed, frames, resolution)
    image = paint(SCENES[scenario.first.scene], X, Y, t, p)
    for attributes, at, look in zip(_cast(scenario), tracks, (appearance, None)):
        image = _object(image, X, Y, zoom, attributes, at, p, look)
    image = styles.apply(STYLES[scenario.style], image)
    sounding = [(event, attributes.size == 1) for attributes, at in zip(_cast(scenario), tracks) for event in at.events]
    wave = synthesise(scenario.first, sounding, frames / FPS, rng, p)
    return Clip((np.clip(image, 0, 1) * 255 + 0.5).astype(np.uint8), wave, [event for event, _ in sounding])


def object_area(scenario: Scenario | Attributes, seed: int, frames: int = CLIP_FRAMES, resolution: int = RESOLUTION) -> np.ndarray:
    """[T, H, W] bool: the discs around the characters of the clip that `render` makes of the same scenario and seed, tips and outline included."""
    _, _, tracks, _, (X, Y, _) = _stage(_scenario(scenario), seed, frames, resolution)
    return np.any([np.hypot(X - at.x[:, None, None], Y - at.y[:, None, None]) < OBJECT_REACH * at.radius for at in tracks], axis=0)


def _scenario(what: Scenario | Attributes) -> Scenario:
    return what if isinstance(what, Scenario) else Scenario(what)


def _cast(scenario: Scenario) -> tuple[Attributes, ...]:
    return (scenario.first, scenario.second) if scenario.second else (scenario.first,)


def tracks_of(scenario: Scenario, rng: np.random.Generator, frames: int) -> list[Track]:
    """One a character, drawn in their order."""
    sides = (-1, 1) if scenario.second else (0,)
    return [track(attributes, rng, frames, side) for attributes, side in zip(_cast(scenario), sides)]


def _stage(scenario: Scenario, seed: int, frames: int, resolution: int):
    """What is drawn before anything is painted: the generator, the scene's parameters, the motions, the time and the camera's view."""
    rng = np.random.default_rng(seed)
    p = SceneParameters.draw(rng, resolution)
    tracks = tracks_of(scenario, rng, frames)
    t = (np.arange(frames, dtype=np.float32) / FPS)[:, None, None]
    return rng, p, tracks, t, _camera(CAMERAS[scenario.first.camera], t, resolution)


def _camera(camera: str, t: np.ndarray, resolution: int):
    grid = (np.arange(resolution, dtype=np.float32) + 0.5) / resolution * 2 - 1
    X, Y = np.meshgrid(grid, -grid)
    X, Y, zoom = X[None] + 0 * t, Y[None] + 0 * t, np.ones_like(t)
    if camera == "pan":
        X = X + (t - 2.0) * 0.22
    elif camera == "zoom":
        zoom = 1 + 0.16 * t
        X, Y = X / zoom, (Y - GROUND) / zoom + GROUND
    return X, Y, zoom


def _object(image, X, Y, zoom, attributes: Attributes, at: Track, p: SceneParameters, appearance: Appearance | None):
    """Shadow, outline, body with a little shading, two eyes. Squash flattens the body against the ground."""
    r = at.radius
    x, y, rotation, squash = (v.astype(np.float32)[:, None, None] for v in (at.x, at.y, at.rotation, at.squash))
    if at.on_ground:
        shadow = ((X - x) / r) ** 2 + ((Y - GROUND) / (r * 0.22)) ** 2 - 1
        height = np.maximum(0.2, 1 - (y - GROUND - r) / 1.2)
        image = blend(image, np.float32(0.15), inside(shadow, 0.6) * 0.45 * height)
    s = 0.28 * squash
    dx, dy = (X - x) / (1 + 0.6 * s), (Y - y + s * r * 0.9) / (1 - s)
    ox, oy = np.cos(rotation) * dx + np.sin(rotation) * dy, -np.sin(rotation) * dx + np.cos(rotation) * dy
    distance = signed_distance(SHAPES[attributes.shape], ox, oy, r)
    width = p.pixel * 1.4 / zoom
    image = blend(image, np.float32(0.08), inside(distance - 0.045, width))
    shade = np.clip(1 + 0.12 * oy / r, 0.85, 1.08)
    color = appearance.paint(ox, oy, r) if appearance else rgb(*PALETTE[COLORS[attributes.color]])
    body = np.clip(color * shade[..., None], 0, 1)
    image = blend(image, body, inside(distance, width))
    for side in (-0.26, 0.26):
        eye = np.sqrt((ox - side * r) ** 2 + (oy - 0.12 * r) ** 2) - 0.13 * r
        image = blend(image, np.float32(0.08), inside(eye, width))
    return image
