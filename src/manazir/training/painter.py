"""Teaching the painter: latents of single frames from their true layouts, by regression."""

from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor, nn

from manazir.data.latents import LatentShard
from manazir.models.codecs.levels import to_frames
from manazir.models.codecs.picture import PictureCodec
from manazir.models.noor.painter import Painter
from manazir.models.noor.transformer import NoorShape
from manazir.training.importance import salience
from manazir.training.noor import Clips


class PaintingTask:
    """Frames drawn at random from all clips.

    Args:
        shown: a shard of which `samples` paints a few frames, below how they should look.
    """

    def __init__(
        self,
        clips: Clips,
        shape: NoorShape,
        *,
        batch: int = 64,
        weight_of_detail: float = 3.0,
        shown: LatentShard | None = None,
        codec: PictureCodec | None = None,
    ) -> None:
        self.model: nn.Module = Painter(shape.channels, shape.painter_widths).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.clips, self.shape, self.batch, self.weight_of_detail = clips, shape, batch, weight_of_detail
        self.shown, self.codec = shown, codec

    def loss(self, model: nn.Module, step: int, generator: torch.Generator) -> tuple[Tensor, dict[str, float]]:  # noqa: ARG002
        """Squared error, weighed towards cells with edges; in the log, the share of the variance left unexplained."""
        clips = self.clips.draw(self.batch, generator)
        frames = torch.randint(0, clips.video.shape[1], (self.batch,), generator=generator, device=generator.device)
        rows = torch.arange(self.batch, device=generator.device)
        layout, clean = clips.layout[rows, frames], clips.video[rows, frames]
        error = (model(layout, *clean.shape[-2:]) - clean).square()
        weight = salience(clean[None], self.weight_of_detail)[0]
        loss = (error * weight).mean()
        return loss, _unexplained(error.detach(), clean)

    @torch.no_grad()
    def samples(self, model: nn.Module) -> NDArray[np.uint8] | None:
        """Eight true frames above the painted ones, from three moments."""
        if self.shown is None or self.codec is None:
            return None
        rows = []
        for moment in torch.linspace(0, self.shown.video.shape[1] - 1, 3).long().tolist():
            clean = self.shown.video[:8, moment].float()
            painted = model(self.shown.layout[:8, moment].float(), *clean.shape[-2:])
            rows += [np.concatenate(list(to_frames(self.codec.decode(part))), axis=1) for part in (clean, painted)]
        return np.concatenate(rows, axis=0)

    def facts(self) -> dict[str, Any]:
        """Sizes, and the hash of the data."""
        shape = {"channels": self.shape.channels, "widths": self.shape.painter_widths}
        return {"painter": shape, "batch": self.batch, "data": self.clips.hash}


def _unexplained(error: Float[Tensor, "b c h w"], clean: Float[Tensor, "b c h w"]) -> dict[str, float]:
    """Of cells with edges and of the others: the error's share of the variance."""
    detail = clean[:, clean.shape[1] // 8 :].square().mean(1, keepdim=True)
    result = {}
    for name, mask in (("busy", detail > 0.5), ("rest", detail <= 0.5)):
        result[name] = float((error * mask).sum() / (clean.square() * mask).sum().clamp(min=1e-6))
    return result
