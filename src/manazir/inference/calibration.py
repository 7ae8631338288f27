"""A model of the library calibrated for `--cache mag`."""

from collections.abc import Callable
from dataclasses import replace

from manazir.core.canvas import Canvas
from manazir.core.errors import ShapeError, UnsupportedError
from manazir.inference.calibrating import Measuring
from manazir.inference.device import repeatable
from manazir.inference.engine import Engine, Settings, Step
from manazir.inference.library_engine import LibraryEngine
from manazir.inference.magnitudes_file import Calibration, keep_calibration

FEWEST_STEPS = 4
"""Of fewer, there is nothing to leave out."""


def calibrate(
    engine: Engine, canvas: Canvas, settings: Settings, seed: int, on_step: Callable[[int, int], object]
) -> Calibration:
    """Make a film with every step in full; keep how large what the blocks add is, and return it.

    Raises:
        UnsupportedError: the model has no step cache, or cannot make this film.
        ShapeError: there are too few steps.
        MediaError: the model's folder cannot be written.
    """
    if not isinstance(engine, LibraryEngine):
        raise UnsupportedError(f"{engine.name} has no step cache; Wan and LTX-2 have one")
    steps = int(engine.used(settings)["steps"])
    if steps < FEWEST_STEPS:
        raise ShapeError(f"{steps} steps leave a step cache nothing to leave out; give {FEWEST_STEPS} or more")
    measuring = Measuring()
    with repeatable(engine.device):
        for event in replace(engine, measuring=measuring).fill(canvas, settings, seed):
            if isinstance(event, Step):
                on_step(event.done, event.total)
    made = Calibration(
        weights_hash=engine.weights_hash, schedule=engine.schedule(settings), ratios=measuring.ratios(steps)
    )
    keep_calibration(engine.model.folder, made)
    return made
