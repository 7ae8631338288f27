"""Seeing: what is known of a clip's pictures, as what is known of its layout.

An eye says what is where in each frame, in no order. Bodies are followed from frame to frame, and take the slots in
which words lead to expect such bodies: who acts, whom it happens to, the others.
"""

from itertools import permutations

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from manazir.core import layout as at
from manazir.inference.noor.steadying import ENOUGH, GLIDING, steadied
from manazir.models.noor.gathering import gather
from manazir.models.noor.stretch import Guide, Levels, Stretch
from manazir.models.noor.symmetry import likened
from manazir.models.noor.transformer import Noor

_CHUNK = 48
"""Frames that are looked at together."""
_SOON = 4
"""Frames in which a body goes no farther than bodies are apart."""
_NEW = 6.0
"""How unlike a body of an earlier frame a body must be to be another."""
_LOOKS = [*range(at.COLOUR.start, at.SIZE + 1)]
_EMPTY = 8.0
"""What it costs to put a body where words lead to expect none, against as much for where they do."""


@torch.no_grad()
def see(
    noor: Noor, guide: Guide, pictures: Float[Tensor, "n 3 h w"], shown: Bool[Tensor, " t"], window: int
) -> Float[Tensor, "t s f"]:
    """The layout of the frames that are shown; zeros where nothing is seen, and in the other frames.

    Args:
        guide: the words.
        pictures: of the frames that are shown, -1 to 1.
    """
    result = torch.zeros(len(shown), at.SLOTS, at.FEATURES, device=shown.device)
    if len(pictures):
        parts = [gather(noor.eye(chunk)) for chunk in torch.split(pictures, _CHUNK)]
        times = torch.nonzero(shown)[:, 0]
        seen = calmed(followed(torch.cat(parts), times), times)
        placed = bound(seen, expected(noor, guide, window))[None]
        result[shown] = steadied(placed, placed[..., at.PRESENT] != 0)[0]
    return result


def followed(seen: Float[Tensor, "t s f"], times: Int[Tensor, " t"]) -> Float[Tensor, "t s f"]:
    """Frames whose bodies are put in one order: that of the first frame, then of their appearance.

    Args:
        times: when they are seen, in frames: the longer ago a body was, the farther it may have gone.
    """
    result = torch.zeros_like(seen)
    result[:, [at.SET, at.RAMP]] = seen[:, [at.SET, at.RAMP]]
    last = torch.zeros_like(seen[0, at.BODIES])  # of each body, as it was last seen, and when
    when = times.new_zeros(len(last))
    for frame, bodies in enumerate(seen[:, at.BODIES]):
        there = bodies[bodies[:, at.PRESENT] > 0]
        costs = torch.where(last[:, at.PRESENT] > 0, _unlike(there, last, times[frame] - when), _NEW)
        for body, place in enumerate(cheapest(costs)):
            is_new = last[place, at.PRESENT] == 0
            turned = likened(there[body], None if is_new else last[place, at.TURN])
            last[place], when[place] = turned, times[frame]
            result[frame, at.BODIES.start + place] = turned
    return result


def calmed(seen: Float[Tensor, "t s f"], times: Int[Tensor, " t"]) -> Float[Tensor, "t s f"]:
    """What an eye says roughly of a body's way, told by what it says well.

    An eye is sure of places, less of sizes and heights, and their trembling would be heard as blows. How large a body
    appears changes slowly: it follows a cubic. How high it is follows from where it is seen, by the best linear rule.
    A camera's way bends once at most.
    """
    result = seen.clone()
    since = (times - times[0]).to(seen.dtype)
    moments = 2.0 * since / since[-1].clamp(min=1.0) - 1.0
    if len(seen) >= ENOUGH:
        bent = torch.stack([moments**power for power in range(3)], dim=1)
        result[:, at.SET, GLIDING] = bent @ torch.linalg.pinv(bent) @ seen[:, at.SET, GLIDING]
    for slot in range(at.BODIES.start, at.BODIES.stop):
        told = seen[:, slot, at.PRESENT] > 0
        if int(told.sum()) < ENOUGH:
            continue
        body, slow = seen[told, slot], torch.stack([moments[told] ** power for power in range(4)], dim=1)
        bulk = _fitted(slow, body[:, at.BULK])
        where = torch.stack([torch.ones_like(bulk), body[:, at.ACROSS], body[:, at.UP], bulk], dim=1)
        result[told, slot, at.BULK] = bulk
        result[told, slot, at.HEIGHT] = _fitted(where, body[:, at.HEIGHT])
    return result


def _fitted(causes: Float[Tensor, "t k"], effect: Float[Tensor, " t"]) -> Float[Tensor, " t"]:
    """What of an effect follows linearly from causes."""
    fitted: Tensor = causes @ (torch.linalg.pinv(causes, rtol=1e-3) @ effect)
    return fitted


def _unlike(
    bodies: Float[Tensor, "n f"], others: Float[Tensor, "m f"], later: Int[Tensor, " m"]
) -> Float[Tensor, "n m"]:
    """How far apart bodies are for the frames that went by, and how different they look."""
    apart = torch.cdist(bodies[:, [at.ACROSS, at.UP]], others[:, [at.ACROSS, at.UP]]).square()
    return (
        apart / (later / _SOON).clamp(min=1.0).square()
        + 0.25 * torch.cdist(bodies[:, _LOOKS], others[:, _LOOKS]).square()
    )


def expected(noor: Noor, guide: Guide, window: int) -> Float[Tensor, "s f"]:
    """What words alone lead to expect of each slot at first: what the network makes of nothing but noise."""
    blank = torch.zeros(1, window, at.SLOTS, at.FEATURES, device=guide.text.tokens.device)
    none = torch.zeros(1, 0, device=blank.device)
    video, sound = (
        blank.new_zeros(1, window, noor.shape.channels, 0, 0),
        none[..., None].expand(1, 0, noor.shape.sound_width),
    )
    stretch = Stretch(video, sound, blank)
    whole = torch.ones(1, window, at.SLOTS, device=blank.device)
    made = noor(stretch, Levels(whole[..., 0], none, whole), guide)
    assert isinstance(made, Stretch)
    return made.layout[0, 0]


def bound(seen: Float[Tensor, "t s f"], words: Float[Tensor, "s f"]) -> Float[Tensor, "t s f"]:
    """Put each body in the slot where words lead to expect one like it."""
    slots = range(at.BODIES.start, at.BODIES.stop)
    bodies = [slot for slot in slots if bool((seen[:, slot, at.PRESENT] > 0).any())]
    costs = torch.tensor([[_strange(seen[:, body], words[slot]) for slot in slots] for body in bodies])
    result = seen.clone()
    result[:, at.BODIES] = 0.0
    for body, place in zip(bodies, cheapest(costs), strict=True):
        result[:, at.BODIES.start + place] = seen[:, body]
    return result


def cheapest(costs: Float[Tensor, "n m"]) -> tuple[int, ...]:
    """A place for each of a few bodies, no two in one, at the least cost in all."""
    n = len(costs)
    table = costs.tolist()
    places = range(costs.shape[1] if n else 0)
    return min(permutations(places, n), key=lambda order: sum(table[body][place] for body, place in enumerate(order)))


def _strange(frames: Float[Tensor, "t f"], words: Float[Tensor, " f"]) -> float:
    """How far a body is from what words lead to expect: its looks, and where it is at first."""
    told = frames[frames[:, at.PRESENT] > 0]
    looks = (told[:, _LOOKS].mean(0) - words[_LOOKS]).square().sum()
    place = (told[0, [at.ACROSS, at.UP]] - words[[at.ACROSS, at.UP]]).square().sum()
    return float(looks + place - _EMPTY * words[at.PRESENT])
