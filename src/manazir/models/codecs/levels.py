"""Levels of pixels, 0 to 255, and the pictures, -1 to 1, that networks see and make."""

import numpy as np
from jaxtyping import Float, UInt8
from numpy.typing import NDArray
from torch import Tensor


def to_pictures(frames: UInt8[Tensor, "b h w 3"]) -> Float[Tensor, "b 3 h w"]:
    """Levels → pictures, on the same device."""
    return frames.permute(0, 3, 1, 2).float().div(127.5).sub(1.0)


def to_frames(pictures: Float[Tensor, "b 3 h w"]) -> NDArray[np.uint8]:
    """Pictures, clamped → levels `[b, h, w, 3]`."""
    levels = pictures.clamp(-1, 1).add(1.0).mul(127.5).round().byte()
    result: NDArray[np.uint8] = levels.permute(0, 2, 3, 1).contiguous().cpu().numpy()
    return result
