"""Muon for matrices, AdamW for the rest: about half the steps of AdamW alone at Noor's sizes.

Muon moves each hidden matrix by an (almost) orthogonal update: momentum, then a few Newton-Schulz steps that set all
singular values near one. Source: Jordan et al., "Muon: An optimizer for hidden layers in neural networks" (2024).
PyTorch's own runs its iterations in bfloat16, which CPUs without bfloat16 units do hundreds of times slower.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn


def orthogonalise(matrix: Float[Tensor, "rows columns"], steps: int = 5) -> Float[Tensor, "rows columns"]:
    """Return a matrix with the same singular vectors and singular values near one (0.7 to 1.2).

    Every step multiplies by a polynomial of the Gram matrix, and those commute: so they are multiplied together at the
    Gram matrix's own size, and the matrix itself is touched twice rather than ten times.
    """
    a, b, c = 3.4445, -4.7750, 2.0315  # the quintic's coefficients, tuned there for speed rather than exactness
    x = matrix if matrix.shape[0] <= matrix.shape[1] else matrix.T
    x = x / (x.norm() + 1e-7)
    gram, one = x @ x.T, torch.eye(x.shape[0], device=x.device)
    product = one
    for step in range(steps):
        polynomial = torch.addmm(a * one + b * gram, gram, gram, alpha=c)
        product = polynomial @ product if step else polynomial
        if step < steps - 1:
            gram = polynomial @ gram @ polynomial
    x = product @ x
    result: Tensor = x if matrix.shape[0] <= matrix.shape[1] else x.T
    return result


class Muon(torch.optim.Optimizer):
    """Momentum, orthogonalised, for weights of hidden layers; a convolution is a matrix from patches to channels."""

    def __init__(
        self, parameters: Iterable[nn.Parameter] | list[dict[str, Any]], lr: float, momentum: float = 0.95
    ) -> None:
        super().__init__(parameters, {"lr": lr, "momentum": momentum})

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        """Update every weight that has a gradient."""
        assert closure is None
        for group in self.param_groups:
            for weight in group["params"]:
                if weight.grad is not None:
                    self._update(weight, weight.grad, group["lr"], group["momentum"])

    def _update(self, weight: Tensor, gradient: Tensor, lr: float, momentum: float) -> None:
        state = self.state[weight]
        if "momentum" not in state:
            state["momentum"] = torch.zeros_like(weight)
        average = state["momentum"].lerp_(gradient, 1 - momentum)
        direction = orthogonalise(torch.lerp(gradient, average, momentum).flatten(1), steps=4)  # Nesterov
        # A tall matrix's update has rows of norm below one; this keeps the change of its outputs the same.
        rows, columns = direction.shape
        weight.add_(direction.view(weight.shape), alpha=-lr * max(1.0, rows / columns) ** 0.5)


def optimizers(
    module: nn.Module, muon_lr: float, adam_lr: float, shares: Sequence[tuple[str, float]] = ()
) -> list[torch.optim.Optimizer]:
    """Muon for matrices inside blocks and for stages of convolutions, AdamW for embeddings, entries, exits and norms.

    What needs no gradient is left alone.

    Args:
        shares: of the rates, for parts whose names begin so; the first that fits counts.
    """
    hidden: dict[float, list[nn.Parameter]] = {}
    rest: dict[float, list[nn.Parameter]] = {}
    for name, weight in module.named_parameters():
        if not weight.requires_grad:
            continue
        is_matrix = weight.ndim == 2 and (".attention." in name or ".feed_forward." in name)
        is_hidden = is_matrix or (weight.ndim >= 3 and "stages." in name)
        share = next((share for begin, share in shares if name.startswith(begin)), 1.0)
        (hidden if is_hidden else rest).setdefault(share, []).append(weight)
    adam = torch.optim.AdamW(_groups(rest), lr=adam_lr, betas=(0.9, 0.98), weight_decay=0.0)
    return [Muon(_groups(hidden), lr=muon_lr), adam] if hidden else [adam]


def _groups(weights: dict[float, list[nn.Parameter]]) -> list[dict[str, Any]]:
    return [{"params": params, "share": share} for share, params in weights.items()]
