"""The library call: `manazir.generate(Canvas(...)) -> Clip`."""

from collections.abc import Callable
from functools import cache

from manazir.core.canvas import Canvas
from manazir.inference.catalogue import DEFAULT
from manazir.inference.device import choose_device
from manazir.inference.engine import Engine, Settings, Step
from manazir.inference.engines import load_engine
from manazir.inference.produce import Produced, produce
from manazir.media.clip import Clip


def generate(
    canvas: Canvas,
    *,
    model: str = DEFAULT,
    steps: int | None = None,
    guidance_scale: float | None = None,
    allows_resampling: bool = False,
    on_step: Callable[[int, int], None] | None = None,
) -> Clip:
    """Fill in a canvas. The model stays loaded for the next call.

    Args:
        steps: from 1 to 200; None: the model's own.
        guidance_scale: how strictly the prompt is followed, from 0 to 20; 1 is not at all beyond the plain condition.
        allows_resampling: whether a size that the model does not make is reached by scaling and cropping.
        on_step: told how many steps are done, and of how many.

    Raises:
        UnsupportedError, ShapeError, CanvasError: the model cannot do it, and what it can.
        MediaError: a file of the canvas is not what it should be.
        CheckpointError: the model's weights are absent or damaged.
    """
    return take(
        canvas,
        model=model,
        steps=steps,
        guidance_scale=guidance_scale,
        allows_resampling=allows_resampling,
        on_step=on_step,
    ).clip


def take(
    canvas: Canvas,
    *,
    model: str = DEFAULT,
    steps: int | None = None,
    guidance_scale: float | None = None,
    allows_resampling: bool = False,
    on_step: Callable[[int, int], None] | None = None,
) -> Produced:
    """Fill in a canvas as `generate` does; return the clip with its take, which says how to make it again."""
    settings = Settings(steps=steps, guidance_scale=guidance_scale)
    for event in produce(canvas, _loaded(model), settings, allows_resampling=allows_resampling):
        if isinstance(event, Produced):
            return event
        assert isinstance(event, Step)
        if on_step:
            on_step(event.done, event.total)
    raise AssertionError("the engine ended without a clip")


@cache
def _loaded(name: str) -> Engine:
    return load_engine(name, choose_device())
