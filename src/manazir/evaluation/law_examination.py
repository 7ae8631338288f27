"""A model's velocity error on PhyWorld's laws, beside its floor (the truth, read alike) and three baselines."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from manazir.core.canvas import Canvas, Extension
from manazir.core.seeds import derive
from manazir.evaluation.examination import made_clip
from manazir.evaluation.intervals import Figure, mean_figure
from manazir.evaluation.phyworld import (
    GIVEN_FRAMES,
    INSIDE,
    LEVELS,
    Case,
    as_nearest,
    draw_cases,
    go_on,
    read_centres,
    stay,
    velocity_error,
)
from manazir.inference.engine import Settings
from manazir.inference.noor.model import NoorModel
from manazir.media.clip import Clip
from manazir.worlds.render import render_frames
from manazir.worlds.scene import Event

BANK = 2000
"""Scenes inside the training ranges, for the nearest training clip."""
ENTRANTS = ("model", "truth", "static", "constant velocity", "nearest training clip")

Errors = dict[str, float]
"""By entrant, in PhyWorld's lengths a second."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LawExamined:
    """One scene of one law."""

    law: Event
    level: str
    errors: Errors


def examine_laws(
    count: int, seed: int, model: NoorModel | None, settings: Settings, *, frames: int = 24
) -> Iterator[LawExamined]:
    """Read scenes of every law inside the training ranges, and as many outside, spread over PhyWorld's levels.

    Args:
        count: scenes of each law inside, and at least as many outside.
        model: None for the floor and the baselines alone.
    """
    rate, side = (12.0, 128) if model is None else (model.frame_rate, min(model.sizes[0]))
    for law, levels in LEVELS.items():
        bank = draw_cases(law, INSIDE, BANK, derive(seed, "bank"), frames=frames, frame_rate=rate)
        wanted = [(INSIDE, count), *((level, -(-count // len(levels))) for level in levels)]
        for level, share in wanted:
            for case in draw_cases(law, level, share, seed, frames=frames, frame_rate=rate):
                yield LawExamined(law=law, level=level, errors=_errors(case, bank, model, settings, side))


def _errors(case: Case, bank: Sequence[Case], model: NoorModel | None, settings: Settings, side: int) -> Errors:
    pictures = render_frames(case.scene, case.truth, side, side, threads=1)
    read = read_centres(pictures, case)
    given = read[:GIVEN_FRAMES]
    radii = np.array([body.size for body in case.scene.bodies])
    ways = {
        "truth": read,
        "static": stay(given, len(read)),
        "constant velocity": go_on(given, len(read)),
        "nearest training clip": as_nearest(given, radii, bank),
    }
    if model is not None:
        start = Clip(pictures[:GIVEN_FRAMES], case.scene.frame_rate)
        rest = (len(read) - GIVEN_FRAMES) / case.scene.frame_rate
        canvas = Canvas(extension=Extension(clip=start), duration_seconds=rest, width=side, height=side)
        ways["model"] = read_centres(made_clip(canvas, model, settings, case.scene.seed).frames, case)
    return {name: velocity_error(way, case) for name, way in ways.items()}


def summarise_laws(examined: Sequence[LawExamined]) -> Mapping[tuple[str, str], Mapping[str, Figure]]:
    """Return, for each law inside and outside the training ranges, the mean error of each entrant."""
    groups: dict[tuple[str, str], list[Errors]] = {}
    for one in examined:
        place = "inside" if one.level == INSIDE else "outside"
        groups.setdefault((one.law.value, place), []).append(one.errors)
    return {
        key: {name: mean_figure(np.array([e[name] for e in errors])) for name in ENTRANTS if name in errors[0]}
        for key, errors in groups.items()
    }
