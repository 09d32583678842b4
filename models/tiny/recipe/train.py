"""Trains the text encoder and the transformer by flow matching on encoded shards; resumes where it stopped.

    python3 train.py --data DIR --minutes 90 [--processes 1] [--rate 1]

The minutes are processor time of each process: what else runs on the machine costs none of the schedule.
Writes DIR/model.pt (everything needed to resume, with the averaged weights under `ema`) and DIR/model.csv (the curve).
New shards are picked up as they appear.
"""
from __future__ import annotations

import argparse
import copy
import time
from pathlib import Path

import numpy as np
import torch

import parallel
from muon import Muon
from transformer import AUDIO_SHIFT, Config, Model, shifted
from world.attributes import MOTIONS, Scenario
from world.captions import caption
from world.lexicon import CONCEPTS, MAX_LENGTH
from world.tokenizer import tokenize

BATCH = 48  # per process
ADAM_RATE, MUON_RATE = 1.5e-3, 0.015
EMA = 0.999
CAPTION_DROPOUT = 0.1
AUDIO_WEIGHT = 2.0
SIGMA_FLOOR = 0.1  # the velocity weight 1 / sigma^2 is clamped here
CONTINUES, BRIDGES = 0.12, 0.04  # share of samples whose first latent frame (first and last) is given
PICTURES = 0.50  # share of samples that start from a picture: their first latent frame is given and stands still, its sound is not given
LOOKS = 0.95  # share of those whose object has an appearance that the caption cannot tell
STYLED, PAIRS = 0.20, 0.28  # shares of the others that are in a style, or show two characters
SIGMA_MEAN, SIGMA_DEVIATION = 1.2, 1.4  # of the noise level's log odds: what a thing is, is settled above 0.8
OBJECT_WEIGHT = 6.0  # of an error where the object is, against 1 elsewhere
IMPACTS = 0.2  # share of samples drawn among the clips with impacts: what their sound has to follow is seldom
CAPTIONS_PER_CLIP = 8
CHECKPOINT_EVERY = 200  # steps
LATENT_FRAMES = 4
KINDS = ("train", "look", "style", "pair")
AUDIO_PER_LATENT = 4  # audio tokens per latent frame
MEL_PER_LATENT = 32  # mel frames per latent frame


class Shards:
    """The encoded clips of a kind found so far: latents and stills [n, 8, 8, 8, 24], mel [n, 256, 40] (normalised), captions [n, k, 16]."""

    def __init__(self, data: Path, kind: str) -> None:
        self.data, self.kind, self.seen = data, kind, set()
        self.latents, self.stills, self.mel, self.captions, self.impacts, self.objects = [], [], [], [], [], []

    def refresh(self) -> None:
        for file in sorted(self.data.glob(f"{self.kind}-[0-9]*.stills.npy")):
            if file not in self.seen:
                self.seen.add(file)
                self.latents.append(torch.from_numpy(np.load(self._beside(file, "latents"))))
                self.stills.append(torch.from_numpy(np.load(file)))
                self.mel.append(torch.from_numpy(np.load(self._beside(file, "mel"))))
                self.captions.append(torch.from_numpy(self._captions(file)))
                self.objects.append(torch.from_numpy(np.load(self._beside(file, "objects"))))
                self.impacts.append(np.flatnonzero(np.isin(self._motions(file), [MOTIONS.index("bounce"), MOTIONS.index("jump")])))

    def __len__(self) -> int:
        return sum(map(len, self.latents))

    def mel_norm(self) -> tuple[float, float]:
        """Mean and deviation of the log-mel values, fixed by the first shard."""
        file = self.data / "mel_norm.pt"
        if not file.exists():
            mel = self.mel[0].float()
            torch.save((float(mel.mean()), float(mel.std())), file)
        return torch.load(file)

    def _motions(self, shard: Path) -> np.ndarray:
        return np.array([Scenario.of_row(row).first.motion for row in np.load(self._beside(shard, "attributes"))])

    def _captions(self, shard: Path) -> np.ndarray:
        cache = self._beside(shard, "captions")
        if cache.exists():
            return np.load(cache)
        rng = np.random.default_rng(abs(hash_name(shard.name)))
        scenarios = [Scenario.of_row(row) for row in np.load(self._beside(shard, "attributes"))]
        colored = self.kind != "look"
        ids = [[tokenize(caption(s, rng, ("en", "ja")[k % 2], colored=colored)).ids for k in range(CAPTIONS_PER_CLIP)] for s in scenarios]
        np.save(cache, np.array(ids, np.int16))
        return np.load(cache)

    @staticmethod
    def _beside(file: Path, column: str) -> Path:
        return file.with_name(file.name.replace(".stills.", f".{column}."))


def hash_name(name: str) -> int:
    return sum(ord(c) * 31**i for i, c in enumerate(name)) % 2**32


class Batches:
    """Draws windows of clips; the conditioning masks say what is given."""

    def __init__(self, shards: dict[str, Shards], rng: np.random.Generator) -> None:
        self.shards, self.rng = shards, rng
        self.mean, self.std = shards["train"].mel_norm()

    def draw(self, size: int):
        rng = self.rng
        video, audio, ids, objects = [], [], [], []
        video_cond, audio_cond = torch.zeros(size, LATENT_FRAMES), torch.zeros(size, LATENT_FRAMES * AUDIO_PER_LATENT)
        for row in range(size):
            kind, at = rng.uniform(), 0
            picture = kind < PICTURES
            shards = self.shards["look" if picture and rng.uniform() < LOOKS else rng.choice(("train", "style", "pair"), p=(1 - STYLED - PAIRS, STYLED, PAIRS))]
            shard = rng.integers(len(shards.latents))
            clip = self._clip(shards, shard)
            if kind < PICTURES + CONTINUES + BRIDGES:
                at = int(rng.integers(shards.latents[shard].shape[1] - LATENT_FRAMES + 1))
                for given in (0,) if kind < PICTURES + CONTINUES else (0, LATENT_FRAMES - 1):
                    video_cond[row, given] = 1
                    if not picture:
                        audio_cond[row, given * AUDIO_PER_LATENT : (given + 1) * AUDIO_PER_LATENT] = 1
            window = shards.latents[shard][clip, at : at + LATENT_FRAMES]
            video.append(torch.cat((shards.stills[shard][clip, at : at + 1], window[1:])) if picture else window)
            audio.append(shards.mel[shard][clip, at * MEL_PER_LATENT : (at + LATENT_FRAMES) * MEL_PER_LATENT])
            objects.append(shards.objects[shard][clip, at : at + LATENT_FRAMES])
            dropped = rng.uniform() < CAPTION_DROPOUT
            ids.append(torch.zeros(MAX_LENGTH) if dropped else shards.captions[shard][clip, rng.integers(CAPTIONS_PER_CLIP)])
        sound = ((torch.stack(audio).float() - self.mean) / self.std).clamp(-4, 4)
        return torch.stack(video).float(), sound, torch.stack(ids).long(), video_cond, audio_cond, torch.stack(objects).float() / 255

    def _clip(self, shards: Shards, shard: int) -> int:
        among = shards.impacts[shard]
        return among[self.rng.integers(len(among))] if self.rng.uniform() < IMPACTS else self.rng.integers(len(shards.latents[shard]))


def loss_of(model: Model, video, audio, ids, video_cond, audio_cond, objects) -> tuple[torch.Tensor, torch.Tensor]:
    """Velocity-weighted errors of the clean prediction, given parts left out: (picture, sound). The picture's count more where the object is."""
    sigma = torch.sigmoid(SIGMA_MEAN + SIGMA_DEVIATION * torch.randn(len(video)))
    free_video, free_audio = 1 - video_cond, 1 - audio_cond
    at_video = sigma[:, None, None, None, None] * free_video[:, :, None, None, None]
    free_mel = free_audio.repeat_interleave(audio.shape[1] // free_audio.shape[1], 1)[..., None]
    sigma_audio = shifted(sigma, AUDIO_SHIFT)
    at_audio = sigma_audio[:, None, None] * free_mel
    noisy_video = (1 - at_video) * video + at_video * torch.randn_like(video)
    noisy_audio = (1 - at_audio) * audio + at_audio * torch.randn_like(audio)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        clean_video, clean_audio = model(noisy_video, noisy_audio, sigma * 1000, ids, video_cond, audio_cond)
    emphasis = 1 + (OBJECT_WEIGHT - 1) * objects
    squares = ((clean_video.float() - video) ** 2).mean(4) * emphasis / emphasis.mean()
    error_video = squares.mean((2, 3)) * free_video * weight(sigma)[:, None]
    error_audio = ((clean_audio.float() - audio) ** 2 * free_mel).mean((1, 2)) * weight(sigma_audio)
    return error_video.mean(), error_audio.mean()


def weight(sigma: torch.Tensor) -> torch.Tensor:
    """Makes the error of the clean prediction an error of the velocity."""
    return 1 / sigma.clamp(min=SIGMA_FLOOR) ** 2


def rate(step: int, done: float) -> float:
    """Warm-up of 60 steps, constant to 40 % of the processor time, then linear down to 2 %."""
    return min(1, (step + 1) / 60) * (1 if done < 0.4 else max(0.02, 1 - (done - 0.4) / 0.6))


class Training:
    """Everything that a checkpoint holds."""

    def __init__(self) -> None:
        torch.manual_seed(0)
        self.model = Model(Config(vocabulary=len(CONCEPTS)))
        self.ema = copy.deepcopy(self.model)
        matrices = [p for n, p in self.model.named_parameters() if p.ndim == 2 and ("transformer_blocks" in n or "layers" in n) and "table" not in n]
        chosen = {id(p) for p in matrices}
        self.rest = [p for p in self.model.parameters() if id(p) not in chosen]
        self.muon = Muon(matrices, MUON_RATE)
        self.adam = torch.optim.AdamW(self.rest, ADAM_RATE, betas=(0.9, 0.95), weight_decay=0.0)
        self.step, self.elapsed = 0, 0.0

    def update(self, losses, scale: float) -> None:
        for p in self.model.parameters():
            p.grad = None
        (losses[0] + AUDIO_WEIGHT * losses[1]).backward()
        parallel.average_gradients(self.model.parameters())
        torch.nn.utils.clip_grad_norm_(self.rest, 1.0)
        for group in self.adam.param_groups:
            group["lr"] = ADAM_RATE * scale
        self.adam.step()
        self.muon.step(scale)
        self.step += 1
        decay = min(EMA, self.step / (self.step + 11))
        with torch.no_grad():
            for average, p in zip(self.ema.parameters(), self.model.parameters()):
                average.lerp_(p, 1 - decay)

    def save(self, file: Path) -> None:
        state = {
            "model": self.model.state_dict(), "ema": self.ema.state_dict(), "adam": self.adam.state_dict(),
            "muon": self.muon.momentum, "step": self.step, "elapsed": self.elapsed,
        }
        partial = file.with_suffix(".partial")
        torch.save(state, partial)
        partial.rename(file)

    def load(self, file: Path) -> None:
        state = torch.load(file)
        self.model.load_state_dict(state["model"])
        self.ema.load_state_dict(state["ema"])
        self.adam.load_state_dict(state["adam"])
        self.muon.momentum = state["muon"]
        self.step, self.elapsed = state["step"], state["elapsed"]


def refresh(shards: dict[str, Shards]) -> None:
    for kind in shards.values():
        kind.refresh()


def train(rank: int, data: Path, seconds: float, scale: float) -> None:
    shards, training, file = {kind: Shards(data, kind) for kind in KINDS}, Training(), data / "model.pt"
    refresh(shards)
    if file.exists():
        training.load(file)
    batches = Batches(shards, np.random.default_rng(1000 * training.step + rank))
    torch.manual_seed(1000 * training.step + rank)
    started, curve = time.process_time() - training.elapsed, open(data / "model.csv", "a")
    recent, samples = [], 0
    while (done := parallel.agree((time.process_time() - started) / seconds)) < 1:
        losses = loss_of(training.model, *batches.draw(BATCH))
        training.update(losses, scale * rate(training.step, done))
        recent.append([loss.item() for loss in losses])
        samples += BATCH * parallel.size()
        if training.step % 100 == 0:
            training.elapsed = time.process_time() - started
            if rank == 0:
                video, audio = np.mean(recent, 0)
                print(f"{training.step},{training.elapsed:.0f},{video:.4f},{audio:.4f},{sum(map(len, shards.values()))},{samples}", file=curve, flush=True)
            recent.clear()
        if training.step % CHECKPOINT_EVERY == 0:
            refresh(shards)
            if rank == 0:
                training.save(file)
    training.elapsed = seconds
    if rank == 0:
        training.save(file)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=90)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--rate", type=float, default=1.0, help="scale of the learning rates; below 1 to go on from trained weights (restore.py)")
    args = parser.parse_args()
    torch.set_num_threads(1)
    parallel.run(train, args.processes, args.data, args.minutes * 60, args.rate)


if __name__ == "__main__":
    main()
