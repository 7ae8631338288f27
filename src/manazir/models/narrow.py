"""Keys and values in float8, with a scale for each head: a past in half of bfloat16's memory.

One layer's at a time is widened again, where it is seen.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

_NARROW = torch.float8_e4m3fn


class NarrowKeysValues(NamedTuple):
    """Of one layer."""

    key: Float[Tensor, "m h d"]
    value: Float[Tensor, "m h d"]
    key_scale: Float[Tensor, "1 h 1"]
    value_scale: Float[Tensor, "1 h 1"]

    def of_heads(self, heads: slice) -> "NarrowKeysValues":
        """Some heads'."""
        return NarrowKeysValues(*(part[:, heads] for part in self))


def narrowed(keys_values: tuple[Float[Tensor, "m h d"], Float[Tensor, "m h d"]]) -> NarrowKeysValues:
    """Each head's largest number becomes the largest of float8; smaller ones keep 3 bits behind the first."""
    (key, key_scale), (value, value_scale) = (_scaled(part) for part in keys_values)
    return NarrowKeysValues(key, value, key_scale, value_scale)


def widened(narrow: NarrowKeysValues, dtype: torch.dtype) -> tuple[Float[Tensor, "m h d"], Float[Tensor, "m h d"]]:
    """Back, as far as float8 has kept them."""
    key, value = narrow.key.float() * narrow.key_scale, narrow.value.float() * narrow.value_scale
    return key.to(dtype), value.to(dtype)


def _scaled(part: Float[Tensor, "m h d"]) -> tuple[Float[Tensor, "m h d"], Float[Tensor, "1 h 1"]]:
    largest = torch.finfo(_NARROW).max
    scale = part.float().abs().amax((0, 2), keepdim=True).clamp(min=largest * torch.finfo(torch.float32).tiny) / largest
    return (part.float() / scale).to(_NARROW), scale
