"""Teaching the finisher: true frames from what is painted of them, decoded, and their layouts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor, nn

from manazir.core import layout as at
from manazir.models.codecs.levels import to_frames, to_pictures
from manazir.models.codecs.picture import CELL, PictureCodec
from manazir.models.noor import raster
from manazir.models.noor.finisher import PIXELS, Finisher
from manazir.models.noor.painter import Painter
from manazir.models.noor.transformer import NoorShape
from manazir.training.laid_out_frames import FrameGroup, LaidOutFrames


@dataclass(frozen=True, kw_only=True, slots=True)
class Finishing:
    """How the finisher is taught."""

    batch: int = 16
    painted_share: float = 0.4
    """Of pictures that are as painted; the others lie anywhere between that and what the codec shows of the true."""
    latent_noise: float = 0.05
    wrong_share: float = 0.4
    """Of layouts that are not quite right, as an eye's are not."""
    layout_error: float = 0.08
    """Of such layouts, at most."""
    crop: int = 32
    """Squares along each side of what is looked at of a frame: a thing and what is around it, or any place."""
    anywhere_share: float = 0.4
    """Of crops of any place."""


class FinishingTask:
    """Frames drawn at random; codec and painter are fixed.

    Args:
        groups: frames of each picture shape.
        shown: how many of the first group's are kept for `samples`.
    """

    def __init__(
        self,
        groups: Sequence[FrameGroup],
        shape: NoorShape,
        codec: PictureCodec,
        painter: Painter,
        finishing: Finishing,
        *,
        shown: int = 8,
    ) -> None:
        self.model: nn.Module = Finisher(shape.finisher_widths).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.frames = LaidOutFrames(groups, shown)
        self.shape, self.finishing = shape, finishing
        self.codec, self.painter = codec.eval().requires_grad_(False), painter.eval().requires_grad_(False)

    def loss(self, model: nn.Module, step: int, generator: torch.Generator) -> tuple[Tensor, dict[str, float]]:  # noqa: ARG002
        """Absolute error of pixels and of their differences with neighbours; how much better it is than what came."""
        assert isinstance(model, Finisher)
        self.codec.to(generator.device)
        self.painter.to(generator.device)
        true, layout = self.frames.draw(self.finishing.batch, generator)
        with torch.no_grad():
            soft = self.codec.decode(self._drawn(true, layout, generator))
        high, wide = true.shape[2] // PIXELS, true.shape[3] // PIXELS
        places, pitch = raster.squares_of(high, wide, true.device)
        where = raster.as_picture(places, high, wide).expand(len(true), -1, -1, -1)
        known = torch.cat([where, *(F.pixel_unshuffle(picture, PIXELS) for picture in (soft, true))], dim=1)
        where, soft, true = torch.split(self._cropped(known, layout, generator), [2, 12, 12], dim=1)
        missing = model.missing(soft, self._told(layout, generator), where.flatten(2).mT, pitch)
        finished = F.pixel_shuffle(soft + missing, PIXELS)
        soft, true = F.pixel_shuffle(soft, PIXELS), F.pixel_shuffle(true, PIXELS)
        edges = sum((finished.diff(dim=axis) - true.diff(dim=axis)).abs().mean() for axis in (2, 3))
        before, after = (_psnr(picture, true) for picture in (soft, finished))
        return (finished - true).abs().mean() + edges, {"psnr": after, "gain": after - before}

    @torch.no_grad()
    def samples(self, model: nn.Module) -> NDArray[np.uint8] | None:
        """True frames above painted and finished ones."""
        device = next(model.parameters()).device
        self.codec.to(device)
        self.painter.to(device)
        shown = self.frames.shown
        true, layout = to_pictures(shown.frames.to(device)), shown.layout.float().to(device)
        soft = self.codec.decode(self.painter(layout, true.shape[2] // CELL, true.shape[3] // CELL))
        rows = [np.concatenate(list(to_frames(part)), axis=1) for part in (true, soft, model(soft, layout))]
        return np.concatenate(rows, axis=0)

    def facts(self) -> dict[str, Any]:
        """Sizes, and how many frames there were."""
        return {
            "finisher": {"widths": self.shape.finisher_widths},
            "frames": len(self.frames),
        }

    def _drawn(self, true: Tensor, layout: Tensor, generator: torch.Generator) -> Tensor:
        """Latents as a generator leaves them: as painted, or nearer to the true ones."""
        clean = self.codec.encode(true)
        painted = self.painter(layout, *clean.shape[-2:])
        near = torch.rand(len(true), 2, generator=generator, device=true.device)
        share = torch.where(near[:, 0] < self.finishing.painted_share, 0.0, near[:, 1])[:, None, None, None]
        noise = torch.randn(clean.shape, generator=generator, device=true.device)
        drawn: Tensor = painted + share * (clean - painted) + self.finishing.latent_noise * noise
        return drawn

    def _told(self, layout: Float[Tensor, "b s f"], generator: torch.Generator) -> Float[Tensor, "b s f"]:
        """Layouts, some of them not quite right."""
        drawn = torch.rand(len(layout), 2, generator=generator, device=layout.device)
        size = torch.where(drawn[:, 0] < self.finishing.wrong_share, drawn[:, 1] * self.finishing.layout_error, 0.0)
        noise = torch.randn(layout.shape, generator=generator, device=layout.device) * (layout != 0)
        noise[..., at.PRESENT] = 0.0
        return layout + size[:, None, None] * noise

    def _cropped(
        self, maps: Float[Tensor, "b c h w"], layout: Float[Tensor, "b s f"], generator: torch.Generator
    ) -> Float[Tensor, "b c crop crop"]:
        """Of each frame, what is around one of the things in it, or around any place."""
        high, wide = maps.shape[2:]
        size = min(self.finishing.crop, high, wide)
        things = layout[:, at.SET + 1 :]
        seen = (things[..., at.PRESENT] > 0) & (things[..., [at.ACROSS, at.UP]].abs().amax(-1) < at.PLACE_SCALE)
        thing = torch.multinomial(seen + 1e-4, 1, generator=generator)
        chosen = things.gather(1, thing[..., None].expand(-1, 1, things.shape[2]))[:, 0]
        drawn = torch.rand(len(maps), 3, generator=generator, device=maps.device)
        centres = chosen[:, [at.UP, at.ACROSS]] / at.PLACE_SCALE * chosen.new_tensor([-0.5, 0.5]) * min(high, wide)
        around = centres + chosen.new_tensor([high / 2, wide / 2]) - size / 2 + (drawn[:, :2] - 0.5) * size / 3
        anywhere = drawn[:, :2] * chosen.new_tensor([high - size, wide - size])
        corners = torch.where(drawn[:, 2:] < self.finishing.anywhere_share, anywhere, around)
        parts = []
        for row, (top, left) in enumerate(corners.round().long().tolist()):
            top, left = min(max(top, 0), high - size), min(max(left, 0), wide - size)
            parts.append(maps[row, :, top : top + size, left : left + size])
        return torch.stack(parts)


def _psnr(made: Tensor, true: Tensor) -> float:
    return float(10 * torch.log10(4 / (made.detach().clamp(-1, 1) - true).square().mean()))
