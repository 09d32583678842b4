"""The server's noise (src/SoraCluster.Diffusion/Latents/PhiloxNoise.cs), so that a seed means the same clip here and there.

Philox4x32-10: Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011. Normals by Box and Muller (1958).
"""
from __future__ import annotations

import numpy as np

MULTIPLIERS = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
WEYL = 0x9E3779B9, 0xBB67AE85
LOW, HALF = np.uint64(0xFFFFFFFF), np.uint64(32)


def normals(seed: int, stream: int, draw: int, count: int) -> np.ndarray:
    """[count] float32: the first normals of one draw of a stream."""
    blocks = np.arange(-(-count // 4), dtype=np.uint64)
    counter = [blocks & LOW, blocks >> HALF, np.full_like(blocks, stream), np.full_like(blocks, draw)]
    words = (np.stack(_rounds(counter, seed), 1).reshape(-1, 2) + 0.5) / 2**32
    radius, angle = np.sqrt(-2 * np.log(words[:, 0])), 2 * np.pi * words[:, 1]
    return np.stack((radius * np.cos(angle), radius * np.sin(angle)), 1).reshape(-1)[:count].astype(np.float32)


def _rounds(c: list[np.ndarray], key: int) -> list[np.ndarray]:
    k0, k1 = key & 0xFFFFFFFF, key >> 32
    for _ in range(10):
        a, b = MULTIPLIERS[0] * c[0], MULTIPLIERS[1] * c[2]
        c = [(b >> HALF) ^ c[1] ^ np.uint64(k0), b & LOW, (a >> HALF) ^ c[3] ^ np.uint64(k1), a & LOW]
        k0, k1 = (k0 + WEYL[0]) & 0xFFFFFFFF, (k1 + WEYL[1]) & 0xFFFFFFFF
    return c
