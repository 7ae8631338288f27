"""Pictures as Wan 2.1's image to video reads them beside the words: encoded by CLIP, all but its last layer.

The encoder and its processor are transformers' own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor


@dataclass(frozen=True, slots=True)
class PictureEncoder:
    """A processor, and the encoder whose input it makes."""

    processor: Any
    encoder: Any

    @torch.no_grad()
    def encode(self, pictures: Sequence[NDArray[np.uint8]]) -> Float[Tensor, "k e"]:
        """Rows of each picture `[h, w, 3]`, one picture after the other."""
        weight = next(self.encoder.parameters())
        shown = self.processor(images=list(pictures), return_tensors="pt").pixel_values
        layers = self.encoder(shown.to(weight), output_hidden_states=True).hidden_states
        rows: Tensor = layers[-2].flatten(0, 1)
        return rows
