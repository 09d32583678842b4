"""Log-mel frames to samples, without weights: Griffin and Lim 1984 with the momentum of Perraudin, Balazs and Søndergaard 2013."""
from __future__ import annotations

import numpy as np

from world.sound import HOP, MEL_FLOOR, N_FFT, mel_filterbank

MOMENTUM = 0.99
_WINDOW = np.hanning(N_FFT)


def samples_of(log_mel: np.ndarray, iterations: int = 32, seed: int = 0) -> np.ndarray:
    """[frames, bands] -> [frames * HOP] in about [-1, 1]."""
    bank = mel_filterbank()
    mel = np.maximum(np.exp(log_mel) - MEL_FLOOR, 0)
    spread = bank / np.maximum((bank**2).sum(1, keepdims=True), 1e-9)
    magnitude = mel @ spread / np.maximum((bank > 0).sum(0), 1)
    for _ in range(40):  # multiplicative updates towards bank @ magnitude = mel, non-negative
        magnitude *= (mel @ bank) / np.maximum(magnitude @ bank.T @ bank, 1e-9)
    phase = np.exp(2j * np.pi * np.random.default_rng(seed).uniform(size=magnitude.shape))
    previous = np.zeros_like(phase)
    for _ in range(iterations):
        rebuilt = _analyse(_synthesise(magnitude * phase), len(magnitude))
        ahead = rebuilt + MOMENTUM * (rebuilt - previous)
        phase, previous = ahead / np.maximum(np.abs(ahead), 1e-9), rebuilt
    samples = _synthesise(magnitude * phase)
    return samples[N_FFT // 2 - HOP // 2 :][: len(log_mel) * HOP].astype(np.float32)


def _analyse(samples: np.ndarray, frames: int) -> np.ndarray:
    at = np.arange(frames)[:, None] * HOP + np.arange(N_FFT)
    return np.fft.rfft(samples[at] * _WINDOW, axis=1)


def _synthesise(spectrum: np.ndarray) -> np.ndarray:
    """Overlap-add with the squared window taken out."""
    pieces = np.fft.irfft(spectrum, N_FFT, axis=1) * _WINDOW
    samples, weight = np.zeros((len(pieces) - 1) * HOP + N_FFT), np.zeros((len(pieces) - 1) * HOP + N_FFT)
    for i, piece in enumerate(pieces):
        samples[i * HOP : i * HOP + N_FFT] += piece
        weight[i * HOP : i * HOP + N_FFT] += _WINDOW**2
    return samples / np.maximum(weight, 1e-2)
