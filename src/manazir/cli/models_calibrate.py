"""`manazir models calibrate`: what the step cache `mag` goes by, measured on a film and kept beside the model."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from tyro.conf import Positional, arg

from manazir.checkpoints.library import is_installed
from manazir.cli.options import number, parse_size, read_options
from manazir.cli.progress import progress
from manazir.core.canvas import Canvas, Keyframe
from manazir.core.errors import CheckpointError

if TYPE_CHECKING:
    from manazir.inference.magnitudes_file import Calibration

EXAMPLES = (
    "manazir models calibrate wan2.1-t2v-1.3b --size 832x480",
    "manazir models calibrate wan2.2-i2v-a14b --first-frame fox.png",
)
PROMPT = "A red fox trots through fresh snow at dawn, breath steaming, camera follows at its side"
Number = Annotated[int | None, number(int, "N"), arg(help_behavior_hint="")]
Amount = Annotated[float | None, number(float, "X"), arg(help_behavior_hint="")]
Text = Annotated[str | None, arg(metavar="NAME", help_behavior_hint="")]


@dataclass(frozen=True, kw_only=True)
class Calibrate:
    """Make one film with every step in full, and write down how large what the blocks add is, from step to step.

    `manazir generate --cache mag` goes by it. It differs little from film to film, so once is enough for a model, a
    solver and a shift; other numbers of steps are told from it.
    """

    name: Annotated[str, Positional, arg(metavar="NAME")]
    """Which model of the library."""
    prompt: Annotated[str, arg(metavar="TEXT", help_behavior_hint="")] = PROMPT
    """What is seen in the film. Without it: a fox in the snow."""
    first_frame: Annotated[Path | None, arg(metavar="FILE", help_behavior_hint="")] = None
    """A picture that it begins with, for models that start from one."""
    size: Annotated[str, arg(metavar="TEXT", help_behavior_hint="")] = ""
    """Width x height. Without it: the model's own."""
    seconds: Amount = None
    """How long. Without it: the model's own length."""
    steps: Number = None
    """Of denoising. Without it: the model's own, which is best."""
    solver: Text = None
    """Of Wan; as --solver of generate."""
    shift: Amount = None
    """Of Wan; as --shift of generate."""
    precision: Text = None
    """As --precision of generate."""
    seed: Annotated[int, arg(metavar="N", help_behavior_hint="")] = 0
    """Of the film's noise."""
    json: bool = False
    """Print what was measured."""


def run(arguments: Sequence[str]) -> None:
    """Measure, keep, and tell."""
    options = read_options(Calibrate, "models calibrate", arguments, examples=EXAMPLES)
    if not is_installed(options.name):
        raise CheckpointError(f"{options.name!r} is not installed; `manazir models list` has what is")
    size = parse_size(options.size) if options.size else (None, None)
    pictures = () if options.first_frame is None else (Keyframe(image=options.first_frame, at_seconds=0.0),)
    canvas = Canvas(
        prompt=options.prompt, width=size[0], height=size[1], duration_seconds=options.seconds, keyframes=pictures
    )
    with progress("calibrating") as tell:
        made = _calibrated(options, canvas, tell)
    if options.json:
        told = {"name": options.name, "solver": made.schedule.solver, "shift": made.schedule.shift}
        print(json.dumps({**told, "ratios": made.ratios}, indent=1))
    else:
        print(f"{options.name} is calibrated{made.schedule.told}, over {len(made.ratios)} steps, for --cache mag")


def _calibrated(options: Calibrate, canvas: Canvas, tell: Callable[[int, int], None]) -> "Calibration":
    from manazir.inference.calibration import calibrate
    from manazir.inference.device import choose_device
    from manazir.inference.engine import Settings
    from manazir.inference.engines import load_engine

    settings = Settings(steps=options.steps, solver=options.solver, shift=options.shift)
    engine = load_engine(options.name, choose_device(), precision=options.precision)
    return calibrate(engine, canvas, settings, options.seed, tell)
