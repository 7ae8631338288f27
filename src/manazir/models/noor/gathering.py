"""Gathering: things, from the votes of an eye that agree about them."""

import torch
from jaxtyping import Float
from torch import Tensor

from manazir.core import layout as at
from manazir.models.noor.eye import Votes
from manazir.models.noor.sketch import radius_of

LEAST_VOTES = 0.8
"""Fewer, in sum, are no thing."""
_COVERED = 0.25
_REACH = 0.5
"""How far apart votes for one centre lie at most, in its radii; beside a hundredth of the picture."""
_AGREED = 0.15
_WITHIN, _FEW = 1.0, 0.6
"""Of a thing's radius, and of its votes."""
_RAMP = at.SHAPE.stop - 1


def gather(votes: Votes) -> Float[Tensor, "b s f"]:
    """Layouts of single frames. Bodies stand in slots in no order; a slot in which nothing is seen is all zeros."""
    layouts = torch.zeros(len(votes.covered), at.SLOTS, at.FEATURES, device=votes.covered.device)
    layouts[:, at.SET] = votes.scenery
    layouts[:, at.SET, at.PRESENT] = 1.0
    for frame, layout in enumerate(layouts):
        chances = votes.covered[frame].sigmoid()
        slot = at.BODIES.start
        for thing in _things(votes.things[frame][chances > _COVERED], chances[chances > _COVERED]):
            if thing[_RAMP] > at.KIND / 2:
                layout[at.RAMP] = thing
            elif slot < at.BODIES.stop:
                layout[slot] = thing
                slot += 1
    return layouts.clamp(-at.LARGEST, at.LARGEST)  # of a picture unlike all that it has seen, an eye says anything


def _things(votes: Float[Tensor, "n f"], chances: Float[Tensor, " n"]) -> list[Float[Tensor, " f"]]:
    """The means of votes that agree, most votes first."""
    found: list[Tensor] = []
    counts: list[float] = []
    agreement = _agreement(votes)
    while len(found) <= at.SLOTS and len(votes):
        scores = agreement @ chances
        best = int(scores.argmax())
        if scores[best] < LEAST_VOTES:
            break
        weights = agreement[best] * chances
        thing = (weights[:, None] * votes).sum(0) / weights.sum()
        thing[at.PRESENT] = 1.0
        if not _is_edge(thing, float(scores[best]), found, counts):
            found.append(thing)
            counts.append(float(scores[best]))
        chances = torch.where(agreement[best] > _AGREED, 0.0, chances)
    return found


def _is_edge(thing: Float[Tensor, " f"], count: float, found: list[Tensor], counts: list[float]) -> bool:
    """Whether few votes speak of something within another thing: where two meet, an eye sees a little of both."""
    for other, votes in zip(found, counts, strict=True):
        if (thing[_RAMP] > at.KIND / 2) != (other[_RAMP] > at.KIND / 2):
            continue  # a body on a ramp
        apart = (thing - other)[[at.ACROSS, at.UP]].norm() / at.PLACE_SCALE
        if apart < _WITHIN * radius_of(other) and count < _FEW * votes:
            return True
    return False


def _agreement(votes: Float[Tensor, "n f"]) -> Float[Tensor, "n n"]:
    """How much each two votes speak of one thing: of one place, with one look."""
    centres = votes[:, [at.ACROSS, at.UP]] / at.PLACE_SCALE
    radius = radius_of(votes)
    reach = _REACH * torch.minimum(radius[:, None], radius[None]) + 0.02
    apart = torch.cdist(centres, centres) / reach
    looks = votes[:, at.COLOUR.start : at.SHAPE.stop]
    unlike = torch.cdist(looks, looks)
    return torch.exp(-apart.square() - 0.3 * unlike.square())
