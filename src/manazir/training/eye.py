"""Teaching the eye: layouts of single frames from their latents, by regression at the places that each thing covers."""

from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int
from numpy.typing import NDArray
from torch import Tensor, nn

from manazir.core import layout as at
from manazir.data.latents import LatentShard
from manazir.models.codecs.levels import to_frames
from manazir.models.codecs.picture import PictureCodec
from manazir.models.noor.eye import FINE, Eye, Votes
from manazir.models.noor.gathering import gather
from manazir.models.noor.painter import Painter
from manazir.models.noor.raster import upwards
from manazir.models.noor.silhouettes import axes, outside
from manazir.models.noor.sketch import nearness, places_of
from manazir.models.noor.symmetry import likened
from manazir.models.noor.transformer import NoorShape
from manazir.training.noor import Clips

_SOFT = 0.05
"""Errors below this count by their square, larger ones by their size: what cannot be seen is then a median."""


_SURPRISE = 0.1
"""Weight of the cross entropy of shapes, materials, patterns and backdrops beside errors of numbers."""


class LookingTask:
    """Frames drawn at random from all clips.

    Args:
        shown: a shard of which `samples` shows a few frames, below what `painter` makes of what the eye sees in them.
    """

    def __init__(
        self,
        clips: Clips,
        shape: NoorShape,
        *,
        batch: int = 64,
        frames_per_clip: int = 2,
        shown: LatentShard | None = None,
        codec: PictureCodec | None = None,
        painter: Painter | None = None,
    ) -> None:
        self.model: nn.Module = Eye(shape.channels, shape.eye_width).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.clips, self.shape, self.batch, self.frames_per_clip = clips, shape, batch, frames_per_clip
        self.shown, self.codec, self.painter = shown, codec, painter

    def loss(self, model: nn.Module, step: int, generator: torch.Generator) -> tuple[Tensor, dict[str, float]]:  # noqa: ARG002
        """What is covered, by what, and the set; in the log, errors of places and colours where things are seen."""
        clips = self.clips.draw(self.batch // self.frames_per_clip, generator)
        count = len(clips.video) * self.frames_per_clip
        frames = torch.randint(0, clips.video.shape[1], (count,), generator=generator, device=generator.device)
        rows = torch.arange(count, device=generator.device) // self.frames_per_clip
        layout, latents = canonical(clips.layout[rows, frames]), clips.video[rows, frames]
        votes = model(latents)
        assert isinstance(votes, Votes)
        is_covered, owner = coverage(layout, *latents.shape[-2:])
        covered = F.binary_cross_entropy_with_logits(votes.covered, is_covered.float())
        things = layout.gather(1, owner[..., None].expand(-1, -1, at.FEATURES))
        share = is_covered / sizes(is_covered, owner).sqrt()
        of_places = (_error(votes.things, things, at.KINDS) * share).sum() / share.sum().clamp(min=1)
        scenery = _error(votes.scenery, layout[:, at.SET], at.SET_KINDS).mean()
        return covered + of_places + scenery, _figures(votes, is_covered, things, layout)

    @torch.no_grad()
    def samples(self, model: nn.Module) -> NDArray[np.uint8] | None:
        """Eight true frames above what is painted of what the eye sees in them, from three moments."""
        if self.shown is None or self.codec is None or self.painter is None:
            return None
        rows = []
        for moment in torch.linspace(0, self.shown.video.shape[1] - 1, 3).long().tolist():
            clean = self.shown.video[:8, moment].float()
            seen = gather(model(clean))
            seen[..., at.PRESENT] = torch.where(seen[..., at.PRESENT] > 0, 1.0, -1.0)
            painted = self.painter(seen, *clean.shape[-2:])
            rows += [np.concatenate(list(to_frames(self.codec.decode(part))), axis=1) for part in (clean, painted)]
        return np.concatenate(rows, axis=0)

    def facts(self) -> dict[str, Any]:
        """Sizes, and the hash of the data."""
        shape = {"channels": self.shape.channels, "width": self.shape.eye_width}
        return {"eye": shape, "batch": self.batch, "data": self.clips.hash}


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
