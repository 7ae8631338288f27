"""What Wan 2.1's image to video reads beside the words: a picture."""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class PictureReader(nn.Module):
    """A picture's encoding → the transformer's width.

    Args:
        places: learned vectors to add, where the encodings of two pictures come one after the other.
    """

    def __init__(self, picture_width: int, width: int, places: int | None) -> None:
        super().__init__()
        self.enter_norm, self.leave_norm = nn.LayerNorm(picture_width), nn.LayerNorm(width)
        self.first, self.second = nn.Linear(picture_width, picture_width), nn.Linear(picture_width, width)
        self.places = None if places is None else nn.Parameter(torch.zeros(places, picture_width))

    def forward(self, picture: Float[Tensor, "k e"]) -> Float[Tensor, "k d"]:
        """Row by row."""
        placed = picture if self.places is None else picture + self.places
        read: Tensor = self.leave_norm(self.second(F.gelu(self.first(self.enter_norm(placed)))))
        return read
