"""Adapters: small changes to some of a model's weights, as LoRA, LoKr and difference files hold them.

Sources: LoRA (arXiv:2106.09685); LoKr, the Kronecker form of LyCORIS (arXiv:2309.14859).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from manazir.core.errors import CheckpointError


@dataclass(frozen=True, slots=True)
class LowRank:
    """A product of two thin matrices."""

    down: Float[Tensor, "r i"]
    up: Float[Tensor, "o r"]
    scale: float

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the weight that it changes."""
        return self.up.shape[0], self.down.shape[1]

    def delta(self, device: torch.device) -> Float[Tensor, "o i"]:
        """What it adds, in float32."""
        return self.scale * (self.up.to(device, torch.float32) @ self.down.to(device, torch.float32))


@dataclass(frozen=True, slots=True)
class Kronecker:
    """A Kronecker product: each number of `w1` times all of `w2`."""

    w1: Float[Tensor, "a b"]
    w2: Float[Tensor, "c d"]
    scale: float

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the weight that it changes."""
        return self.w1.shape[0] * self.w2.shape[0], self.w1.shape[1] * self.w2.shape[1]

    def delta(self, device: torch.device) -> Float[Tensor, "o i"]:
        """What it adds, in float32."""
        return self.scale * torch.kron(self.w1.to(device, torch.float32), self.w2.to(device, torch.float32))


@dataclass(frozen=True, slots=True)
class Full:
    """A whole difference: of norms, biases and tables, or of a matrix."""

    difference: Tensor
    scale: float = 1.0

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the weight that it changes."""
        return tuple(self.difference.shape)

    def delta(self, device: torch.device) -> Tensor:
        """What it adds, in float32."""
        return self.scale * self.difference.to(device, torch.float32)


Change = LowRank | Kronecker | Full


@dataclass(frozen=True, kw_only=True, slots=True)
class Adapter:
    """What one file changes."""

    name: str
    sha256: str
    """Of the file."""
    changes: Mapping[str, Change]
    """By our names of the weights."""
    unmatched: tuple[str, ...] = ()
    """Keys of the file that this model has no place for; what they say is not applied."""


@dataclass(frozen=True, slots=True)
class Weighted:
    """An adapter, and how much of it."""

    adapter: Adapter
    weight: float = 1.0
    """1: as it was taught; 0: nothing."""


def changes_by_name(stack: Iterable[Weighted]) -> dict[str, list[tuple[Change, float]]]:
    """For each weight that is changed: by what, and how much of it."""
    found: dict[str, list[tuple[Change, float]]] = {}
    for weighted in stack:
        for name, change in weighted.adapter.changes.items():
            if weighted.weight:
                found.setdefault(name, []).append((change, weighted.weight))
    return found


def check_shapes(changes: Mapping[str, Change], shapes: Mapping[str, tuple[int, ...]], what: str) -> None:
    """Hold changes against a model.

    Raises:
        CheckpointError: the model has no such weight, or one of another shape.
    """
    for name, change in changes.items():
        if name not in shapes:
            raise CheckpointError(f"{what} changes {name}, which this model has not; give an adapter for this model")
        if isinstance(change, LowRank) and change.up.shape[1] != change.down.shape[0]:
            raise CheckpointError(
                f"{what} changes {name} by matrices of {tuple(change.up.shape)} and {tuple(change.down.shape)}, which "
                "have no product; get the file again"
            )
        if isinstance(change, LowRank) and change.up.shape[1] != change.down.shape[0]:
            raise CheckpointError(
                f"{what} changes {name} by matrices of {tuple(change.up.shape)} and {tuple(change.down.shape)}, which "
                "have no product; get the file again"
            )
        if tuple(shapes[name]) != change.shape:
            raise CheckpointError(
                f"{what} was made for another model: its change of {name} is of shape {change.shape}, the weight of "
                f"shape {tuple(shapes[name])}; give an adapter for a model of this size"
            )
