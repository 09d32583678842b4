"""Where the object is at each frame, and the events that sound. Units: half-frames for lengths, seconds for time."""
from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from .attributes import FPS, MOTIONS, Attributes

GROUND = -0.62  # height of the ground; the frame spans [-1, 1] both ways
RADII = (0.3, 0.43)
BESIDE, SMALLER = 0.46, 0.8  # of two characters: how far each stands from the middle, and its radius, of one's that is alone


@dataclass
class Event:
    """Something that sounds: `kind` is one of thud, chirp, roll, whirr, hum."""

    time: float
    kind: str
    strength: float
    phase: float = 0.0


@dataclass
class Track:
    """Position [T], rotation [T] (radians) and squash [T] (0 none, 1 full) of the object, its radius, and its events."""

    x: np.ndarray
    y: np.ndarray
    rotation: np.ndarray
    squash: np.ndarray
    radius: float
    on_ground: bool
    events: list[Event] = field(default_factory=list)


def track(attributes: Attributes, rng: np.random.Generator, frames: int, side: int = 0) -> Track:
    """
    Draws one motion. Falls obey gravity g and rebounds restitution e; impacts squash the object for 0.14 s.
    side: -1 and 1 for the left and the right one of two, who keep to their own halves, or roll one behind the other.
    """
    time = np.arange(frames) / FPS
    radius = RADII[attributes.size] * (SMALLER if side else 1)
    base = GROUND + radius * 0.9
    zero = np.zeros(frames)
    at = Track(zero + rng.uniform(-0.3, 0.3), zero + base, zero.copy(), zero.copy(), radius, on_ground=True)
    _MOTIONS[MOTIONS[attributes.motion]](at, time, base, rng)
    if side:
        roll = {"roll_left": -1, "roll_right": 1}.get(MOTIONS[attributes.motion])
        at.x = BESIDE * side + (roll * (0.25 * time - 0.35) if roll else 0.25 * at.x)
        at.rotation = -at.x / radius if roll else at.rotation
        at.y = at.y if at.on_ground else 0.6 * at.y
    return at


def _bounce(at: Track, time: np.ndarray, base: float, rng: np.random.Generator) -> None:
    height = min(rng.uniform(0.85, 1.05), 0.98 - base - at.radius)
    gravity, restitution = rng.uniform(7.0, 9.0), 0.82
    at.x = at.x + rng.uniform(-0.1, 0.1) * time
    start = rng.uniform(-0.15, 0.1)
    impact, speed = start + np.sqrt(2 * height / gravity), np.sqrt(2 * gravity * height)
    fall = np.clip(time - start, 0, None)
    at.y = base + height - 0.5 * gravity * fall**2
    strength = 1.0
    while impact < time[-1] + 1 / FPS:
        at.events.append(Event(impact, "thud", strength))
        speed *= restitution
        rising = time - impact
        at.y = np.where(rising >= 0, base + np.maximum(0, speed * rising - 0.5 * gravity * rising**2), at.y)
        if speed > 0.35:
            at.squash = np.where(rising >= 0, np.maximum(0, 1 - rising / 0.14) * strength, at.squash)
        impact, strength = impact + max(2 * speed / gravity, 0.05), strength * 0.84
        if strength < 0.3:
            break


def _roll(direction: int):
    def roll(at: Track, time: np.ndarray, base: float, rng: np.random.Generator) -> None:
        speed = rng.uniform(0.36, 0.5)
        start = -direction * rng.uniform(0.55, 0.75)
        at.x = start + direction * speed * time
        at.rotation = -(at.x - start) / at.radius
        at.events.append(Event(0.0, "roll", speed))

    return roll


def _jump(at: Track, time: np.ndarray, base: float, rng: np.random.Generator) -> None:
    gravity, air, rest = 9.0, rng.uniform(0.56, 0.66), 0.3
    start = rng.uniform(0.1, 0.4)
    speed = gravity * air / 2
    while start < time[-1]:
        since = time - start
        flying = (since > 0) & (since < air)
        at.y = np.where(flying, base + speed * since - 0.5 * gravity * since**2, at.y)
        for moment in (-0.03, air + 0.03):
            at.squash = np.maximum(at.squash, np.clip(1 - np.abs(since - moment) / 0.12, 0, 1))
        at.events.append(Event(start, "chirp", 0.8))
        at.events.append(Event(start + air, "thud", 0.9))
        start += air + rest


def _spin(at: Track, time: np.ndarray, base: float, rng: np.random.Generator) -> None:
    rate = rng.uniform(2.5, 4.0)
    at.y = np.full_like(time, rng.uniform(-0.15, 0.1))
    at.rotation = rate * time + rng.uniform(0, 2 * np.pi)
    at.on_ground = False
    at.events.append(Event(0.0, "whirr", rate))


def _orbit(at: Track, time: np.ndarray, base: float, rng: np.random.Generator) -> None:
    rate, phase, reach = rng.uniform(2.8, 3.6), rng.uniform(0, 2 * np.pi), 0.45
    at.x = reach * np.cos(rate * time + phase)
    at.y = reach * np.sin(rate * time + phase)
    at.on_ground = False
    at.events.append(Event(0.0, "hum", rate, phase))


def _rest(at: Track, time: np.ndarray, base: float, rng: np.random.Generator) -> None:
    pass


_MOTIONS = {
    "bounce": _bounce,
    "roll_left": _roll(-1),
    "roll_right": _roll(1),
    "jump": _jump,
    "spin": _spin,
    "orbit": _orbit,
    "rest": _rest,
}
