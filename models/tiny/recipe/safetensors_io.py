"""Safetensors files, written so that the same tensors give the same bytes: names sorted, header padded to eight bytes."""
from __future__ import annotations

import json
from pathlib import Path
from typing import Mapping

import numpy as np

_TO_NUMPY = {"F16": np.dtype("<f2"), "F32": np.dtype("<f4")}
_FROM_NUMPY = {dtype: name for name, dtype in _TO_NUMPY.items()}


def write(file: Path, tensors: Mapping[str, np.ndarray], metadata: Mapping[str, str] | None = None) -> None:
    """Writes float16 and float32 arrays; any other type is refused."""
    header: dict[str, object] = {"__metadata__": dict(sorted(metadata.items()))} if metadata else {}
    offset, parts = 0, []
    for name in sorted(tensors):
        array = np.asarray(tensors[name], order="C")
        little = array.astype(array.dtype.newbyteorder("<"), copy=False)
        end = offset + little.nbytes
        header[name] = {"dtype": _FROM_NUMPY[little.dtype], "shape": list(array.shape), "data_offsets": [offset, end]}
        parts.append(little.tobytes())
        offset = end
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=True).encode()
    text += b" " * (-len(text) % 8)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(len(text).to_bytes(8, "little") + text + b"".join(parts))


def read(file: Path) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """The tensors by name, and the metadata."""
    data = file.read_bytes()
    start = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:start])
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        first, last = entry["data_offsets"]
        values = np.frombuffer(data[start + first : start + last], _TO_NUMPY[entry["dtype"]])
        tensors[name] = values.reshape(entry["shape"])
    return tensors, metadata
