"""How large LTX-2's video codec is, in the two forms that were released."""

import math
from dataclasses import dataclass
from itertools import pairwise

from manazir.core.errors import ShapeError
from manazir.models.codecs.ltx_video_blocks import Padding, Stride

SAME: Stride = (1, 1, 1)
SPACE: Stride = (1, 2, 2)
TIME: Stride = (2, 1, 1)
BOTH: Stride = (2, 2, 2)


@dataclass(frozen=True, kw_only=True, slots=True)
class StageShape:
    """Residual blocks at one size."""

    width: int
    blocks: int
    stride: Stride = SAME
    """How the size changes on the way in: smaller in an encoder, larger in a decoder. The first stage's does not."""


def _compression(stages: tuple[StageShape, ...]) -> Stride:
    time, height, width = (math.prod(stage.stride[axis] for stage in stages) for axis in range(3))
    return time, height, width


def _divide(channels: int, parts: int) -> None:
    if channels % parts:
        raise ShapeError(f"{channels} channels cannot be shared among {parts}; choose widths that are multiples")


@dataclass(frozen=True, kw_only=True, slots=True)
class LtxVideoShape:
    """Sizes of a video codec; as it stands, LTX-2's."""

    latent_channels: int = 128
    patch: int = 4
    """Pixels of a side that are channels from the start."""
    encoder: tuple[StageShape, ...] = (
        StageShape(width=128, blocks=4),
        StageShape(width=256, blocks=6, stride=SPACE),
        StageShape(width=512, blocks=6, stride=TIME),
        StageShape(width=1024, blocks=2, stride=BOTH),
        StageShape(width=2048, blocks=2, stride=BOTH),
    )
    decoder: tuple[StageShape, ...] = (
        StageShape(width=1024, blocks=5),
        StageShape(width=512, blocks=5, stride=BOTH),
        StageShape(width=256, blocks=5, stride=BOTH),
        StageShape(width=128, blocks=5, stride=BOTH),
    )
    decoder_padding: Padding = "reflect"
    """The encoder pads with zeros."""
    decoder_has_shortcuts: bool = True
    """Whether larger grids are made beside the smaller one's own channels."""
    is_decoder_causal: bool = False

    def __post_init__(self) -> None:
        """Refuse an encoder and a decoder that do not meet, and widths that cannot be folded."""
        for stages in (self.encoder, self.decoder):
            if [stage.stride == SAME for stage in stages] != [True] + [False] * (len(stages) - 1):
                raise ShapeError(f"the first stage has stride {SAME}, and every later one changes the size")
        if _compression(self.encoder) != _compression(self.decoder):
            raise ShapeError(
                f"the encoder shrinks (time, height, width) by {_compression(self.encoder)} and the decoder enlarges "
                f"by {_compression(self.decoder)}; give both the same strides"
            )
        for before, after in pairwise(self.encoder):
            cells = math.prod(after.stride)
            _divide(after.width, cells)
            _divide(before.width * cells, after.width)
        for before, after in pairwise(self.decoder if self.decoder_has_shortcuts else ()):
            cells = math.prod(after.stride)
            _divide(before.width, cells)
            _divide(after.width * cells, before.width)

    @property
    def compression(self) -> Stride:
        """Frames and pixels in a latent cell, along time, height and width."""
        time, height, width = _compression(self.encoder)
        return time, height * self.patch, width * self.patch


LTX_2_3_VIDEO = LtxVideoShape(
    encoder=(
        StageShape(width=128, blocks=4),
        StageShape(width=256, blocks=6, stride=SPACE),
        StageShape(width=512, blocks=4, stride=TIME),
        StageShape(width=1024, blocks=2, stride=BOTH),
        StageShape(width=1024, blocks=2, stride=BOTH),
    ),
    decoder=(
        StageShape(width=1024, blocks=2),
        StageShape(width=512, blocks=2, stride=BOTH),
        StageShape(width=512, blocks=4, stride=BOTH),
        StageShape(width=256, blocks=6, stride=TIME),
        StageShape(width=128, blocks=4, stride=SPACE),
    ),
    decoder_padding="zeros",
    decoder_has_shortcuts=False,
)
"""The codec of LTX-2.3, and LTX-2.5's convolutional one."""
