"""Outside still pictures, in the confined process: upright, sRGB, opaque."""

import io
import os

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageOps

from manazir.core.errors import MediaError
from manazir.media.alpha import on_white
from manazir.media.limits import Limits
from manazir.media.sniff import Kind

Pixels = NDArray[np.uint8]


def read(descriptor: int, kind: Kind, limits: Limits) -> Pixels:
    """The picture `[h, w, 3]`; of an animation the first one.

    Raises:
        MediaError: it has more pixels than the limit.
    """
    Image.MAX_IMAGE_PIXELS = None  # Pillow only warns below twice its limit; ours is checked here
    with os.fdopen(os.dup(descriptor), "rb") as file, Image.open(file, formats=[kind.value.upper()]) as image:
        width, height = image.size
        if width * height > limits.max_pixels:
            limit = limits.max_pixels
            raise MediaError(f"it is {width}x{height}, and {limit} pixels is the limit; make it smaller")
        return _opaque(_in_srgb(ImageOps.exif_transpose(image)))


def _in_srgb(image: Image.Image) -> Image.Image:
    """A phone's Display P3 picture would look pale if its profile were dropped."""
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in ("RGB", "RGBA", "CMYK", "L"):
        return image
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode=mode)
    return converted if converted is not None else image


def _opaque(image: Image.Image) -> Pixels:
    if image.mode.startswith("I") or image.mode == "F":  # 16 bits a pixel
        grey = (np.asarray(image, dtype=np.float64) / 257.0).round().clip(0, 255).astype(np.uint8)
        return np.repeat(grey[..., None], 3, axis=2)
    if image.has_transparency_data:
        return on_white(np.asarray(image.convert("RGBA")))
    return np.array(image.convert("RGB"))
