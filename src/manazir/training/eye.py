"""Teaching the eye: layouts of single frames from their pixels, by regression at the places that each thing covers."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int
from numpy.typing import NDArray
from torch import Tensor, nn

from manazir.core import layout as at
from manazir.models.codecs.levels import to_frames, to_pictures
from manazir.models.codecs.picture import CELL, PictureCodec
from manazir.models.noor.eye import FINE, Eye, Votes
from manazir.models.noor.gathering import gather
from manazir.models.noor.painter import Painter
from manazir.models.noor.raster import upwards
from manazir.models.noor.silhouettes import axes, outside
from manazir.models.noor.sketch import nearness, places_of
from manazir.models.noor.symmetry import likened
from manazir.models.noor.transformer import NoorShape
from manazir.training.laid_out_frames import FrameGroup, LaidOutFrames

_SOFT = 0.05
"""Errors below this count by their square, larger ones by their size: what cannot be seen is then a median."""
_GRAIN = 0.06
"""At most, of a picture's noise (levels go from -1 to 1)."""
_SURPRISE = 0.1
"""Weight of the cross entropy of shapes, materials, patterns and backdrops beside errors of numbers."""


class LookingTask:
    """Frames drawn at random, a little grainy, as films are that were packed small.

    Args:
        groups: frames of each picture shape.
        shown: how many of the first group's `samples` shows, below what `painter` makes of what the eye sees in them.
    """

    def __init__(
        self,
        groups: Sequence[FrameGroup],
        shape: NoorShape,
        *,
        batch: int = 32,
        shown: int = 8,
        codec: PictureCodec | None = None,
        painter: Painter | None = None,
    ) -> None:
        self.model: nn.Module = Eye(shape.eye_widths).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.frames, self.shape, self.batch = LaidOutFrames(groups, shown), shape, batch
        self.codec, self.painter = codec, painter

    def loss(self, model: nn.Module, step: int, generator: torch.Generator) -> tuple[Tensor, dict[str, float]]:  # noqa: ARG002
        """What is covered, by what, and the set; in the log, errors of places and colours where things are seen."""
        pictures, layout = self.frames.draw(self.batch, generator)
        layout = canonical(layout)
        grain = _GRAIN * torch.rand(self.batch, 1, 1, 1, generator=generator, device=generator.device)
        noise = torch.randn(pictures.shape, generator=generator, device=generator.device)
        votes = model(pictures + grain * noise)
        assert isinstance(votes, Votes)
        is_covered, owner = coverage(layout, pictures.shape[2] // CELL, pictures.shape[3] // CELL)
        covered = F.binary_cross_entropy_with_logits(votes.covered, is_covered.float())
        things = layout.gather(1, owner[..., None].expand(-1, -1, at.FEATURES))
        share = is_covered / sizes(is_covered, owner).sqrt()
        of_places = (_error(votes.things, things, at.KINDS) * share).sum() / share.sum().clamp(min=1)
        scenery = _error(votes.scenery, layout[:, at.SET], at.SET_KINDS).mean()
        return covered + of_places + scenery, _figures(votes, is_covered, things, layout)

    @torch.no_grad()
    def samples(self, model: nn.Module) -> NDArray[np.uint8] | None:
        """True frames above what is painted of what the eye sees in them."""
        if self.codec is None or self.painter is None:
            return None
        device = next(model.parameters()).device
        self.codec.to(device)
        self.painter.to(device)
        true = to_pictures(self.frames.shown.frames.to(device))
        seen = gather(model(true))
        seen[..., at.PRESENT] = torch.where(seen[..., at.PRESENT] > 0, 1.0, -1.0)
        painted = self.codec.decode(self.painter(seen, true.shape[2] // CELL, true.shape[3] // CELL))
        return np.concatenate([np.concatenate(list(to_frames(part)), axis=1) for part in (true, painted)], axis=0)

    def facts(self) -> dict[str, Any]:
        """Sizes, and how many frames there were."""
        return {"eye": {"widths": self.shape.eye_widths}, "batch": self.batch, "frames": len(self.frames)}


def canonical(layout: Float[Tensor, "b s f"]) -> Float[Tensor, "b s f"]:
    """Layouts in which each body is turned in the one way, of those that look the same, that an eye can tell."""
    return torch.cat([layout[:, : at.SET + 1], likened(layout[:, at.SET + 1 :])], dim=1)


def coverage(layout: Float[Tensor, "b s f"], rows: int, columns: int) -> tuple[Bool[Tensor, "b n"], Int[Tensor, "b n"]]:
    """Whether a thing is seen at each of an eye's places (or within half a step of it), and in which slot it stands."""
    things = layout[:, at.SET + 1 :]
    places = places_of(FINE * rows, FINE * columns, layout.device)
    pitch = 2.0 / (FINE * min(rows, columns))
    offsets = places[:, None] - (things[..., [at.ACROSS, at.UP]] / at.PLACE_SCALE)[:, None]
    edge = outside(offsets, things, axes(things, upwards(layout[:, at.SET]))) / pitch
    front = torch.exp(8.0 * nearness(things))[:, None] * ((edge < 0.5) & (things[..., at.PRESENT] > 0)[:, None])
    most, owner = front.max(-1)
    return most > 0, owner + at.SET + 1


def sizes(is_covered: Bool[Tensor, "b n"], owner: Int[Tensor, "b n"]) -> Float[Tensor, "b n"]:
    """At how many places the thing that covers a place is seen; at least one."""
    counts = torch.zeros(len(owner), at.SLOTS, device=owner.device).scatter_add(1, owner, is_covered.float())
    return counts.gather(1, owner).clamp(min=1)


def _error(told: Float[Tensor, "*b f"], truth: Float[Tensor, "*b f"], groups: tuple[slice, ...]) -> Float[Tensor, "*b"]:
    """Errors of numbers, and surprise at kinds: the median of what is of five kinds would be none of them."""
    is_number = torch.ones(at.FEATURES, device=told.device)
    surprise = torch.zeros_like(told[..., 0])
    for kinds in groups:
        is_number[kinds] = 0.0
        surprise = surprise - (truth[..., kinds] * (told[..., kinds] / at.KIND + 1e-4).log()).sum(-1) / at.KIND
    weights = is_number if groups is at.SET_KINDS else is_number * weights_of(truth)
    error = F.smooth_l1_loss(told, truth, beta=_SOFT, reduction="none") * weights
    return error.mean(-1) + _SURPRISE * surprise


def weights_of(things: Float[Tensor, "b n f"]) -> Float[Tensor, "b n f"]:
    """Places and sizes weigh more than looks; where a rod hangs counts only if there is one."""
    weights = torch.ones_like(things)
    weights[..., [at.ACROSS, at.UP, at.BULK]] = 6.0
    weights[..., at.HEIGHT : at.SHADOW_UP + 1] = 2.0
    weights[..., at.ROD_ACROSS : at.ROD_UP + 1] = (things[..., at.ROD, None] > 0.5).float()
    return weights


def _figures(
    votes: Votes, is_covered: Bool[Tensor, "b n"], things: Float[Tensor, "b n f"], layout: Float[Tensor, "b s f"]
) -> dict[str, float]:
    with torch.no_grad():
        are_right = votes.things[..., at.SHAPE].argmax(-1) == things[..., at.SHAPE].argmax(-1)
        off = (votes.things - things).abs()[is_covered]
        return {
            "covered": float(((votes.covered > 0) == is_covered).float().mean()),
            "places": float(off[:, [at.ACROSS, at.UP]].mean()),
            "colours": float(off[:, at.COLOUR].mean()),
            "shapes": float(are_right[is_covered].float().mean()),
            "turns": float(off[:, at.TURN].mean()),
            "ground": float((votes.scenery - layout[:, at.SET])[:, at.GROUND].abs().mean()),
        }
