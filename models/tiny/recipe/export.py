"""Writes the pack: configurations, averaged weights rounded to float16, tokenizer and parity vectors.

    python3 export.py --data DIR --pack models/tiny

The pack is written beside its place first and moved there file by file, each move atomic. Only the pack's own files are
touched; what else lies in the folder (recipe, model card) stays. The vectors under parity/ are computed with the exported weights in
float32 and feed the executor's tests.
"""
from __future__ import annotations

import argparse
import dataclasses
import json
import os
import tempfile
import unicodedata
from pathlib import Path

import numpy as np
import torch

import export_onnx
import safetensors_io
from pipeline import Pack
from tokenizer_vectors import vectors
from train_autoencoder import load as load_autoencoder
from transformer import AUDIO_SHIFT, Config, Model, shifted
from world.attributes import FPS, RESOLUTION, SAMPLE_RATE, WINDOW_FRAMES
from world.lexicon import CONCEPTS, as_json
from world.sound import F_MAX, F_MIN, HOP, MEL_FLOOR, N_FFT, N_MELS
from world.tokenizer import tokenize

VERSION = "0.1.0"
STEPS, GUIDANCE, PICTURE_GUIDANCE = 24, 3.0, 1.5  # defaults: measured, see the model card
SHIFT, SHIFT_TERMINAL, STOCHASTIC = 3.0, None, True
VOCODER_ITERATIONS = 32
FRAMES_PER_LATENT, OVERLAP_LATENT_FRAMES, OVERLAP_AUDIO_TOKENS = 4, 1, 4
LONGEST_SECONDS = 12
MAX_BATCH = 8
STYLE_WORDS = {"flat": "flat style", "sketch": "pencil sketch", "pixel": "pixel art", "night-vision": "night vision", "soft": "soft style"}

# role -> (library, class, weights). Parts with weights have an ONNX graph, too, but for the encoder, which works once a clip at most.
COMPONENTS = {
    "scheduler": ("diffusers", "FlowMatchEulerDiscreteScheduler", None),
    "tokenizer": ("soracluster", "LexiconTokenizer", None),
    "text_encoder": ("soracluster", "LexiconTextEncoder", "model"),
    "transformer": ("soracluster", "JointTransformer", "diffusion_pytorch_model"),
    "vae_decoder": ("soracluster", "FrameGroupDecoder", "model"),
    "vae_encoder": ("soracluster", "FrameGroupEncoder", "model"),
    "vocoder": ("soracluster", "GriffinLim", None),
}
WITHOUT_GRAPH = ("vae_encoder",)
CONFIG_NAMES = {"scheduler": "scheduler_config.json", "tokenizer": "lexicon.json"}

PARITY_PROMPTS = (
    "a red ball bounces on the beach", "青い四角が森で回転する", "a big yellow star rolls to the right in the city at night, panning camera",
    "雪の中で小さな紫のハートがジャンプする", "", "a small green triangle stands still on a plain background",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="where training wrote autoencoder.pt, model.pt and the norms")
    parser.add_argument("--pack", type=Path, required=True)
    args = parser.parse_args()
    torch.set_num_threads(1)
    args.pack.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".export-", dir=args.pack) as folder:
        step = write_pack(args.data, Path(folder))
        write_parity(args.data, Path(folder))
        export_onnx.add_graphs(Path(folder))
        size = move_into_place(Path(folder), args.pack)
    print(f"exported step {step}: {size / 2**20:.1f} MiB", flush=True)


def write_pack(data: Path, pack: Path) -> int:
    """Everything but the parity vectors; returns the training step of the weights."""
    config = Config(vocabulary=len(CONCEPTS))
    state = torch.load(data / "model.pt", map_location="cpu")
    model = Model(config)
    model.load_state_dict(state["ema"])
    encoder, decoder = load_autoencoder(data)
    modules = {"text_encoder": model.text_encoder, "transformer": model.transformer, "vae_decoder": decoder, "vae_encoder": encoder}
    for role, module in modules.items():
        tensors = {name: _half(name, tensor) for name, tensor in module.state_dict().items()}
        safetensors_io.write(pack / role / f"{COMPONENTS[role][2]}.safetensors", tensors)
    for role, content in _configs(config, data, decoder).items():
        name = CONFIG_NAMES.get(role, "config.json")
        _write_json(pack / role / name, content if role == "tokenizer" else {"_class_name": COMPONENTS[role][1], **content})
    _write_json(pack / "pack.json", _manifest(config))
    index = {role: [library, cls] for role, (library, cls, _) in COMPONENTS.items()}
    _write_json(pack / "model_index.json", {"_class_name": "SoraClusterPipeline", "_diffusers_version": "0.35.0", **index})
    _write_json(pack / "tokenizer/vectors.json", vectors())
    return state["step"]


def _half(name: str, tensor: torch.Tensor) -> np.ndarray:
    half = tensor.half().numpy()
    if not np.isfinite(half).all():
        raise ValueError(f"{name} does not fit float16")
    return half


def _configs(config: Config, data: Path, decoder: torch.nn.Module) -> dict[str, dict]:
    lexicon = as_json()
    for form in (*lexicon["forms"], *lexicon["stop"]):
        if unicodedata.normalize("NFKC", form).lower() != form:
            raise ValueError(f"not in normal form: {form}")
    mean, std = torch.load(data / "latent_norm.pt")
    mel_mean, mel_std = torch.load(data / "mel_norm.pt")
    channels = {"latent_channels": config.latent_channels, "frames_per_latent": FRAMES_PER_LATENT}
    norm = {"latents_mean": _floats(mean), "latents_std": _floats(std)}
    attention = {"hidden_size": config.width, "num_heads": config.heads}
    return {
        "scheduler": {
            "num_train_timesteps": 1000, "shift": SHIFT, "use_dynamic_shifting": False, "base_shift": 0.5, "max_shift": 1.15, "base_image_seq_len": 256,
            "max_image_seq_len": 4096, "invert_sigmas": False, "shift_terminal": SHIFT_TERMINAL, "use_karras_sigmas": False,
            "use_exponential_sigmas": False, "use_beta_sigmas": False, "time_shift_type": "exponential", "stochastic_sampling": STOCHASTIC,
        },
        "tokenizer": lexicon,
        "text_encoder": {"vocab_size": config.vocabulary, "max_length": config.text_tokens, **attention, "num_layers": 1},
        "transformer": {
            **attention, "num_layers": config.depth, "text_length": config.text_tokens, "time_embed_dim": 128, "patch_size": config.patch,
            "mel_frames_per_token": config.mel_patch,
        },
        "vae_decoder": {
            **channels, "mid_channels": decoder.mid.out_channels, "frame_channels": decoder.to_frames.out_channels // FRAMES_PER_LATENT,
            "up_channels": [conv.out_channels for conv in decoder.up], **norm,
        },
        "vae_encoder": {**channels, **norm},
        "vocoder": {
            "sample_rate": SAMPLE_RATE, "n_fft": N_FFT, "hop_length": HOP, "n_mels": N_MELS, "f_min": F_MIN, "f_max": F_MAX,
            "iterations": VOCODER_ITERATIONS, "mel_floor": MEL_FLOOR, "mel_mean": _float(mel_mean), "mel_std": _float(mel_std),
        },
    }


def _manifest(config: Config) -> dict:
    components = {}
    for role, (_, cls, weights) in COMPONENTS.items():
        components[role] = {"class": cls, "config": f"{role}/{CONFIG_NAMES.get(role, 'config.json')}"}
        if weights:
            components[role] |= {"weights": f"{role}/{weights}.safetensors"}
            if role not in WITHOUT_GRAPH:
                components[role] |= {"graph": f"{role}/{export_onnx.FILE}"}
    return {
        "format": "soracluster-pack/1", "id": "tiny", "name": "Tiny", "version": VERSION, "licence": "MIT", "languages": ["en", "ja"],
        "bridges": True, "styles": STYLE_WORDS,
        "description": "One or two shapes with faces that bounce, roll, jump, spin, orbit or rest in simple scenes, in five styles, with their sounds.",
        "width": RESOLUTION, "height": RESOLUTION, "frame_rate": FPS, "sample_rate": SAMPLE_RATE,
        "max_frames": LONGEST_SECONDS * FPS, "max_batch": MAX_BATCH, "default_steps": STEPS, "default_guidance_scale": GUIDANCE, "picture_guidance_scale": PICTURE_GUIDANCE,
        "prediction_type": "sample", "audio_shift": AUDIO_SHIFT,
        "window": {
            "frames_per_latent": FRAMES_PER_LATENT, "overlap_latent_frames": OVERLAP_LATENT_FRAMES,
            "mel_frames_per_token": config.mel_patch, "overlap_audio_tokens": OVERLAP_AUDIO_TOKENS,
        },
        "latents": {
            "video": [WINDOW_FRAMES // FRAMES_PER_LATENT, config.latent_size, config.latent_size, config.latent_channels],
            "audio": [config.mel_frames, config.mel_bands],
        },
        "components": components,
    }


@torch.no_grad()
def write_parity(data: Path, folder: Path) -> None:
    """Inputs and activations of every part, from the exported weights; arrays are float32, ids too."""
    pack = Pack.load(folder)
    ids = torch.tensor([tokenize(prompt).ids for prompt in PARITY_PROMPTS])
    text, pooled = pack.text_encoder(ids)
    _write_vectors(
        folder, "text_encoder", {"ids": ids, "last_hidden_state": text, "pooled": pooled}, {"prompts": json.dumps(PARITY_PROMPTS)}
    )
    video, audio = _clean_latents(data, pack, 3)
    _write_vectors(folder, "transformer", _transformer_vectors(pack, video, audio, text[:3], pooled[:3]), {})
    decoder_input = pack.to_decoder(video[:1])[:2]
    _write_vectors(folder, "vae_decoder", {"latents": video[0, :2], "input": decoder_input, "frames": pack.decoder(decoder_input).clamp(-1, 1)}, {})
    frames = np.load(data / "held-000.frames.npy", mmap_mode="r")[0, : 2 * FRAMES_PER_LATENT].reshape(2, FRAMES_PER_LATENT, RESOLUTION, RESOLUTION, 3)
    _write_vectors(folder, "vae_encoder", {"frames": torch.from_numpy(frames.astype(np.float32)), "latents": pack.encode(frames)}, {})
    seeds = (7, 2**40 + 8)
    sampling = dataclasses.replace(pack.defaults, steps=6)
    clean_video, clean_audio = pack.denoise(ids[:2], seeds, sampling)
    vectors_of_run = {
        "ids": ids[:2], "sigmas": torch.from_numpy(sampling.sigmas()),
        "video": clean_video, "audio": clean_audio,
    }
    told = {"steps": str(sampling.steps), "guidance_scale": str(GUIDANCE), "seeds": " ".join(map(str, seeds))}
    _write_vectors(folder, "sampler", vectors_of_run, told)


def _clean_latents(data: Path, pack: Pack, count: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Normalised latents of the first held-out clips' first windows."""
    video = np.load(data / "held-000.latents.npy", mmap_mode="r")[:count, : WINDOW_FRAMES // FRAMES_PER_LATENT]
    mel = np.load(data / "held-000.mel.npy", mmap_mode="r")[:count, : pack.transformer.config.mel_frames]
    audio = ((torch.from_numpy(mel.astype(np.float32)) - pack.mel_mean) / pack.mel_std).clamp(-4, 4)
    return torch.from_numpy(video.astype(np.float32)), audio


def _transformer_vectors(pack: Pack, video: torch.Tensor, audio: torch.Tensor, text: torch.Tensor, pooled: torch.Tensor) -> dict[str, torch.Tensor]:
    """Three rows at high, middle and low noise; in the last one the first latent frame and four audio tokens are given."""
    generator, config = torch.Generator().manual_seed(5), pack.transformer.config
    sigma = torch.tensor([1.0, 0.55, 0.08])
    video_cond, audio_cond = torch.zeros(3, config.latent_frames), torch.zeros(3, config.audio_tokens)
    video_cond[2, :OVERLAP_LATENT_FRAMES] = 1
    audio_cond[2, :OVERLAP_AUDIO_TOKENS] = 1
    noisy_video = video + sigma.view(3, 1, 1, 1, 1) * (torch.randn(video.shape, generator=generator) - video)
    noisy_audio = audio + shifted(sigma, pack.audio_shift).view(3, 1, 1) * (torch.randn(audio.shape, generator=generator) - audio)
    noisy_video[2, :OVERLAP_LATENT_FRAMES] = video[2, :OVERLAP_LATENT_FRAMES]
    given_mel = OVERLAP_AUDIO_TOKENS * config.mel_patch
    noisy_audio[2, :given_mel] = audio[2, :given_mel]
    inputs = {
        "hidden_states": noisy_video, "audio_hidden_states": noisy_audio, "timestep": sigma * 1000,
        "encoder_hidden_states": text, "pooled": pooled, "video_cond": video_cond, "audio_cond": audio_cond,
    }
    blocks: dict[str, torch.Tensor] = {}
    for i in (0, config.depth - 1):
        keep = lambda module, arguments, output, name=f"block_{i}": blocks.update({name: output})
        pack.transformer.transformer_blocks[i].register_forward_hook(keep)
    sample, audio_sample = pack.transformer(*inputs.values())
    return {**inputs, **blocks, "sample": sample, "audio_sample": audio_sample}


def _write_vectors(folder: Path, name: str, tensors: dict[str, torch.Tensor], metadata: dict[str, str]) -> None:
    arrays = {key: tensor.float().numpy() for key, tensor in tensors.items()}
    safetensors_io.write(folder / "parity" / f"{name}.safetensors", arrays, metadata)


def move_into_place(source: Path, pack: Path) -> int:
    """Weights first, then what describes them; returns the bytes moved."""
    files = sorted((f for f in source.rglob("*") if f.is_file()), key=lambda f: (f.suffix != ".safetensors", str(f)))
    for file in files:
        target = pack / file.relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(file, target)
    return sum((pack / file.relative_to(source)).stat().st_size for file in files)


def _write_json(file: Path, content: object) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _floats(values: torch.Tensor) -> list[float]:
    return [_float(value) for value in values]


def _float(value: torch.Tensor | float) -> float:
    """Short enough to read, exact as float32."""
    return float(f"{float(value):.9g}")


if __name__ == "__main__":
    main()
