"""Whether a clip shows what its caption says: only facts that the caption states are marked."""

from collections.abc import Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment

from manazir.evaluation.detectors.answers import Answers, SeenBody
from manazir.worlds.captions import BodyFacts, Caption

BODY_MARKS = ("colour", "shape", "size")
SCENE_MARKS = ("count", "event", "direction", "light_side", "camera")
MARKS = (*BODY_MARKS, *SCENE_MARKS)
WEIGHTS = {"colour": 4.0, "shape": 1.0, "size": 0.5}
"""What tells which seen body is meant: its colour above all."""

Marks = dict[str, float]
"""For each examined fact, 1 for right and 0 for wrong; of facts of bodies, the mean over the bodies."""


def mark(answers: Answers, caption: Caption) -> Marks:
    """Return the marks of a clip for the facts that its caption states."""
    meant = _meant(answers.bodies, caption)
    marks = {name: score for name in BODY_MARKS if (score := _body_mark(name, answers, caption, meant)) is not None}
    shown = {
        "count": str(len(answers.bodies)),
        "event": answers.event,
        "direction": _direction(answers, caption, meant),
        "light_side": answers.light_side,
        "camera": answers.camera,
    }
    said = {
        "count": str(len(caption.facts.bodies)),
        "event": caption.facts.event,
        "direction": caption.facts.direction,
        "light_side": caption.facts.light_side,
        "camera": caption.facts.camera,
    }
    return marks | {name: float(shown[name] == said[name]) for name in SCENE_MARKS if name in caption.mentioned}


def _stated(caption: Caption, place: int, body: BodyFacts) -> dict[str, str]:
    """What the caption states of the body that it names in this place (0 the first)."""
    values = {name: getattr(body, name) for name in BODY_MARKS}
    return {name: str(value) for name, value in values.items() if f"body{place + 1}_{name}" in caption.mentioned}


def _meant(seen: Sequence[SeenBody], caption: Caption) -> dict[int, int]:
    """Return which seen body each described one is, by the pairing that agrees best; there may be too few."""
    cost = np.zeros((len(caption.facts.bodies), len(seen)))
    for place, body in enumerate(caption.facts.bodies):
        for name, value in _stated(caption, place, body).items():
            cost[place] += [WEIGHTS[name] * (getattr(one, name) != value) for one in seen]
    return {int(place): int(one) for place, one in zip(*linear_sum_assignment(cost), strict=True)}


def _body_mark(name: str, answers: Answers, caption: Caption, meant: dict[int, int]) -> float | None:
    """Return the share of bodies that show what is stated, None where nothing is."""
    right = []
    for place, body in enumerate(caption.facts.bodies):
        stated = _stated(caption, place, body).get(name)
        if stated is not None:
            right.append(place in meant and getattr(answers.bodies[meant[place]], name) == stated)
    return float(np.mean(right)) if right else None


def _direction(answers: Answers, caption: Caption, meant: dict[int, int]) -> str | None:
    """Return where the actor goes, if the caption tells which body that is and the clip has it; else the main body."""
    place = caption.facts.actor
    if place is not None and "actor" in caption.mentioned and place in meant:
        one = answers.bodies[meant[place]]
        if one.colour == caption.facts.bodies[place].colour:
            return one.direction
    return None if answers.main is None else answers.bodies[answers.main].direction
