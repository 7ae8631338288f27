"""What a pipeline of diffusers makes, as far as its call says; the rest is known once it is loaded. No torch."""

from manazir.checkpoints.pipeline_call import Call
from manazir.core.errors import ShapeError
from manazir.inference.makes import Makes

MULTIPLE = 16
"""Of widths and heights, in pixels: what an autoencoder and patches of two latents fold. Pipelines may want more."""
ASSUMED_RATE = 24.0
"""Of frames a second, where nothing is known of a pipeline's."""
LONGEST_SECONDS = 60.0


def makes_of(name: str, size: tuple[int, int], multiple: int = MULTIPLE) -> Makes:
    """How sizes like one lie."""
    return Makes(
        name=name,
        sizes=(size,),
        multiple=multiple,
        frames_per_latent=1,
        frame_rate=ASSUMED_RATE,
        frames=1,
        longest_seconds=LONGEST_SECONDS,
        holds_pictures=False,
    )


def usual_rate(call: Call) -> float:
    """Frames a second, unless a pipeline is told others."""
    return float(call.usual.get("frame_rate", ASSUMED_RATE))


def fixed_rate(call: Call) -> float | None:
    """At which a pipeline makes frames; None: at any."""
    return None if "frame_rate" in call.takes else usual_rate(call)


def usual_size(call: Call) -> tuple[int, int] | None:
    """Width and height, unless a pipeline is told others; None: its call does not say."""
    width, height = call.usual.get("width"), call.usual.get("height")
    return None if width is None or height is None else (int(width), int(height))


def check_size(name: str, call: Call, width: int, height: int) -> None:
    """Raise unless a size can be asked for.

    Raises:
        ShapeError: names what can.
    """
    if "width" not in call.takes:
        told = f"{name} makes films as large as it sees fit for their first frame, so it cannot be asked for "
        told += f"{width}x{height}; leave the size out, or let the result be scaled (--resample)"
        raise ShapeError(told).named("size_of_picture", model=name)
    makes_of(name, (width, height)).check_size(width, height)
