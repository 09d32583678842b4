"""The sound of a clip, from the same events as its picture, and its log-mel spectrogram."""
from __future__ import annotations

import numpy as np

from .attributes import SAMPLE_RATE, SCENES, Attributes
from .motion import Event
from .scenes import SceneParameters

HOP = 250  # 64 mel frames a second, 8 a picture frame
N_FFT = 512
N_MELS = 40
MEL_FLOOR = 0.02
F_MIN, F_MAX = 60.0, 7600.0


def synthesise(
    attributes: Attributes, events: list[tuple[Event, bool]], seconds: float, rng: np.random.Generator, p: SceneParameters
) -> np.ndarray:
    """Mono samples [seconds * SAMPLE_RATE] in [-1, 1]. Each event comes with whether its object is big: small ones sound higher and lighter."""
    n = int(seconds * SAMPLE_RATE)
    t = np.arange(n) / SAMPLE_RATE
    noise = rng.standard_normal(n)
    wave = np.zeros(n)
    for event, big in events:
        _EVENTS[event.kind](wave, t, noise, event, big)
    _ambience(wave, t, noise, SCENES[attributes.scene], p)
    return np.clip(wave + 0.0015 * noise, -1, 1).astype(np.float32)


def _thud(wave, t, noise, event, big):
    i = int(max(event.time, 0) * SAMPLE_RATE)
    if i >= len(wave):
        return
    u, f = t[: len(t) - i], 120.0 if big else 260.0
    tone = np.sin(2 * np.pi * f * u * (1 + 0.3 * np.exp(-u / 0.02))) * np.exp(-u / 0.07)
    wave[i:] += 0.9 * event.strength * (tone + 0.4 * noise[i:] * np.exp(-u / 0.008))


def _chirp(wave, t, noise, event, big):
    i = int(max(event.time, 0) * SAMPLE_RATE)
    n = min(int(0.16 * SAMPLE_RATE), len(wave) - i)
    if n <= 0:
        return
    u = t[:n]
    wave[i : i + n] += 0.35 * np.sin(2 * np.pi * (350 * u + 2200 * u * u)) * np.sin(np.pi * u / 0.16)


def _roll(wave, t, noise, event, big):
    rumble = np.convolve(noise, np.ones(40) / 40, "same")
    wave += rumble * 1.3 * (0.6 + 0.4 * np.sin(2 * np.pi * (3 + event.strength * 3) * t))


def _whirr(wave, t, noise, event, big):
    wave += 0.22 * np.sin(2 * np.pi * (330 if big else 560) * t) * (0.55 + 0.45 * np.sin(2 * event.strength * t))


def _hum(wave, t, noise, event, big):
    """Pitch follows the height of the orbit."""
    pitch = (300 if big else 520) * 2 ** (0.6 * np.sin(event.strength * t + event.phase))
    wave += 0.25 * np.sin(2 * np.pi * np.cumsum(pitch) / SAMPLE_RATE)


_EVENTS = {"thud": _thud, "chirp": _chirp, "roll": _roll, "whirr": _whirr, "hum": _hum}


def _ambience(wave, t, noise, scene, p):
    if scene == "beach":
        swell = 0.5 + 0.5 * np.sin(2 * np.pi * 0.75 * t + p.phase * 6)
        wave += 0.11 * noise * (0.35 + 0.65 * swell**2)
    elif scene == "forest":
        for start in np.arange(0.15 + 0.3 * p.phase, t[-1], 0.6):
            u = t - start
            wave += 0.14 * ((u > 0) & (u < 0.14)) * np.sin(2 * np.pi * (2600 * u + 3500 * u * u))
    elif scene == "snow":
        band = np.sin(np.arange(60) * 2 * np.pi * 700 / SAMPLE_RATE) * np.hanning(60) / 9
        wave += np.convolve(noise, band, "same") * 0.12
    elif scene == "night":
        wave += 0.07 * np.sin(2 * np.pi * 4200 * t) * (np.sin(2 * np.pi * 14 * t) > 0) * (np.sin(2 * np.pi * 2 * t) > -0.2)


def mel_filterbank() -> np.ndarray:
    """[N_MELS, N_FFT // 2 + 1] triangles on the HTK mel scale (2595 log10(1 + f / 700)), each row summing to 1."""
    frequency = np.fft.rfftfreq(N_FFT, 1 / SAMPLE_RATE)
    mel = lambda f: 2595 * np.log10(1 + f / 700)
    edges = 700 * (10 ** (np.linspace(mel(F_MIN), mel(F_MAX), N_MELS + 2) / 2595) - 1)
    bank = np.zeros((N_MELS, len(frequency)))
    for i in range(N_MELS):
        low, center, high = edges[i : i + 3]
        up, down = (frequency - low) / (center - low + 1e-9), (high - frequency) / (high - center + 1e-9)
        bank[i] = np.clip(np.minimum(up, down), 0, None)
        if bank[i].sum() < 0.5:
            bank[i, np.argmin(np.abs(frequency - center))] = 1
    return (bank / np.maximum(bank.sum(1, keepdims=True), 1e-6)).astype(np.float32)


_BANK, _HANN = mel_filterbank(), np.hanning(N_FFT).astype(np.float32)


def log_mel(wave: np.ndarray) -> np.ndarray:
    """[len(wave) // HOP, N_MELS]: log of the mel-weighted magnitude spectrum, floored at MEL_FLOOR."""
    n = len(wave) // HOP
    padded = np.pad(wave, (N_FFT // 2, N_FFT))
    frames = padded[np.arange(n)[:, None] * HOP + np.arange(N_FFT) + HOP // 2]
    magnitude = np.abs(np.fft.rfft(frames * _HANN, axis=1)).astype(np.float32)
    return np.log(magnitude @ _BANK.T + MEL_FLOOR)
