"""The judge: small networks that say what a clip shows and sounds like, and where its object is. train_judge.py trains and measures them."""
from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

import safetensors_io
from autoencoder import to_tensor
from world.attributes import CAMERAS, COLORS, MOTIONS, RESOLUTION, SCENES, SHAPES, SIZES, WINDOW_FRAMES

HEADS = {
    "shape": len(SHAPES), "color": len(COLORS), "size": len(SIZES), "motion": len(MOTIONS), "scene": len(SCENES), "camera": len(CAMERAS),
}
SEEN_WHOLE = ("color", "size", "motion", "scene")  # the others have networks of their own
CLOSE_UP = 32  # pixels
SOUNDS = ("bounce", "roll", "jump", "spin", "orbit", "rest")  # motions by ear: left and right sound the same
AMBIENCES = ("quiet", "night", "beach", "forest", "snow")  # scenes by ear: day and plain are quiet
MEL_FRAMES = 128
WEIGHTS = "judge.safetensors"


class PictureJudge(nn.Module):
    """frames [B, T, 3, 64, 64] in [-1, 1] -> logits by attribute (`classes`: how many each has), and the objects' centres per frame [B, T, objects, 2]."""

    def __init__(self, classes: dict[str, int], objects: int = 1) -> None:
        super().__init__()
        sizes = (3, 16, 32, 64, 96)
        self.convs = nn.ModuleList(nn.Conv2d(a, b, 3, 2, 1) for a, b in zip(sizes, sizes[1:]))
        self.norms = nn.ModuleList(nn.BatchNorm2d(b) for b in sizes[1:])
        self.narrow = nn.Conv2d(96, 48, 1)
        self.embed = nn.Linear(48 * 16 + 96, 128)
        self.place = nn.Linear(48 * 16, 2 * objects)
        self.still = nn.Sequential(nn.Linear(256, 128), nn.ReLU())
        self.moving = nn.Sequential(nn.Linear(WINDOW_FRAMES // 2 * 128, 192), nn.ReLU())
        self.heads = nn.ModuleDict({k: nn.Linear(192 if k == "motion" else 128, n) for k, n in classes.items()})

    def forward(self, frames: torch.Tensor) -> tuple[dict[str, torch.Tensor], torch.Tensor]:
        """T is 16, or 8: every other frame. Attributes are read from every other frame only."""
        batch, count = frames.shape[:2]
        x = frames.flatten(0, 1)
        for conv, normalise in zip(self.convs, self.norms):
            x = F.relu(normalise(conv(x)))
        cells = F.relu(self.narrow(x)).flatten(1)
        centre = self.place(cells).reshape(batch, count, -1, 2)
        e = F.relu(self.embed(torch.cat((cells, x.amax((2, 3))), 1))).reshape(batch, count, 128)
        e = F.dropout(e[:, :: count // (WINDOW_FRAMES // 2)], 0.1, self.training)
        still, moving = self.still(torch.cat((e.mean(1), e.amax(1)), 1)), self.moving(e.flatten(1))
        return {k: head(moving if k == "motion" else still) for k, head in self.heads.items()}, centre


class CloseUpJudge(nn.Module):
    """Pictures of the object alone [B, T, 3, CLOSE_UP, CLOSE_UP] -> logits of one attribute, or of several one after the other."""

    def __init__(self, classes: int = len(SHAPES)) -> None:
        super().__init__()
        sizes = (3, 24, 48, 64, 96)
        self.convs = nn.ModuleList(nn.Conv2d(a, b, 3, 1 if a == 3 else 2, 1) for a, b in zip(sizes, sizes[1:]))
        self.norms = nn.ModuleList(nn.BatchNorm2d(b) for b in sizes[1:])
        self.embed = nn.Linear(96 * 16, 96)
        self.head = nn.Linear(192, classes)

    def forward(self, close_ups: torch.Tensor) -> torch.Tensor:
        x = close_ups.flatten(0, 1)
        for conv, normalise in zip(self.convs, self.norms):
            x = F.relu(normalise(conv(x)))
        e = F.dropout(F.relu(self.embed(x.flatten(1))), 0.1, self.training).unflatten(0, close_ups.shape[:2])
        return self.head(torch.cat((e.mean(1), e.amax(1)), 1))


class CameraJudge(nn.Module):
    """frames [B, 8, 3, 64, 64], every other one -> logits of the camera, read from what changes from each to the next."""

    def __init__(self) -> None:
        super().__init__()
        sizes = (3 * (WINDOW_FRAMES // 2 - 1), 32, 48, 64)
        self.convs = nn.ModuleList(nn.Conv2d(a, b, 5, 2, 2) for a, b in zip(sizes, sizes[1:]))
        self.norms = nn.ModuleList(nn.BatchNorm2d(b) for b in sizes[1:])
        self.embed = nn.Linear(64 * 64, 128)
        self.head = nn.Linear(128, len(CAMERAS))

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        x = (frames[:, 1:] - frames[:, :-1]).flatten(1, 2)
        for conv, normalise in zip(self.convs, self.norms):
            x = F.relu(normalise(conv(x)))
        return self.head(F.dropout(F.relu(self.embed(x.flatten(1))), 0.2, self.training))


def close_ups(frames: torch.Tensor, centres: torch.Tensor, angle: torch.Tensor | None = None, zoom: torch.Tensor | None = None) -> torch.Tensor:
    """[B, T, 3, 64, 64] and centres [B, T, 2] -> [B, T, 3, CLOSE_UP, CLOSE_UP], each clip turned by angle [B] (radians) and enlarged by zoom [B]."""
    batch, count = frames.shape[:2]
    angle = torch.zeros(batch) if angle is None else angle
    scale = CLOSE_UP / RESOLUTION / (torch.ones(batch) if zoom is None else zoom)
    turn = torch.stack((angle.cos(), -angle.sin(), angle.sin(), angle.cos()), 1).reshape(batch, 1, 2, 2) * scale[:, None, None, None]
    at = centres * torch.tensor([1.0, -1.0])  # rows count down
    affine = torch.cat((turn.expand(-1, count, -1, -1), at[..., None]), 3).flatten(0, 1)
    grid = F.affine_grid(affine, [batch * count, 3, CLOSE_UP, CLOSE_UP], align_corners=False)
    return F.grid_sample(frames.flatten(0, 1), grid, padding_mode="border", align_corners=False).unflatten(0, (batch, count))


class SoundJudge(nn.Module):
    """log-mel [B, 128, 40] -> logits of what moves (SOUNDS) and where (AMBIENCES)."""

    def __init__(self) -> None:
        super().__init__()
        self.convs = nn.ModuleList((nn.Conv1d(40, 64, 5, 2, 2), nn.Conv1d(64, 96, 5, 2, 2), nn.Conv1d(96, 96, 5, 2, 2)))
        self.heads = nn.ModuleDict({"sound": nn.Linear(192, len(SOUNDS)), "ambience": nn.Linear(192, len(AMBIENCES))})

    def forward(self, mel: torch.Tensor) -> dict[str, torch.Tensor]:
        x = (mel + 2.5).transpose(1, 2)
        for conv in self.convs:
            x = F.relu(conv(x))
        x = torch.cat((x.mean(2), x.amax(2)), 1)
        return {k: head(x) for k, head in self.heads.items()}


def sound_of(motion: int) -> int:
    return SOUNDS.index(MOTIONS[motion].split("_")[0])


def ambience_of(scene: int) -> int:
    return AMBIENCES.index(SCENES[scene]) if SCENES[scene] in AMBIENCES else 0


def networks() -> dict[str, nn.Module]:
    """Untrained, by the names that their weights begin with."""
    return {"picture": PictureJudge({k: HEADS[k] for k in SEEN_WHOLE}), "shape": CloseUpJudge(), "camera": CameraJudge(), "sound": SoundJudge()}


def with_weights(parts: dict[str, nn.Module], file: Path) -> dict[str, nn.Module]:
    """The networks, ready to be asked, with a file's weights, whose names begin with theirs."""
    tensors, _ = safetensors_io.read(file)
    for part, network in parts.items():
        prefix = part + "."
        network.load_state_dict({k.removeprefix(prefix): torch.tensor(v, dtype=torch.float32) for k, v in tensors.items() if k.startswith(prefix)})
        network.eval()
    return parts


class Judge:
    """The trained networks."""

    def __init__(self, folder: Path) -> None:
        self.networks = with_weights(networks(), folder / WEIGHTS)

    @staticmethod
    def write(data: Path, folder: Path) -> None:
        """The weights of DIR/judge.pt, rounded to float16."""
        state = torch.load(data / "judge.pt", map_location="cpu")
        tensors = {f"{part}.{name}": tensor.half().numpy() for part, weights in state.items() for name, tensor in weights.items()}
        safetensors_io.write(folder / WEIGHTS, tensors)

    @torch.no_grad()
    def look(self, frames: np.ndarray) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """[n, 16, 64, 64, 3] uint8 -> class by attribute [n], centres [n, 16, 2]."""
        answers, centres = [], []
        for at in range(0, len(frames), 16):
            x = to_tensor(np.ascontiguousarray(frames[at : at + 16]))
            logits, centre = self.networks["picture"](x)
            centre = centre[:, :, 0]
            logits["shape"] = self.networks["shape"](close_ups(x, centre))
            logits["camera"] = self.networks["camera"](x[:, ::2])
            answers.append({k: v.argmax(1).numpy() for k, v in logits.items()})
            centres.append(centre.numpy())
        return {k: np.concatenate([a[k] for a in answers]) for k in HEADS}, np.concatenate(centres)

    @torch.no_grad()
    def listen(self, mel: np.ndarray) -> dict[str, np.ndarray]:
        """[n, 128, 40] -> class by head [n]."""
        return {k: v.argmax(1).numpy() for k, v in self.networks["sound"](torch.from_numpy(mel.astype(np.float32))).items()}
