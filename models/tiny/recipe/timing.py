"""Does the sound fall on the picture's impact? Impacts are read from the object's height, onsets from the low bands of the sound."""
from __future__ import annotations

import numpy as np

from world.attributes import FPS
from world.sound import MEL_FLOOR

LOW_BANDS = 9  # up to about 500 Hz, where thuds are
MEL_RATE = 64
TOLERANCE = 1 / FPS


def impacts(height: np.ndarray) -> list[float]:
    """Times (s) of the low points of a trajectory [T]; the two neighbours place them between frames."""
    spread, found = float(height.max() - height.min()), []
    if spread < 0.25:
        return found
    for t in range(1, len(height) - 1):
        before, now, after = map(float, height[t - 1 : t + 2])
        if now < before and now <= after and now < height.min() + 0.3 * spread and max(before, after) - now > 0.1 * spread:
            found.append((t + 0.5 * (before - after) / (max(before, after) - now)) / FPS)
    return found


def onsets(log_mel: np.ndarray) -> list[float]:
    """Times (s) at which the low bands of [M, 40] jump up."""
    low = np.maximum(np.exp(log_mel[:, :LOW_BANDS]) - MEL_FLOOR, 0).sum(1)
    rise = np.maximum(low[2:] - low[:-2], 0)
    found: list[float] = []
    for n in np.argsort(-rise):
        if rise[n] < max(0.3 * rise.max(), 0.5):
            break
        time = (n + 1) / MEL_RATE
        if all(abs(time - other) > 0.2 for other in found):
            found.append(time)
    return sorted(found)


def timing_report(centres: np.ndarray, mel: np.ndarray) -> dict:
    """Of clips with centres [n, T, 2] and log-mel [n, M, 40]: shares of impacts that have an onset within one frame, and the other way
    round; the same with the sounds of other clips is what chance gives."""
    seen, heard = [impacts(c[:, 1]) for c in centres], [onsets(m) for m in mel]
    last = (centres.shape[1] - 2) / FPS  # later impacts have no picture after them
    report = {"clips": len(seen), "with_impact": sum(map(bool, seen)), "with_onset": sum(map(bool, heard)), **_match(seen, heard, last)}
    rounds = [_match(seen, heard[i:] + heard[:i], last) for i in range(1, len(heard))]
    for key in ("impacts_with_onset", "onsets_with_impact"):
        values = [r[key] for r in rounds if r[key] is not None]
        report[f"{key}_by_chance"] = round(float(np.mean(values)), 4) if values else None
    return report


def _match(seen: list[list[float]], heard: list[list[float]], last: float) -> dict:
    gaps = [min((abs(s - h) for h in hs), default=np.inf) for ss, hs in zip(seen, heard) for s in ss]
    back = [min((abs(s - h) for s in ss), default=np.inf) for ss, hs in zip(seen, heard) for h in hs if h < last]
    share = lambda values: round(float((np.array(values) <= TOLERANCE).mean()), 4) if values else None
    matched = [g for g in gaps if g <= TOLERANCE]
    return {
        "impacts": len(gaps), "impacts_with_onset": share(gaps), "onsets": len(back), "onsets_with_impact": share(back),
        "mean_gap_seconds": round(float(np.mean(matched)), 4) if matched else None,
    }
