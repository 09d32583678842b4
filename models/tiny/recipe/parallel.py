"""Data parallelism for single-threaded CPU processes: run(main, n) starts n of them, average_gradients joins their steps.

Two single-threaded processes are much faster on two cores than one process with two threads.
"""
from __future__ import annotations

import os
from typing import Callable, Iterable

import torch
import torch.distributed as dist
import torch.multiprocessing as mp


def run(main: Callable[..., None], processes: int, *args) -> None:
    """Calls main(rank, *args) in `processes` processes."""
    if processes == 1:
        main(0, *args)
    else:
        mp.spawn(_start, (processes, main, args), nprocs=processes)


def _start(rank: int, processes: int, main: Callable[..., None], args: tuple) -> None:
    os.environ.setdefault("MASTER_ADDR", "127.0.0.1")
    os.environ.setdefault("MASTER_PORT", "29517")
    torch.set_num_threads(1)
    dist.init_process_group("gloo", rank=rank, world_size=processes)
    main(rank, *args)


def size() -> int:
    return dist.get_world_size() if dist.is_initialized() else 1


def average_gradients(parameters: Iterable[torch.nn.Parameter]) -> None:
    if not dist.is_initialized():
        return
    gradients = [p.grad for p in parameters if p.grad is not None]
    flat = torch.cat([g.flatten() for g in gradients])
    dist.all_reduce(flat)
    flat /= dist.get_world_size()
    for gradient, part in zip(gradients, flat.split([g.numel() for g in gradients])):
        gradient.copy_(part.view_as(gradient))


def agree(value: float) -> float:
    """The first process's value, in all of them: what decides when to stop must be the same everywhere."""
    if not dist.is_initialized():
        return value
    shared = torch.tensor([value], dtype=torch.float64)
    dist.broadcast(shared, 0)
    return float(shared)
