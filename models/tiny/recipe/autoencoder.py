"""The autoencoder: four frames of 64x64 become one latent frame of 8x8 cells with 24 channels, and back."""
from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F

LATENT_CHANNELS = 24
FRAMES_PER_LATENT = 4


class Encoder(nn.Module):
    """[B, 4, 3, 64, 64] in [-1, 1] -> [B, 24, 8, 8]."""

    def __init__(self) -> None:
        super().__init__()
        self.conv_in = nn.Conv2d(12, 32, 3, 1, 1)
        self.down = nn.ModuleList((nn.Conv2d(32, 64, 3, 2, 1), nn.Conv2d(64, 96, 3, 2, 1)))
        self.from_frames = nn.Conv2d(384, 256, 1)
        self.mid = nn.Conv2d(256, 256, 3, 1, 1)
        self.conv_out = nn.Conv2d(256, LATENT_CHANNELS, 1)

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        batch = len(frames)
        x = F.silu(self.conv_in(F.pixel_unshuffle(frames.flatten(0, 1), 2)))
        for conv in self.down:
            x = F.silu(conv(x))
        x = x.reshape(batch, FRAMES_PER_LATENT * 96, 8, 8)
        return self.conv_out(F.silu(self.mid(F.silu(self.from_frames(x)))))


class Decoder(nn.Module):
    """[B, 24, 8, 8] -> [B, 4, 3, 64, 64]; latent frames do not see each other, so decoding streams."""

    def __init__(self) -> None:
        super().__init__()
        self.conv_in = nn.Conv2d(LATENT_CHANNELS, 256, 3, 1, 1)
        self.mid = nn.Conv2d(256, 256, 3, 1, 1)
        self.to_frames = nn.Conv2d(256, FRAMES_PER_LATENT * 96, 1)
        self.up = nn.ModuleList((nn.Conv2d(96, 256, 3, 1, 1), nn.Conv2d(64, 128, 3, 1, 1), nn.Conv2d(32, 32, 3, 1, 1)))
        self.conv_out = nn.Conv2d(32, 12, 3, 1, 1)

    def forward(self, latent: torch.Tensor) -> torch.Tensor:
        x = self.to_frames(F.silu(self.mid(F.silu(self.conv_in(latent)))))
        x = x.reshape(-1, 96, 8, 8)
        x = F.silu(F.pixel_shuffle(self.up[0](x), 2))
        x = F.silu(F.pixel_shuffle(self.up[1](x), 2))
        x = F.pixel_shuffle(self.conv_out(F.silu(self.up[2](x))), 2)
        return x.reshape(-1, FRAMES_PER_LATENT, 3, 64, 64)


def to_tensor(frames) -> torch.Tensor:
    """[..., H, W, 3] uint8 array -> [..., 3, H, W] float32 in [-1, 1]."""
    return torch.from_numpy(frames).movedim(-1, -3).float() / 127.5 - 1


def psnr(mean_squared_error: float) -> float:
    """Decibels, for values in [-1, 1]."""
    return float(10 * torch.log10(torch.tensor(4.0 / mean_squared_error)))
