"""The encoder and the decoder of the Wan video autoencoders, put together from their blocks.

Both are chains: frames go through their parts in the order in which these are assigned.
"""

from itertools import pairwise

from jaxtyping import Float
from torch import Tensor, nn

from manazir.core.errors import ShapeError
from manazir.models.codecs.causal_conv import CausalConv, Chain, Past
from manazir.models.codecs.wan_vae_blocks import NormedSilu, ResidualBlock, middle
from manazir.models.codecs.wan_vae_resampling import AverageShortcut, Downsample, RepeatShortcut, Upsample
from manazir.models.codecs.wan_vae_shape import WanVaeShape


class Stage(nn.Module):
    """Blocks of one width, a change of size behind them, and beside them all a shortcut without weights."""

    def __init__(self, blocks: Chain, beside: nn.Module | None) -> None:
        super().__init__()
        self.blocks = blocks
        self.beside = beside

    def forward(self, x: Float[Tensor, "b t h w c"], past: Past = None) -> tuple[Float[Tensor, "b u i j d"], Past]:
        """Go through the blocks."""
        made, past = self.blocks(x, past)
        if self.beside is not None:
            made = made + self.beside(x)[:, -made.shape[1] :]  # a shortcut doubles even the first frame
        return made, past


class Encoder(Chain):
    """Patches of video → means and logarithms of variances of latents."""

    def __init__(self, shape: WanVaeShape) -> None:
        widths = [shape.width, *(shape.width * multiplier for multiplier in shape.multipliers)]
        halves = (*shape.halves_time, None)  # after the last stage, nothing
        sizes = zip(pairwise(widths), halves, strict=True)
        stages = [_encoder_stage(shape, width_in, width, halving) for (width_in, width), halving in sizes]
        super().__init__()
        self.enter = CausalConv(shape.channels_in, widths[0])
        self.stages = Chain(*stages)
        self.middle = middle(widths[-1])
        self.leave = Chain(NormedSilu(widths[-1]), CausalConv(widths[-1], 2 * shape.latent_channels))


class Decoder(Chain):
    """Latents → patches of video."""

    def __init__(self, shape: WanVaeShape) -> None:
        widths = [shape.decoder_width * multiplier for multiplier in reversed(shape.multipliers)]
        doubles = (*reversed(shape.halves_time), None)
        super().__init__()
        self.enter = CausalConv(shape.latent_channels, widths[0])
        self.middle = middle(widths[0])
        self.stages = Chain()
        width_in = widths[0]
        for width, doubling in zip(widths, doubles, strict=True):
            self.stages.append(_decoder_stage(shape, width_in, width, doubling))
            width_in = width if shape.is_residual else width // 2
        self.leave = Chain(NormedSilu(widths[-1]), CausalConv(widths[-1], shape.channels_out))


def _encoder_stage(shape: WanVaeShape, width_in: int, width: int, halves_time: bool | None) -> Stage:
    """One stage; `halves_time` is None where nothing is halved."""
    blocks = _blocks(shape.blocks, width_in, width)
    if halves_time is not None:
        blocks.append(Downsample(width, halves_time=halves_time))
    if not shape.is_residual:
        return Stage(blocks, None)
    by_time, by_space = 1 + bool(halves_time), 1 if halves_time is None else 2
    if width_in * by_time * by_space**2 % width:
        raise ShapeError(f"a stage of {width} channels cannot average {width_in} channels of what it reads")
    return Stage(blocks, AverageShortcut(width, by_time=by_time, by_space=by_space))


def _decoder_stage(shape: WanVaeShape, width_in: int, width: int, doubles_time: bool | None) -> Stage:
    """One stage; `doubles_time` is None where nothing is doubled."""
    blocks = _blocks(shape.blocks + 1, width_in, width)
    if doubles_time is None:
        return Stage(blocks, None)
    blocks.append(Upsample(width, width if shape.is_residual else width // 2, doubles_time=doubles_time))
    if not shape.is_residual:
        return Stage(blocks, None)
    by_time = 1 + doubles_time
    if width * by_time * 4 % width_in:
        raise ShapeError(f"a stage of {width} channels cannot repeat {width_in} channels of what it reads")
    return Stage(blocks, RepeatShortcut(width * by_time * 4 // width_in, by_time=by_time))


def _blocks(count: int, width_in: int, width: int) -> Chain:
    """Residual blocks, the first of which changes the width."""
    return Chain(*(ResidualBlock(width if index else width_in, width) for index in range(count)))
