"""Modulation: shifts, scales and gates that follow from a timestep, for runs of tokens of one timestep."""

from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

Runs = Sequence[tuple[slice, int]]
"""Ranges of tokens of one timestep, in order, and which row that is. Few: rows are never spread over all tokens."""


class Modulation(nn.Module):
    """Rows of shifts, scales or gates, one of each kind for each timestep."""

    def __init__(self, kinds: int, width: int) -> None:
        super().__init__()
        self.table = nn.Parameter(torch.zeros(kinds, width))

    def forward(self, rows: Float[Tensor, "r k d"]) -> list[Float[Tensor, "r d"]]:
        """Each kind's rows."""
        return list((self.table + rows.float()).unbind(1))


def by_runs(parts: Tensor, rows: Sequence[Tensor], runs: Runs, change: Callable[..., Tensor]) -> Tensor:
    """Apply a change to each run of tokens with its rows, without spreading rows over tokens."""
    if len(runs) == 1:
        return change(parts, *(row[runs[0][1]] for row in rows))
    return torch.cat([change(parts[tokens], *(row[index] for row in rows)) for tokens, index in runs])


def layer_normed(
    x: Float[Tensor, "n d"], shift: Float[Tensor, " d"], scale: Float[Tensor, " d"]
) -> Float[Tensor, "n d"]:
    """Layer norm without weights of its own, in float32, shifted and scaled."""
    return F.layer_norm(x.float(), x.shape[-1:], 1 + scale, shift, eps=1e-6).to(x.dtype)


def added(x: Float[Tensor, "n d"], change: Float[Tensor, "n d"], gate: Float[Tensor, "r d"], runs: Runs) -> Tensor:
    """The stream with a gated change, summed in float32."""
    if len(runs) == 1:
        return torch.addcmul(x.float(), change.float(), gate[runs[0][1]]).to(x.dtype)
    summed = [torch.addcmul(x[tokens].float(), change[tokens].float(), gate[index]) for tokens, index in runs]
    return torch.cat(summed).to(x.dtype)
