"""A small Diffusion Transformer: text, picture and sound tokens in one sequence; predicts the clean latents.

Names follow diffusers where it has one for the thing. Shapes: B batch, w width.
"""
from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional as F


# Sound is noisier than picture at every step (odds of 12 to 1), so that the picture's events are settled while the sound's are not yet:
# then there is something for the sound to follow. At equal noise both settle at once, and apart: impacts had no more onsets than chance.
AUDIO_SHIFT = 12.0


JOINED_BLOCKS, JOINED_CODE = 3, 3.0


@dataclass(frozen=True)
class Config:
    width: int = 192
    depth: int = 8
    heads: int = 6
    vocabulary: int = 64
    text_tokens: int = 16
    latent_frames: int = 4
    latent_size: int = 8  # cells each way
    latent_channels: int = 24
    patch: int = 2  # cells each way
    mel_frames: int = 128
    mel_bands: int = 40
    mel_patch: int = 8

    @property
    def video_tokens(self) -> int:
        return self.latent_frames * (self.latent_size // self.patch) ** 2

    @property
    def video_token_size(self) -> int:
        return self.patch**2 * self.latent_channels

    @property
    def audio_tokens(self) -> int:
        return self.mel_frames // self.mel_patch

    @property
    def audio_token_size(self) -> int:
        return self.mel_patch * self.mel_bands


class Attention(nn.Module):
    """Self-attention with normalised queries and keys; their learned scales replace 1 / sqrt(d)."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads, size = heads, width // heads
        self.to_qkv = nn.Linear(width, 3 * width)
        self.to_out = nn.Linear(width, width)
        self.norm_q, self.norm_k = Scale(size), Scale(size)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        batch, tokens, width = x.shape
        q, k, v = self.to_qkv(x).view(batch, tokens, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        q, k = self.norm_q(F.normalize(q, dim=-1)), self.norm_k(F.normalize(k, dim=-1))
        scores = torch.softmax(torch.matmul(q, k.transpose(-1, -2)), -1)
        return self.to_out(torch.matmul(scores, v).transpose(1, 2).reshape(batch, tokens, width))


class Scale(nn.Module):
    def __init__(self, size: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.full((size,), size**0.25))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * self.weight


class Gelu(nn.Module):
    """The tanh form; in training the exact one, which PyTorch's CPU kernels do seven times faster. They differ by less than
    5e-4, far under the resolution of the bfloat16 that training computes in."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.gelu(x, approximate="none" if self.training else "tanh")


class FeedForward(nn.Sequential):
    def __init__(self, width: int) -> None:
        super().__init__(nn.Linear(width, 4 * width), Gelu(), nn.Linear(4 * width, width))


class Block(nn.Module):
    """x += gate * attention(modulated norm(x)); x += gate * feed-forward(modulated norm(x))."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.attn = Attention(width, heads)
        self.ff = FeedForward(width)

    def forward(self, x: torch.Tensor, modulation: torch.Tensor) -> torch.Tensor:
        """modulation [6, B or 1, 1, w]: scale, shift, gate of attention, then of the feed-forward."""
        scale1, shift1, gate1, scale2, shift2, gate2 = modulation
        x = x + gate1 * self.attn(norm(x) * (1 + scale1) + shift1)
        return x + gate2 * self.ff(norm(x) * (1 + scale2) + shift2)


class ModulatedBlock(Block):
    def __init__(self, width: int, heads: int) -> None:
        super().__init__(width, heads)
        self.scale_shift_table = nn.Parameter(torch.zeros(6, width))
        with torch.no_grad():
            self.scale_shift_table[2] = self.scale_shift_table[5] = 0.3


def norm(x: torch.Tensor) -> torch.Tensor:
    width = int(x.shape[-1])
    if torch.onnx.is_in_onnx_export():  # written out: ONNX has no norm without a scale, and a fusion of ONNX Runtime 1.29 crashes without a shift
        return F.layer_norm(x, (width,), torch.ones(width), torch.zeros(width))
    return F.layer_norm(x, (width,))


class TextEncoder(nn.Module):
    """ids [B, 16] -> hidden [B, 16, w], pooled [B, w]. Padding is not masked: it serves as learned registers."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.embed_tokens = nn.Embedding(config.vocabulary, config.width)
        self.embed_positions = nn.Embedding(config.text_tokens, config.width)
        self.layers = nn.ModuleList((Block(config.width, config.heads),))
        nn.init.normal_(self.embed_tokens.weight, std=0.5)
        nn.init.normal_(self.embed_positions.weight, std=0.02)

    def forward(self, ids: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        x = self.embed_tokens(ids) + self.embed_positions.weight
        plain = torch.tensor([0.0, 0.0, 1.0, 0.0, 0.0, 1.0]).view(6, 1, 1, 1)
        for layer in self.layers:
            x = layer(x, plain)
        said = (ids > 0).to(x.dtype)[..., None]
        return x, (x * said).sum(1) / (said.sum(1) + 0.5)


class Transformer(nn.Module):
    """Predicts clean latents from noisy ones; see `forward`."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config, w = config, config.width
        self.x_embedder = nn.Linear(config.video_token_size, w)
        self.x_cond_embedder = nn.Linear(config.video_token_size, w)
        self.audio_embedder = nn.Linear(config.audio_token_size, w)
        self.audio_cond_embedder = nn.Linear(config.audio_token_size, w)
        self.pos_embed = nn.Parameter(torch.randn(config.video_tokens, w) * 0.02)
        self.audio_pos_embed = nn.Parameter(torch.randn(config.audio_tokens, w) * 0.02)
        self.time_embed = nn.Sequential(nn.Linear(128, w), nn.SiLU(), nn.Linear(w, w))
        self.pooled_proj = nn.Linear(w, w)
        self.adaln = nn.ModuleDict({"linear": zeroed(nn.Linear(w, 6 * w))})
        self.transformer_blocks = nn.ModuleList(ModulatedBlock(w, config.heads) for _ in range(config.depth))
        self.norm_out = nn.ModuleDict({"linear": zeroed(nn.Linear(w, 2 * w))})
        self.proj_out = zeroed(nn.Linear(w, config.video_token_size))
        self.audio_proj_out = zeroed(nn.Linear(w, config.audio_token_size))
        self._join_in_time()

    @torch.no_grad()
    def _join_in_time(self) -> None:
        """Lets sound and picture of one moment start out finding each other: their positions share a code of the latent frame, one channel
        each, and the last head of the first JOINED_BLOCKS blocks attends by it. All of it is only a start, and trained like the rest."""
        c, frames, head = self.config, self.config.latent_frames, self.config.width // self.config.heads
        code = torch.zeros(frames, c.width)
        code[:, -frames:] = JOINED_CODE * torch.eye(frames)
        self.pos_embed += code.repeat_interleave(c.video_tokens // frames, 0)
        self.audio_pos_embed += code.repeat_interleave(c.audio_tokens // frames, 0)
        centred = torch.eye(frames) - 1 / frames
        for block in self.transformer_blocks[:JOINED_BLOCKS]:
            for end in (c.width, 2 * c.width):  # the last head's queries, then its keys
                block.attn.to_qkv.weight[end - head : end] = 0
                block.attn.to_qkv.bias[end - head : end] = 0
                block.attn.to_qkv.weight[end - head : end - head + frames, -frames:] = centred

    def forward(self, video, audio, timestep, text, pooled, video_cond, audio_cond):
        """
        video [B, 4, 8, 8, 24], audio [B, 128, 40]: noisy, except where given (video_cond [B, 4], audio_cond [B, 16] are 1).
        timestep [B]: the picture's sigma * 1000; the sound's is shifted(sigma, AUDIO_SHIFT). text [B, 16, w], pooled [B, w]. Returns the clean (video, audio), same shapes.
        """
        c = self.config
        condition = F.silu(self.time_embed(timestep_embedding(timestep)) + self.pooled_proj(norm(pooled)))
        shared = self.adaln["linear"](condition).view(-1, 6, c.width)
        x = torch.cat((text, self._embed_video(video, video_cond), self._embed_audio(audio, audio_cond)), 1)
        for block in self.transformer_blocks:
            x = block(x, (shared + block.scale_shift_table).transpose(0, 1)[:, :, None])
        scale, shift = self.norm_out["linear"](condition)[:, None].chunk(2, -1)
        x = norm(x[:, c.text_tokens :]) * (1 + scale) + shift
        return self._unpatch(self.proj_out(x[:, : c.video_tokens])), self.audio_proj_out(x[:, c.video_tokens :]).reshape(-1, c.mel_frames, c.mel_bands)

    def _embed_video(self, video: torch.Tensor, given: torch.Tensor) -> torch.Tensor:
        c, side = self.config, self.config.latent_size // self.config.patch
        tokens = video.reshape(-1, c.latent_frames, side, c.patch, side, c.patch, c.latent_channels)
        tokens = tokens.permute(0, 1, 2, 4, 3, 5, 6).reshape(-1, c.video_tokens, c.video_token_size)
        given = given[..., None].expand(-1, -1, side * side).reshape(-1, c.video_tokens, 1)
        return torch.where(given > 0, self.x_cond_embedder(tokens), self.x_embedder(tokens)) + self.pos_embed

    def _embed_audio(self, audio: torch.Tensor, given: torch.Tensor) -> torch.Tensor:
        tokens = audio.reshape(-1, self.config.audio_tokens, self.config.audio_token_size)
        embedded = torch.where(given[..., None] > 0, self.audio_cond_embedder(tokens), self.audio_embedder(tokens))
        return embedded + self.audio_pos_embed

    def _unpatch(self, tokens: torch.Tensor) -> torch.Tensor:
        c, side = self.config, self.config.latent_size // self.config.patch
        cells = tokens.reshape(-1, c.latent_frames, side, side, c.patch, c.patch, c.latent_channels).permute(0, 1, 2, 4, 3, 5, 6)
        return cells.reshape(-1, c.latent_frames, c.latent_size, c.latent_size, c.latent_channels)


def shifted(sigma, shift: float):
    """A noise level moved towards noise: its odds times shift."""
    return shift * sigma / (1 + (shift - 1) * sigma)


def timestep_embedding(timestep: torch.Tensor) -> torch.Tensor:
    """[B] -> [B, 128]: cosines, then sines, of 64 frequencies from 1 down to about 1 / 1000."""
    frequencies = torch.exp(-math.log(1000) * torch.arange(64) / 64)
    angle = frequencies * timestep[:, None]
    return torch.cat((angle.cos(), angle.sin()), 1)


def zeroed(linear: nn.Linear) -> nn.Linear:
    nn.init.zeros_(linear.weight)
    nn.init.zeros_(linear.bias)
    return linear


class Model(nn.Module):
    """Text encoder and transformer, trained together."""

    def __init__(self, config: Config = Config()) -> None:
        super().__init__()
        self.text_encoder = TextEncoder(config)
        self.transformer = Transformer(config)

    def forward(self, video, audio, timestep, ids, video_cond, audio_cond):
        text, pooled = self.text_encoder(ids)
        return self.transformer(video, audio, timestep, text, pooled, video_cond, audio_cond)
