"""From a canvas to the arguments of a pipeline of diffusers.

Sizes and lengths are the pipeline's own where the canvas leaves them open. A picture is cut to the size that is made;
where a pipeline takes its size from the picture, the picture stays as it is.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from manazir.checkpoints.pipeline_call import Call
from manazir.core.canvas import Canvas
from manazir.core.errors import ShapeError
from manazir.inference.engine import Settings
from manazir.inference.generic.makes import LONGEST_SECONDS, MULTIPLE, fixed_rate, makes_of, usual_rate, usual_size
from manazir.inference.sources import fit, picture_of

_FOLDS_TIME = ("vae_scale_factor_temporal", "vae_temporal_compression_ratio", "vae_temporal_scale_factor")
_FOLDS_SPACE = ("vae_scale_factor_spatial", "vae_spatial_compression_ratio", "vae_spatial_scale_factor")


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """What a pipeline is asked."""

    arguments: Mapping[str, Any]
    size: tuple[int, int] | None
    """Width and height that it was asked for."""
    asked: int | None
    """Frames that it was asked for."""
    wanted: int | None
    """Frames of those that are kept; None: as many as come."""
    frame_rate: float


def make_request(name: str, pipeline: Any, call: Call, canvas: Canvas, settings: Settings, seed: int) -> Request:
    """Read a canvas.

    Raises:
        ShapeError: this length or rate is not made.
        MediaError: a picture is not what it should be.
    """
    rate = _frame_rate(name, call, canvas)
    wanted = _frames(name, call, canvas, rate)
    asked = None if wanted is None else _whole(pipeline, wanted)
    pictures = [(key.at_seconds, picture_of(key.image)) for key in canvas.keyframes]
    size = _size(name, pipeline, call, canvas, [picture for _, picture in pictures])
    told = {
        "prompt": canvas.prompt,
        "negative_prompt": canvas.negative_prompt or None,
        "width": size and size[0],
        "height": size and size[1],
        "frames": asked,
        "frame_rate": int(rate) if rate == int(rate) else rate,
        "steps": settings.steps,
        "guidance_scale": settings.guidance_scale,
        "generator": torch.Generator().manual_seed(seed),
        "output_type": "np",
        **{"last_frame" if at is None else "first_frame": _image(picture, size) for at, picture in pictures},
    }
    arguments = {call.takes[ours]: value for ours, value in told.items() if value is not None and ours in call.takes}
    return Request(arguments=arguments, size=size, asked=asked, wanted=wanted, frame_rate=rate)


def _frame_rate(name: str, call: Call, canvas: Canvas) -> float:
    usual = usual_rate(call)
    if fixed_rate(call) is not None and canvas.frame_rate not in (None, usual):
        told = f"{name} makes {usual:g} frames/s, not {canvas.frame_rate:g}"
        raise ShapeError(told).named("no_such_rate", model=name, rate=usual)
    return canvas.frame_rate or usual


def _frames(name: str, call: Call, canvas: Canvas, rate: float) -> int | None:
    if canvas.duration_seconds is None:
        usual = call.usual.get("frames")
        return None if usual is None else int(usual)
    frames = round(canvas.duration_seconds * rate)
    if frames < 1:
        told = f"less than one frame at {rate:g} frames/s; ask for a longer clip"
        raise ShapeError(told).named("too_short", model=name)
    if canvas.duration_seconds > LONGEST_SECONDS:
        told = f"{canvas.duration_seconds:g} s is more than {name} makes; ask for {LONGEST_SECONDS:g} s at most"
        raise ShapeError(told).named("too_long", model=name, seconds=canvas.duration_seconds, most=LONGEST_SECONDS)
    return frames


def _whole(pipeline: Any, frames: int) -> int:
    """The least number of frames that fill whole latent frames."""
    folded = _first_of(pipeline, _FOLDS_TIME)
    return 1 + -(-(frames - 1) // folded) * folded


def _size(
    name: str, pipeline: Any, call: Call, canvas: Canvas, pictures: list[NDArray[np.uint8]]
) -> tuple[int, int] | None:
    """As asked; else the pipeline's usual one, in the shape of a picture; else the only one that it has."""
    own = usual_size(call)
    if "width" not in call.takes:
        return None
    if canvas.width is not None and canvas.height is not None:
        is_made = canvas.width % MULTIPLE == 0 and canvas.height % MULTIPLE == 0
        asked = canvas.width, canvas.height
        return asked if is_made else makes_of(name, own or asked, _multiple(pipeline)).size_like(*asked)
    if own is not None and pictures:
        h, w = pictures[0].shape[:2]
        return makes_of(name, own, _multiple(pipeline)).size_like(w * own[0], h * own[0])  # however small it is
    return own or _only_size(pipeline)


def _multiple(pipeline: Any) -> int:
    """What a pipeline's autoencoder and patches fold, and at least what all do."""
    patch = _config(pipeline).get("patch_size", 1)
    return math.lcm(MULTIPLE, _first_of(pipeline, _FOLDS_SPACE) * int(patch if isinstance(patch, int) else patch[-1]))


def _only_size(pipeline: Any) -> tuple[int, int] | None:
    """Of pipelines whose signature names none, what their networks were taught at; None: they do not say."""
    if hasattr(pipeline, "default_width"):
        return int(pipeline.default_width), int(pipeline.default_height)
    config, folded = _config(pipeline), _first_of(pipeline, _FOLDS_SPACE)
    if not {"sample_width", "sample_height"} <= set(config):
        return None
    return int(config["sample_width"] * folded), int(config["sample_height"] * folded)


def _config(pipeline: Any) -> Mapping[str, Any]:
    """Of its transformer; empty: it has none."""
    found: Mapping[str, Any] = getattr(getattr(pipeline, "transformer", None), "config", {})
    return found


def _first_of(pipeline: Any, names: tuple[str, ...]) -> int:
    return next((int(getattr(pipeline, each)) for each in names if hasattr(pipeline, each)), 1)


def _image(picture: NDArray[np.uint8], size: tuple[int, int] | None) -> Image.Image:
    return Image.fromarray(picture if size is None else fit(picture, *size))
