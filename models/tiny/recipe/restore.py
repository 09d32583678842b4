"""Makes the checkpoints of training from a pack's weights, so that training can go on from them: on other data, longer, or deeper.

    python3 restore.py --pack models/tiny --data DIR [--step 13700]

Writes DIR/autoencoder.pt, DIR/latent_norm.pt, DIR/mel_norm.pt and DIR/model.pt, unless they are there. Weights are the pack's, averaged and
rounded to float16; the optimisers begin afresh. A pack of fewer blocks than the recipe's model is grown: copies of blocks, spread evenly, follow
their originals and add nothing at first, so that the model computes what it did.
"""
from __future__ import annotations

import argparse
import re
from pathlib import Path

import numpy as np
import torch

from pipeline import Pack
from train import Training
from train_autoencoder import save as save_autoencoder
from transformer import Config

OUTPUTS = ("attn.to_out", "ff.2")  # what a block adds goes through these
BLOCK = re.compile(r"transformer_blocks\.(\d+)\.(.*)")


def grown(state: dict[str, torch.Tensor], depth: int) -> dict[str, torch.Tensor]:
    """The transformer's weights with copies of blocks among them, which add nothing."""
    present = 1 + max(int(match[1]) for name in state if (match := BLOCK.match(name)))
    originals = np.linspace(0, present - 1, depth).round().astype(int)
    if depth < present:
        raise ValueError(f"the pack has {present} blocks; {depth} would lose some")
    result = {name: tensor for name, tensor in state.items() if not BLOCK.match(name)}
    for number, original in enumerate(originals):
        copy = number > 0 and originals[number - 1] == original
        for name, tensor in state.items():
            if (match := BLOCK.match(name)) and int(match[1]) == original:
                silent = copy and match[2].startswith(OUTPUTS)
                result[f"transformer_blocks.{number}.{match[2]}"] = torch.zeros_like(tensor) if silent else tensor.clone()
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pack", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--step", type=int, default=0, help="how many steps the weights were trained for, where the count is to go on")
    args = parser.parse_args()
    args.data.mkdir(parents=True, exist_ok=True)
    pack = Pack.load(args.pack)
    if not (args.data / "autoencoder.pt").exists():
        save_autoencoder(args.data, pack.encoder, pack.decoder)
        torch.save((pack.latents_mean, pack.latents_std), args.data / "latent_norm.pt")
        torch.save((pack.mel_mean, pack.mel_std), args.data / "mel_norm.pt")
    if not (args.data / "model.pt").exists():
        training = Training()
        for model in (training.model, training.ema):
            model.text_encoder.load_state_dict(pack.text_encoder.state_dict())
            model.transformer.load_state_dict(grown(pack.transformer.state_dict(), Config().depth))
        training.step = args.step
        training.save(args.data / "model.pt")


if __name__ == "__main__":
    main()
