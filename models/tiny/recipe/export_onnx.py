"""Adds ONNX graphs to a pack. They hold no weights: each points into its part's safetensors file as external data.

    python3 export_onnx.py --pack models/tiny

Weights stay float16 and are cast to float32 in the graph, which a runtime does once, at load. Every first dimension is free: B rows, each
with its own time. Needs the package onnx (Debian: python3-onnx).
"""
from __future__ import annotations

import argparse
import json
from pathlib import Path

import onnx
import torch
from onnx import TensorProto, helper

from pipeline import Pack

OPSET = 17
FIRST_BYTES = 8  # of a safetensors file: the length of its header


FILE = "model.onnx"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pack", type=Path, required=True)
    add_graphs(parser.parse_args().pack)


def add_graphs(pack: Path) -> None:
    for role, (module, weights, inputs, outputs) in graphs(Pack.load(pack)).items():
        write(pack / role, module, weights, inputs, outputs)
        print(f"{role}/{FILE}: {(pack / role / FILE).stat().st_size / 2**10:.0f} KiB", flush=True)


def graphs(pack: Pack) -> dict:
    """role -> module, weights file, example inputs by name (two rows), names of the outputs."""
    config = pack.transformer.config
    video, audio = (2, config.latent_frames, config.latent_size, config.latent_size, config.latent_channels), (2, config.mel_frames, config.mel_bands)
    text, pooled = (2, config.text_tokens, config.width), (2, config.width)
    return {
        "text_encoder": (
            pack.text_encoder, "model.safetensors", {"input_ids": torch.ones(2, config.text_tokens, dtype=torch.int64)},
            ["last_hidden_state", "pooled"],
        ),
        "transformer": (
            pack.transformer, "diffusion_pytorch_model.safetensors",
            {
                "hidden_states": torch.zeros(video), "audio_hidden_states": torch.zeros(audio), "timestep": torch.full((2,), 500.0),
                "encoder_hidden_states": torch.zeros(text), "pooled": torch.zeros(pooled),
                "video_cond": torch.zeros(2, config.latent_frames), "audio_cond": torch.zeros(2, config.audio_tokens),
            },
            ["sample", "audio_sample"],
        ),
        "vae_decoder": (
            pack.decoder, "model.safetensors", {"latent": torch.zeros(2, config.latent_channels, config.latent_size, config.latent_size)}, ["frames"],
        ),
    }


def write(folder: Path, module: torch.nn.Module, weights: str, inputs: dict[str, torch.Tensor], outputs: list[str]) -> None:
    file = folder / FILE
    torch.onnx.export(
        module.eval(), tuple(inputs.values()), str(file), input_names=list(inputs), output_names=outputs, opset_version=OPSET,
        dynamic_axes={name: {0: "batch"} for name in (*inputs, *outputs)}, do_constant_folding=False, keep_initializers_as_inputs=False,
    )
    graph = onnx.load(str(file))
    point_into(graph.graph, folder / weights)
    with torch.no_grad():
        results = module(*inputs.values())
    for value, result in zip(graph.graph.output, results if isinstance(results, tuple) else (results,)):
        value.CopyFrom(helper.make_tensor_value_info(value.name, TensorProto.FLOAT, ["batch", *result.shape[1:]]))
    graph.producer_name, graph.producer_version = "SoraCluster", ""
    onnx.save(graph, str(file))
    onnx.checker.check_model(str(file))


def point_into(graph: onnx.GraphProto, weights: Path) -> None:
    """Replaces each initializer that the file has by a reference to it, and a cast under its name."""
    with weights.open("rb") as file:
        length = int.from_bytes(file.read(FIRST_BYTES), "little")
        header = json.loads(file.read(length))
    kept, casts = [], []
    for tensor in graph.initializer:
        entry = header.get(tensor.name)
        if entry is None:
            kept.append(tensor)
            continue
        if entry["dtype"] != "F16" or entry["shape"] != list(tensor.dims):
            raise ValueError(f"{tensor.name}: {entry} is not the graph's {list(tensor.dims)}")
        first, last = entry["data_offsets"]
        outside = TensorProto(name=f"{tensor.name}.half", data_type=TensorProto.FLOAT16, dims=tensor.dims, data_location=TensorProto.EXTERNAL)
        for key, value in {"location": weights.name, "offset": FIRST_BYTES + length + first, "length": last - first}.items():
            outside.external_data.add(key=key, value=str(value))
        kept.append(outside)
        casts.append(helper.make_node("Cast", [outside.name], [tensor.name], name=f"widen.{tensor.name}", to=TensorProto.FLOAT))
    nodes = [*casts, *graph.node]
    for field, values in (("initializer", kept), ("node", nodes)):
        graph.ClearField(field)
        getattr(graph, field).extend(values)


if __name__ == "__main__":
    main()
