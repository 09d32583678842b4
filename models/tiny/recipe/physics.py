"""What gravity do bounces obey, and how loud are the sounds? Each beside rendered clips of the same captions, measured the same way."""
from __future__ import annotations

import numpy as np

from timing import impacts
from world.attributes import FPS

GRAVITY = (7.0, 9.0)  # half-frames per second squared: what the world draws from
TOLERANCE = 0.25  # share by which a fit may be below the one or above the other
SHORTEST_FLIGHT = 5  # pictures; a parabola goes through any three


def flights(height: np.ndarray) -> list[np.ndarray]:
    """The parts of a trajectory [T] strictly between two impacts."""
    moments = [time * FPS for time in impacts(height)]
    spans = [(int(np.floor(a)) + 1, int(np.ceil(b))) for a, b in zip(moments, moments[1:])]
    return [height[a:b] for a, b in spans if b - a >= SHORTEST_FLIGHT]


def gravity(flight: np.ndarray) -> float:
    """Of the parabola h + v t - g t^2 / 2 that fits best."""
    return float(-2 * np.polyfit(np.arange(len(flight)) / FPS, flight, 2)[0])


def gravity_report(centres: np.ndarray) -> dict:
    """Of clips that bounce, centres [n, T, 2]."""
    found = np.array([gravity(flight) for centre in centres for flight in flights(centre[:, 1])])
    low, high = GRAVITY[0] * (1 - TOLERANCE), GRAVITY[1] * (1 + TOLERANCE)
    if len(found) == 0:
        return {"flights": 0, "median": None, "within": None}
    return {"flights": len(found), "median": round(float(np.median(found)), 2), "within": round(float(((found >= low) & (found <= high)).mean()), 4)}


def loudness(mel: np.ndarray) -> np.ndarray:
    """log-mel [n, M, 40] -> dB [n], of the mean energy."""
    return 10 * np.log10((np.exp(mel.astype(np.float64)) ** 2).mean((1, 2)))


def loudness_report(mel: np.ndarray, rendered: np.ndarray, labels: dict[str, np.ndarray], names) -> dict:
    """Mean difference from the rendered clips in dB, by what sounds; `names` gives an attribute's classes."""
    difference = loudness(mel) - loudness(rendered)
    return {
        attribute: {
            name: {"louder_db": round(float(difference[labels[attribute] == i].mean()), 2), "n": int((labels[attribute] == i).sum())}
            for i, name in enumerate(names(attribute))
            if (labels[attribute] == i).any()
        }
        for attribute in ("motion", "scene")
    }
