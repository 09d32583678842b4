"""The exported pack run in PyTorch: the reference for the executor, and what samples and evaluations are made with.

A pack is read from its folder, so that what is judged is what ships: averaged weights rounded to float16, computed in float32.
"""
from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Sequence

import numpy as np
import torch
from torch import nn

import safetensors_io
from autoencoder import FRAMES_PER_LATENT, Decoder, Encoder, to_tensor
from philox import normals
from transformer import Config, TextEncoder, Transformer, shifted
from world.tokenizer import tokenize


@dataclass(frozen=True)
class Sampling:
    """How a clip is denoised. `terminal` is the last noise level before zero (scheduler: shift_terminal); 0 leaves the schedule alone.
    `stochastic`: each step keeps only the clean prediction and noises that afresh (scheduler: stochastic_sampling)."""

    steps: int
    guidance: float
    shift: float
    terminal: float
    stochastic: bool
    half: bool = False  # bfloat16 matrix products: faster in PyTorch, for trying things out

    def sigmas(self) -> np.ndarray:
        """[steps + 1], descending to 0: diffusers' FlowMatchEulerDiscreteScheduler, its doubly shifted sigma_min included."""
        lowest = self._shifted(np.float64(1e-3))
        schedule = self._shifted(np.linspace(1.0, lowest, self.steps))
        if self.terminal > 0:
            schedule = 1 - (1 - schedule) * (1 - self.terminal) / (1 - schedule[-1])
        return np.append(schedule, 0.0).astype(np.float32)

    def _shifted(self, sigma):
        return shifted(sigma, self.shift)


@dataclass
class Pack:
    text_encoder: TextEncoder
    transformer: Transformer
    decoder: Decoder
    encoder: Encoder
    latents_mean: torch.Tensor  # [24]
    latents_std: torch.Tensor
    mel_mean: float
    mel_std: float
    audio_shift: float
    defaults: Sampling

    @staticmethod
    def load(folder: Path) -> "Pack":
        manifest, scheduler = _json(folder / "pack.json"), _json(folder / "scheduler/scheduler_config.json")
        text, transformer = _json(folder / "text_encoder/config.json"), _json(folder / "transformer/config.json")
        decoder, vocoder = _json(folder / "vae_decoder/config.json"), _json(folder / "vocoder/config.json")
        config = Config(
            width=transformer["hidden_size"], depth=transformer["num_layers"], heads=transformer["num_heads"], vocabulary=text["vocab_size"]
        )
        return Pack(
            _with_weights(TextEncoder(config), folder / "text_encoder/model.safetensors"),
            _with_weights(Transformer(config), folder / "transformer/diffusion_pytorch_model.safetensors"),
            _with_weights(Decoder(), folder / "vae_decoder/model.safetensors"), _with_weights(Encoder(), folder / "vae_encoder/model.safetensors"),
            torch.tensor(decoder["latents_mean"]), torch.tensor(decoder["latents_std"]), vocoder["mel_mean"], vocoder["mel_std"],
            manifest.get("audio_shift", 1.0),
            Sampling(
                manifest["default_steps"], manifest["default_guidance_scale"], scheduler["shift"], scheduler.get("shift_terminal") or 0.0,
                scheduler["stochastic_sampling"],
            ),
        )

    @torch.no_grad()
    def denoise(
        self, ids: torch.Tensor, seeds: Sequence[int], sampling: Sampling, pictures: torch.Tensor | None = None
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """ids [B, 16], a seed each -> clean latents, video [B, 4, 8, 8, 24] and audio [B, 128, 40]. Euler in sigma. `pictures`: first latent frames
        [B, 1, 8, 8, 24] that are given."""
        batch, (video, audio) = len(ids), self.noise(seeds, 0)
        guided = sampling.guidance != 1
        text, pooled = self.text_encoder(torch.cat((ids, torch.zeros_like(ids))) if guided else ids)
        rows = len(text)
        video_cond, audio_cond = torch.zeros(rows, video.shape[1]), torch.zeros(rows, self.transformer.config.audio_tokens)
        if pictures is not None:
            video[:, :1], video_cond[:, 0] = pictures, 1
        sigmas = sampling.sigmas()
        schedules = np.stack((sigmas, shifted(sigmas, np.float32(self.audio_shift))), 1)  # float32 throughout
        for step, (now, following) in enumerate(zip(schedules[:-1], schedules[1:])):
            double = (lambda x: torch.cat((x, x))) if guided else (lambda x: x)
            timestep = torch.full((rows,), float(now[0]) * 1000)
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=sampling.half):
                outputs = self.transformer(double(video), double(audio), timestep, text, pooled, video_cond, audio_cond)
            if guided:
                outputs = [out.float()[batch:] + sampling.guidance * (out.float()[:batch] - out.float()[batch:]) for out in outputs]
            if sampling.stochastic:
                fresh = self.noise(seeds, 1 + step)
                video, audio = ((1 - float(s)) * clean.float() + float(s) * noise for s, clean, noise in zip(following, outputs, fresh))
            else:
                strides = (following - now) / now
                video, audio = (x + float(stride) * (x - clean.float()) for stride, x, clean in zip(strides, (video, audio), outputs))
            if pictures is not None:
                video[:, :1] = pictures
        return video, audio

    def generate(
        self, prompts: Sequence[str], sampling: Sampling, seed: int, batch: int = 8, pictures: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """(frames [n, 16, 64, 64, 3] uint8, log-mel [n, 128, 40] float32). Clip i has noise of its own, whatever the batch, and starts from
        pictures[i] ([n, 64, 64, 3] uint8), if there are any."""
        frames, mel = [], []
        for at in range(0, len(prompts), batch):
            part = slice(at, min(at + batch, len(prompts)))
            ids = torch.tensor([tokenize(prompt).ids for prompt in prompts[part]])
            given = None if pictures is None else self.encode(np.repeat(pictures[part, None], FRAMES_PER_LATENT, 1))[:, None]
            video, audio = self.denoise(ids, [1_000_003 * seed + i for i in range(part.start, part.stop)], sampling, given)
            frames.append(self.decode(video, sampling.half))
            mel.append((audio * self.mel_std + self.mel_mean).numpy())
        return np.concatenate(frames), np.concatenate(mel)

    def noise(self, seeds: Sequence[int], draw: int) -> tuple[torch.Tensor, torch.Tensor]:
        """The noise of a clip's first window, as the server draws it: 0 at the start, then one more draw at each stochastic step."""
        c = self.transformer.config
        shapes = (c.latent_frames, c.latent_size, c.latent_size, c.latent_channels), (c.mel_frames, c.mel_bands)
        video, audio = (
            torch.from_numpy(np.stack([normals(seed, stream, draw, math.prod(shape)).reshape(shape) for seed in seeds]))
            for stream, shape in enumerate(shapes)
        )
        return video, audio

    @torch.no_grad()
    def encode(self, frames: np.ndarray) -> torch.Tensor:
        """[B, 4, 64, 64, 3] uint8 -> normalised latent frames [B, 8, 8, 24]."""
        return (self.encoder(to_tensor(frames)).permute(0, 2, 3, 1) - self.latents_mean) / self.latents_std

    def to_decoder(self, video: torch.Tensor) -> torch.Tensor:
        """Normalised latents [B, 4, 8, 8, 24] -> what the decoder takes, [B * 4, 24, 8, 8]."""
        return (video * self.latents_std + self.latents_mean).flatten(0, 1).permute(0, 3, 1, 2).contiguous()

    @torch.no_grad()
    def decode(self, video: torch.Tensor, half: bool = False) -> np.ndarray:
        """[B, 4, 8, 8, 24] -> [B, 16, 64, 64, 3] uint8."""
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=half):
            pixels = self.decoder(self.to_decoder(video)).float().clamp(-1, 1)
        pixels = ((pixels + 1) * 127.5 + 0.5).to(torch.uint8)
        return pixels.reshape(len(video), -1, *pixels.shape[2:]).permute(0, 1, 3, 4, 2).numpy()


def _json(file: Path) -> dict:
    return json.loads(file.read_text(encoding="utf-8"))


def _with_weights(module: nn.Module, file: Path) -> nn.Module:
    tensors, _ = safetensors_io.read(file)
    module.load_state_dict({name: torch.from_numpy(array.astype(np.float32)) for name, array in tensors.items()})
    return module.eval()
