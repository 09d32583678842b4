"""Muon (Jordan et al. 2024): momentum whose update is orthogonalised by a Newton-Schulz iteration, for weight matrices."""
from __future__ import annotations

from collections import defaultdict

import torch

MOMENTUM = 0.95
WEIGHT_DECAY = 2e-4


class Muon:
    """Matrices of one shape (up to transposition) are orthogonalised together, in bfloat16."""

    def __init__(self, parameters: list[torch.nn.Parameter], learning_rate: float) -> None:
        self.parameters, self.learning_rate = parameters, learning_rate
        self.momentum = [torch.zeros_like(p) for p in parameters]
        self.groups: dict[tuple[int, int], list[int]] = defaultdict(list)
        for i, p in enumerate(parameters):
            self.groups[min(p.shape), max(p.shape)].append(i)

    @torch.no_grad()
    def step(self, scale: float) -> None:
        """One update at learning_rate * scale."""
        for members in self.groups.values():
            updates = [self._wide(self._update(i)) for i in members]
            for i, update in zip(members, orthogonalise(torch.stack(updates))):
                p = self.parameters[i]
                update = update if p.shape[0] <= p.shape[1] else update.t()
                stretch = max(1.0, p.shape[0] / p.shape[1]) ** 0.5
                p.mul_(1 - WEIGHT_DECAY * scale).add_(update, alpha=-self.learning_rate * scale * stretch)

    def _update(self, i: int) -> torch.Tensor:
        gradient = self.parameters[i].grad
        self.momentum[i].mul_(MOMENTUM).add_(gradient, alpha=1 - MOMENTUM)
        return gradient * (1 - MOMENTUM) + self.momentum[i] * MOMENTUM

    @staticmethod
    def _wide(matrix: torch.Tensor) -> torch.Tensor:
        return matrix if matrix.shape[0] <= matrix.shape[1] else matrix.t()


def orthogonalise(x: torch.Tensor) -> torch.Tensor:
    """[n, rows, columns], rows <= columns: five steps of the quintic Newton-Schulz iteration."""
    x = x.bfloat16().contiguous()
    x = x / (x.float().norm(dim=(1, 2), keepdim=True) + 1e-7).bfloat16()
    for _ in range(5):
        gram = torch.bmm(x, x.transpose(1, 2).contiguous())
        x = 3.4445 * x + torch.bmm(-4.7750 * gram + 2.0315 * torch.bmm(gram, gram), x)
    return x.float()
