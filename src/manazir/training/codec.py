"""Teaching the picture codec: its components are fitted at once, its decoder learns from crops of noisy latents."""

from dataclasses import asdict
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor, nn

from manazir.media.clip import Clip
from manazir.models.codecs.levels import to_frames, to_pictures
from manazir.models.codecs.picture import CELL, PictureCodec, PictureCodecShape


class CodecTask:
    """Reconstruct crops from latents as a generator leaves them: a little noisy, and short of the finest components.

    Args:
        frames: `[h, w, 3]` uint8 pictures.
        latent_noise: standard deviation of that noise; the latents' own is about 1.
        least_share: how little may be left of the finest component; the coarser ones lose less.
        codec: one that is fitted already, to be taught further; None: a new one, fitted to the frames.
    """

    def __init__(
        self,
        frames: list[NDArray[np.uint8]],
        shape: PictureCodecShape,
        *,
        batch: int = 64,
        crop: int = 64,
        latent_noise: float = 0.08,
        least_share: float = 0.2,
        codec: PictureCodec | None = None,
    ) -> None:
        if codec is None:
            codec = PictureCodec(shape)
            blocks = np.concatenate([_blocks(frame) for frame in frames[:: max(1, len(frames) // 4000)]])
            codec.fit(to_pictures(torch.from_numpy(blocks)))
        self.model: nn.Module = codec
        self.frames, self.shape = frames, shape
        self.batch, self.crop = batch, crop
        self.latent_noise, self.least_share = latent_noise, least_share

    def loss(self, model: nn.Module, step: int, generator: torch.Generator) -> tuple[Tensor, dict[str, float]]:  # noqa: ARG002
        """L1 of pixels and of their differences with neighbours, which keeps edges sharp."""
        assert isinstance(model, PictureCodec)
        pictures = self._crops(generator)
        with torch.no_grad():
            latents = model.encode(pictures)
        decoded = model.decode(self._left_short(latents, generator))
        pixels = (decoded - pictures).abs().mean()
        edges = sum((decoded.diff(dim=axis) - pictures.diff(dim=axis)).abs().mean() for axis in (2, 3))
        mse = F.mse_loss(decoded.detach(), pictures)
        linear = F.mse_loss(model.decode_linear(latents), pictures)
        numbers = {"psnr": float(10 * torch.log10(4 / mse)), "linear_psnr": float(10 * torch.log10(4 / linear))}
        return pixels + edges, numbers

    def samples(self, model: nn.Module) -> NDArray[np.uint8]:
        """Four pictures above their reconstructions."""
        assert isinstance(model, PictureCodec)
        device = next(model.parameters()).device
        rows = [self.frames[i * len(self.frames) // 6] for i in range(6)]
        side = min(min(row.shape[0], row.shape[1]) for row in rows)
        pictures = to_pictures(torch.from_numpy(np.stack([row[:side, :side] for row in rows])).to(device))
        decoded = model.decode(model.encode(pictures))
        return np.concatenate([np.concatenate(list(to_frames(x)), axis=1) for x in (pictures, decoded)], axis=0)

    def facts(self) -> dict[str, Any]:
        """The codec's shape and its training's numbers."""
        numbers = {"latent_noise": self.latent_noise, "least_share": self.least_share, "frames": len(self.frames)}
        return {"codec": asdict(self.shape), **numbers}

    def _left_short(self, latents: Float[Tensor, "b c h w"], generator: torch.Generator) -> Float[Tensor, "b c h w"]:
        """A generator predicts means: what it is unsure of it makes too faint, and that is what is finest."""
        b, c = latents.shape[:2]
        least = 1 - (1 - self.least_share) * torch.rand(b, 1, generator=generator, device=generator.device)
        share = least ** torch.linspace(0, 1, c, device=latents.device)
        noise = torch.randn(latents.shape, generator=generator, device=latents.device)
        return latents * share[:, :, None, None] + self.latent_noise * noise

    def _crops(self, generator: torch.Generator) -> Float[Tensor, "b 3 crop crop"]:
        device = generator.device
        picks = torch.randint(0, len(self.frames), (self.batch,), generator=generator, device=device).tolist()
        places = torch.rand(self.batch, 2, generator=generator, device=device).tolist()
        crops = []
        for pick, (down, right) in zip(picks, places, strict=True):
            frame = self.frames[pick]
            top = int(down * (frame.shape[0] - self.crop + 1))
            left = int(right * (frame.shape[1] - self.crop + 1))
            crops.append(frame[top : top + self.crop, left : left + self.crop])
        return to_pictures(torch.from_numpy(np.stack(crops)).to(device))


def _blocks(frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The 16x16 blocks of a frame, as small pictures."""
    rows, columns = frame.shape[0] // CELL, frame.shape[1] // CELL
    blocks = frame[: rows * CELL, : columns * CELL].reshape(rows, CELL, columns, CELL, 3)
    return np.ascontiguousarray(blocks.transpose(0, 2, 1, 3, 4)).reshape(-1, CELL, CELL, 3)


def spread_frames(clips: list[Clip], per_clip: int) -> list[NDArray[np.uint8]]:
    """A few frames of each clip, evenly spread in time."""
    picks = np.linspace(0, 1, per_clip)
    return [clip.frames[round(at * (len(clip.frames) - 1))] for clip in clips for at in picks]
