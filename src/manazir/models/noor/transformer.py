"""Noor: one transformer over a layout, video and sound, with a noise level for every frame.

A video token spans a few frames of a small square of latent cells: motion within a token is the network's own
output, which is why coherent motion appears early in training. A layout token is one slot of a layout (the set, a body;
core/layout.py) over a whole window, as waves (paths.py). A sound token is an eighth of a second. What is known (a first
frame, a keyframe, a prefix, a whole track) stands in its place with noise level 0: every task of a Canvas is the same
call. The network predicts the clean parts (x-prediction, arXiv:2511.13720): a layout first, without pictures, whose
ways the animator (animator.py) makes clear and a player's steerer (steerer.py) changes; pictures then start from what
the painter (painter.py) expects of that layout, sound from what the foley (foley.py) does, and decoded pictures are
sharpened by the finisher (finisher.py).
What is known of pictures, the eye (eye.py) turns into what is known of the layout.
"""

from dataclasses import dataclass, field

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from manazir.core import layout as at
from manazir.models.noor import sketch
from manazir.models.noor.anchors import agreeing, anchored, but_known
from manazir.models.noor.animator import Animator
from manazir.models.noor.eye import Eye
from manazir.models.noor.finisher import Finisher
from manazir.models.noor.foley import Foley
from manazir.models.noor.layers import Attention, SwiGLU, fourier, rms_norm
from manazir.models.noor.painter import Painter
from manazir.models.noor.paths import Expected, Paths
from manazir.models.noor.places import Places, places
from manazir.models.noor.stretch import Guide, Levels, Stretch, repeated
from manazir.models.text.encoder import EncodedText, TextEncoder, TextEncoderShape


@dataclass(frozen=True, kw_only=True, slots=True)
class NoorShape:
    """Sizes of a Noor transformer."""

    width: int = 256
    layers: int = 6
    heads: int = 4
    channels: int = 32
    """Of the picture codec's latents."""
    frames_per_token: int = 4
    cells_per_token: int = 1
    """Along each side."""
    frames_per_layout_token: int = 24
    """Many: between two tokens a body would jump. A stretch's length must be a multiple of it."""
    sound_width: int = 520
    """Numbers in a sound token."""
    hops_per_sound_token: int = 8
    rotary_dims: tuple[int, int, int] = (16, 12, 12)
    """Of a head's dimensions: how many turn with time, with height, with width."""
    text: TextEncoderShape = field(default_factory=TextEncoderShape)
    painter_widths: tuple[int, int, int] = (64, 112, 176)
    eye_widths: tuple[int, int, int] = (48, 96, 144)
    foley_width: int = 192
    animator_width: int = 40
    finisher_widths: tuple[int, int] = (40, 80)

    @property
    def video_width(self) -> int:
        """Numbers in a video token."""
        return self.channels * self.frames_per_token * self.cells_per_token**2


class _Block(nn.Module):
    def __init__(self, shape: NoorShape) -> None:
        super().__init__()
        self.attention = Attention(shape.width, shape.heads)
        self.feed_forward = SwiGLU(shape.width, 8 * shape.width // 3)
        self.text_keys_values = nn.Linear(shape.text.width, 2 * shape.width, bias=False)
        self.table = nn.Parameter(torch.zeros(6, shape.width))

    def prefix(self, text: Tensor, times: int) -> tuple[Tensor, Tensor]:
        key, value = self.text_keys_values(text).chunk(2, dim=-1)
        key = rms_norm(self.attention.split(key))
        return repeated(key, times), repeated(self.attention.split(value), times)

    def forward(self, x: Tensor, rows: Tensor, where: Places, text: Tensor) -> Tensor:
        # `rows` are few (one for each group of frames, one for each sound token); tokens pick theirs.
        parts = (rows + self.table).unbind(dim=2)
        shift, scale, gate, shift_2, scale_2, gate_2 = (part.index_select(1, where.rows) for part in parts)
        y = torch.addcmul(shift, rms_norm(x), 1 + scale)
        prefix = self.prefix(text, len(x) // len(text))
        x = torch.addcmul(x, gate, self.attention(y, where.rotary, prefix, where.seen))
        y = torch.addcmul(shift_2, rms_norm(x), 1 + scale_2)
        return torch.addcmul(x, gate_2, self.feed_forward(y))


class Noor(nn.Module):
    """Predicts a clean stretch from a noisy one."""

    def __init__(self, shape: NoorShape) -> None:
        super().__init__()
        self.shape = shape
        width, k = shape.width, shape.frames_per_token
        self.text_encoder = TextEncoder(shape.text)
        self.painter = Painter(shape.channels, shape.painter_widths)
        self.eye = Eye(shape.eye_widths)
        self.foley = Foley(shape.sound_width, shape.hops_per_sound_token, shape.foley_width)
        self.animator = Animator(shape.animator_width)
        self.finisher = Finisher(shape.finisher_widths)
        self.video_enter = nn.Linear(2 * shape.video_width + k * sketch.WIDTH + sketch.PLACE_WIDTH, width)
        self.paths = Paths(shape.frames_per_layout_token, width)
        self.layout_text = nn.Linear(shape.text.width, width, bias=False)
        self.slot_embedding = nn.Parameter(0.02 * torch.randn(at.SLOTS, width))
        self.sound_enter = nn.Linear(shape.sound_width, width)
        self.video_leave = nn.Linear(width, shape.video_width)
        self.sound_leave = nn.Linear(width, shape.sound_width)
        self.video_levels = nn.Linear(64 * k, width)
        self.layout_levels = nn.Linear(64, width)
        self.sound_levels = nn.Linear(64, width)
        self.extra = nn.Linear(64 * 2 + 2, width)  # step, guidance, causality, the picture's shape
        self.summary = nn.Linear(shape.text.width, width)
        self.modulation = nn.Linear(width, 6 * width)
        self.blocks = nn.ModuleList(_Block(shape) for _ in range(shape.layers))
        self.final_modulation = nn.Linear(width, 2 * width)
        for layer in (self.modulation, self.final_modulation, self.video_leave, self.sound_leave):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)
        with torch.no_grad():  # gates start open: blocks begin as the identity through their zero output layers
            self.modulation.bias[2 * width : 3 * width] = 1.0
            self.modulation.bias[5 * width :] = 1.0

    def forward(self, noisy: Stretch, levels: Levels, guide: Guide) -> Stretch:
        """Predict the clean stretch. `t` must be a multiple of frames_per_token, `h` and `w` of cells_per_token."""
        grid = self.grid(noisy.video)
        painted = self._painted(noisy)
        video = self._enter_video(noisy, grid, painted, guide.drawn)
        expected = self.paths.expect(noisy.layout, levels.layout)
        layout = self._enter_layout(noisy.layout, levels.layout, expected, guide.text)
        # Blocks add to a float32 stream also where products are bfloat16; a compiler then meets one kind of block.
        x = torch.cat([video, layout, self.sound_enter(noisy.sound)], dim=1)
        x = x.float()
        sizes = [video.shape[1], self._layouts(grid[0]) * at.SLOTS, noisy.sound.shape[1]]
        conditions = self.conditions(levels, guide, grid[0])
        rows = self.modulation(F.silu(conditions)).unflatten(-1, (6, -1))
        where = places(grid, self._layouts(grid[0]), sizes[2], len(x), guide, self.shape.rotary_dims)
        for block in self.blocks:
            x = block(x, rows, where, guide.text.tokens)
        shift, scale = self.final_modulation(F.silu(conditions)).index_select(1, where.rows).chunk(2, dim=-1)
        x = torch.addcmul(shift, rms_norm(x), 1 + scale)
        video, layout, sound = torch.split(x, sizes, dim=1)
        return Stretch(
            self._leave_video(video, painted, noisy, levels, guide.drawn),
            but_known(self._leave_sound(sound, noisy), noisy.sound, levels.sound),
            but_known(self._leave_layout(layout, noisy, levels, expected), noisy.layout, levels.layout),
        )

    def grid(self, video: Float[Tensor, "b t c h w"]) -> tuple[int, int, int]:
        """How many tokens there are along time, height and width."""
        _, t, _, h, w = video.shape
        return t // self.shape.frames_per_token, h // self.shape.cells_per_token, w // self.shape.cells_per_token

    def patchify(self, video: Float[Tensor, "b t c h w"]) -> Float[Tensor, "b n p"]:
        """Latents → tokens."""
        b, _, c = video.shape[:3]
        k, p, grid = self.shape.frames_per_token, self.shape.cells_per_token, self.grid(video)
        x = video.view(b, grid[0], k, c, grid[1], p, grid[2], p).permute(0, 1, 4, 6, 2, 3, 5, 7)
        return x.reshape(b, grid[0] * grid[1] * grid[2], self.shape.video_width)

    def unpatchify(self, tokens: Float[Tensor, "b n p"], grid: tuple[int, int, int]) -> Float[Tensor, "b t c h w"]:
        """Undo `patchify`."""
        k, p, c = self.shape.frames_per_token, self.shape.cells_per_token, self.shape.channels
        x = tokens.view(len(tokens), *grid, k, c, p, p).permute(0, 1, 4, 5, 2, 6, 3, 7)
        return x.reshape(len(tokens), grid[0] * k, c, grid[1] * p, grid[2] * p)

    def conditions(self, levels: Levels, guide: Guide, groups: int) -> Float[Tensor, "b rows d"]:
        """One vector for each group of frames, each group of a layout and each sound token.

        They tell noise levels, words and the mode.
        """
        b, device = len(levels.video), levels.video.device
        video = self.video_levels(fourier(levels.video, 64).view(b, groups, -1))
        level = levels.layout.view(b, self._layouts(groups), -1).amax(2)  # what of it is known, tokens tell (paths.py)
        layout = self.layout_levels(fourier(level, 64))
        sound = self.sound_levels(fourier(levels.sound, 64))
        step = guide.step if guide.step is not None else torch.zeros(b, device=device)
        scale = guide.guidance if guide.guidance is not None else torch.ones(b, device=device)
        mode = torch.tensor([float(guide.is_causal), guide.aspect - 1.0], device=device).expand(b, 2)
        extra = self.extra(torch.cat([fourier(step, 64), fourier((scale - 1) / 10, 64), mode], dim=-1))
        summary = self.summary(guide.text.summary)
        common = extra + repeated(summary, b // len(summary))
        conditions: Tensor = torch.cat([video, layout, sound], dim=1) + common[:, None]
        return conditions

    def _layouts(self, groups: int) -> int:
        """How many layout tokens of each slot there are beside so many groups of frames."""
        return groups * self.shape.frames_per_token // self.shape.frames_per_layout_token

    def _painted(self, noisy: Stretch) -> Float[Tensor, "b t c h w"]:
        """What the painter expects of each frame."""
        b, t, _, h, w = noisy.video.shape
        if h * w == 0:
            return noisy.video
        painted: Tensor = self.painter(noisy.layout.flatten(0, 1), h, w)
        return painted.view(b, t, *painted.shape[1:]).to(noisy.video.dtype)

    def _enter_video(
        self, noisy: Stretch, grid: tuple[int, int, int], painted: Tensor, drawn: Tensor | None
    ) -> Float[Tensor, "b n d"]:
        """Tokens of latents, each with what is painted there and what the layout has at its place."""
        b, (groups, rows, columns) = len(noisy.video), grid
        k, cells = self.shape.frames_per_token, rows * columns
        around = sketch.sketch(noisy.layout, rows, columns).view(b, groups, k, cells, sketch.WIDTH)
        around = around.transpose(2, 3).reshape(b, groups * cells, k * sketch.WIDTH)
        places = (
            sketch.place_features(rows, columns, noisy.video.device).repeat(groups, 1).expand(b, groups * cells, -1)
        )
        tokens = self.patchify(noisy.video)
        x = torch.cat([tokens, self.patchify(painted), around, places.to(around.dtype)], dim=-1)
        entered: Tensor = self.video_enter(x if drawn is None else x.index_select(1, drawn))
        return entered

    def _enter_layout(
        self, layout: Float[Tensor, "b t s f"], sigma: Float[Tensor, "b t s"], expected: Expected, text: EncodedText
    ) -> Float[Tensor, "b n d"]:
        """A token for each slot of each part of the time; the text's slots answer for the same things (see reading)."""
        told = self.layout_text(text.tokens[:, : layout.shape[2]]) + self.slot_embedding
        entered: Tensor = self.paths.enter(layout, sigma, expected) + repeated(told, len(layout) // len(told))[:, None]
        return entered.flatten(1, 2)

    def _leave_video(
        self, tokens: Float[Tensor, "b n d"], painted: Tensor, noisy: Stretch, levels: Levels, drawn: Tensor | None
    ) -> Float[Tensor, "b t c h w"]:
        """Latents: what is painted, and what the network makes of the rest; nothing where no token took part."""
        made, grid = self.video_leave(tokens), self.grid(noisy.video)
        if drawn is not None:
            blank = made.new_zeros(len(made), grid[0] * grid[1] * grid[2], made.shape[-1])
            made = blank.index_copy(1, drawn, made)
        made = self.unpatchify(made, grid).view_as(noisy.video)
        return anchored(made, noisy.video, levels.video, painted)

    def _leave_sound(self, tokens: Float[Tensor, "b a d"], noisy: Stretch) -> Float[Tensor, "b a s"]:
        """Sound: what the foley expects, and what the network makes of the rest."""
        made: Tensor = self.sound_leave(tokens)
        return made + self.foley(noisy.layout, made.shape[1]) if made.shape[1] else made

    def _leave_layout(
        self, tokens: Float[Tensor, "b n d"], noisy: Stretch, levels: Levels, expected: Expected
    ) -> Float[Tensor, "b t s f"]:
        """Layouts that agree with what is known of them."""
        tokens = tokens.view(len(tokens), -1, at.SLOTS, tokens.shape[-1])
        made: Tensor = self.paths.leave(tokens, noisy.layout, levels.layout, expected)
        return agreeing(made, noisy.layout, levels.layout)
