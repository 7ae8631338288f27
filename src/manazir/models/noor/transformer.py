"""Noor: one transformer over video and sound tokens, with a noise level for every frame.

A video token spans a few frames of a small square of latent cells: motion within a token is the network's own
output, which is why coherent motion appears early in training. A sound token is an eighth of a second. What is known
(a first frame, a keyframe, a prefix, a whole track) stands in its place with noise level 0: every task of a Canvas is
the same call. The network predicts the clean latents (x-prediction, arXiv:2511.13720), not the noise.
"""

from dataclasses import dataclass, field

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from manazir.models.noor.layers import Attention, SwiGLU, fourier, rms_norm, rotary_angles
from manazir.models.text.encoder import EncodedText, TextEncoder, TextEncoderShape


@dataclass(frozen=True, kw_only=True, slots=True)
class NoorShape:
    """Sizes of a Noor transformer."""

    width: int = 320
    layers: int = 8
    heads: int = 5
    channels: int = 32
    """Of the picture codec's latents."""
    frames_per_token: int = 4
    cells_per_token: int = 2
    """Along each side."""
    sound_width: int = 520
    """Numbers in a sound token."""
    actions: int = 8
    rotary_dims: tuple[int, int, int] = (16, 12, 12)
    """Of a head's dimensions: how many turn with time, with height, with width."""
    text: TextEncoderShape = field(default_factory=TextEncoderShape)

    @property
    def video_width(self) -> int:
        """Numbers in a video token."""
        return self.channels * self.frames_per_token * self.cells_per_token**2


@dataclass(frozen=True, slots=True)
class Stretch:
    """A batch of stretches of world time, at some noise level each frame. Clean or noisy, or predictions of it.

    Sigmas lie in [0, 1]: 0 is known, 1 is nothing but noise.
    """

    video: Float[Tensor, "b t c h w"]
    sound: Float[Tensor, "b a s"]

    def map(self, other: "Stretch", function: object) -> "Stretch":
        """Apply a function of two tensors to both parts."""
        assert callable(function)
        return Stretch(function(self.video, other.video), function(self.sound, other.sound))


@dataclass(frozen=True, slots=True)
class Levels:
    """Noise levels of a Stretch."""

    video: Float[Tensor, "b t"]
    sound: Float[Tensor, "b a"]


@dataclass(frozen=True, slots=True)
class Guide:
    """What the network is told beside the noisy tokens."""

    text: EncodedText
    actions: Int[Tensor, "b t"]
    """0: no action."""
    is_causal: bool = False
    """Whether tokens see only their own time and what was before."""
    step: Float[Tensor, " b"] | None = None
    """How far one call is asked to go, in sigma (shortcut models, arXiv:2410.12557); None: an infinitesimal step."""
    guidance: Float[Tensor, " b"] | None = None
    """The guidance scale that a distilled network is to answer for; None: 1, the plain conditional."""


class _Block(nn.Module):
    def __init__(self, shape: NoorShape) -> None:
        super().__init__()
        self.attention = Attention(shape.width, shape.heads)
        self.feed_forward = SwiGLU(shape.width, 8 * shape.width // 3)
        self.text_keys_values = nn.Linear(shape.text.width, 2 * shape.width, bias=False)
        self.table = nn.Parameter(torch.zeros(6, shape.width))

    def prefix(self, text: Tensor) -> tuple[Tensor, Tensor]:
        key, value = self.text_keys_values(text).chunk(2, dim=-1)
        return rms_norm(self.attention.split(key)), self.attention.split(value)

    def forward(
        self, x: Tensor, rows: Tensor, where: Tensor, rotary: tuple[Tensor, Tensor], text: Tensor, mask: Tensor
    ) -> Tensor:
        # `rows` are few (one for each group of frames, one for each sound token); tokens pick theirs by `where`.
        parts = (rows + self.table).unbind(dim=2)
        shift, scale, gate, shift_2, scale_2, gate_2 = (part.index_select(1, where) for part in parts)
        y = torch.addcmul(shift, rms_norm(x), 1 + scale)
        x = torch.addcmul(x, gate, self.attention(y, rotary, self.prefix(text), mask))
        y = torch.addcmul(shift_2, rms_norm(x), 1 + scale_2)
        return torch.addcmul(x, gate_2, self.feed_forward(y))


class Noor(nn.Module):
    """Predicts a clean stretch from a noisy one."""

    def __init__(self, shape: NoorShape) -> None:
        super().__init__()
        self.shape = shape
        width = shape.width
        self.text_encoder = TextEncoder(shape.text)
        self.video_enter = nn.Linear(shape.video_width, width)
        self.sound_enter = nn.Linear(shape.sound_width, width)
        self.video_leave = nn.Linear(width, shape.video_width)
        self.sound_leave = nn.Linear(width, shape.sound_width)
        self.video_levels = nn.Linear(64 * shape.frames_per_token, width)
        self.sound_levels = nn.Linear(64, width)
        self.action_embedding = nn.Embedding(shape.frames_per_token * shape.actions, width)
        self.extra = nn.Linear(64 * 2 + 1, width)  # step, guidance, causality
        self.summary = nn.Linear(shape.text.width, width)
        self.modulation = nn.Linear(width, 6 * width)
        self.blocks = nn.ModuleList(_Block(shape) for _ in range(shape.layers))
        self.final_modulation = nn.Linear(width, 2 * width)
        for layer in (self.modulation, self.final_modulation, self.video_leave, self.sound_leave):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)
        nn.init.normal_(self.action_embedding.weight, std=0.02)
        with torch.no_grad():  # gates start open: blocks begin as the identity through their zero output layers
            self.modulation.bias[2 * width : 3 * width] = 1.0
            self.modulation.bias[5 * width :] = 1.0

    def forward(self, noisy: Stretch, levels: Levels, guide: Guide) -> Stretch:
        """Predict the clean stretch. `t` must be a multiple of frames_per_token, `h` and `w` of cells_per_token."""
        tokens, grid = self.patchify(noisy.video)
        groups, cells = grid[0], grid[1] * grid[2]
        # Blocks add to a float32 stream also where products are bfloat16; a compiler then meets one kind of block.
        x = torch.cat([self.video_enter(tokens), self.sound_enter(noisy.sound)], dim=1).float()
        conditions = self.conditions(levels, guide, groups)
        rows = self.modulation(F.silu(conditions)).unflatten(-1, (6, -1))
        where = self._where(groups, cells, noisy.sound.shape[1], x.device)
        rotary, times = self._places(grid, noisy.sound.shape[1], x.device)
        mask = self._mask(guide, times)
        for block in self.blocks:
            x = block(x, rows, where, rotary, guide.text.tokens, mask)
        shift, scale = self.final_modulation(F.silu(conditions)).index_select(1, where).chunk(2, dim=-1)
        x = torch.addcmul(shift, rms_norm(x), 1 + scale)
        video, sound = torch.split(x, [groups * cells, noisy.sound.shape[1]], dim=1)
        return Stretch(self.unpatchify(self.video_leave(video), grid), self.sound_leave(sound))

    def patchify(self, video: Float[Tensor, "b t c h w"]) -> tuple[Float[Tensor, "b n p"], tuple[int, int, int]]:
        """Latents → tokens, and how many there are along time, height and width."""
        b, t, c, h, w = video.shape
        k, p = self.shape.frames_per_token, self.shape.cells_per_token
        grid = (t // k, h // p, w // p)
        x = video.view(b, grid[0], k, c, grid[1], p, grid[2], p).permute(0, 1, 4, 6, 2, 3, 5, 7)
        return x.reshape(b, grid[0] * grid[1] * grid[2], -1), grid

    def unpatchify(self, tokens: Float[Tensor, "b n p"], grid: tuple[int, int, int]) -> Float[Tensor, "b t c h w"]:
        """Undo `patchify`."""
        k, p, c = self.shape.frames_per_token, self.shape.cells_per_token, self.shape.channels
        x = tokens.view(len(tokens), *grid, k, c, p, p).permute(0, 1, 4, 5, 2, 6, 3, 7)
        return x.reshape(len(tokens), grid[0] * k, c, grid[1] * p, grid[2] * p)

    def conditions(self, levels: Levels, guide: Guide, groups: int) -> Float[Tensor, "b rows d"]:
        """One vector for each group of frames and each sound token: noise levels, actions, words, the mode."""
        b, k = len(levels.video), self.shape.frames_per_token
        video = self.video_levels(fourier(levels.video, 64).view(b, groups, k * 64))
        slot = torch.arange(k, device=video.device) * self.shape.actions
        video = video + self.action_embedding(guide.actions.view(b, groups, k) + slot).sum(2)
        sound = self.sound_levels(fourier(levels.sound, 64))
        step = guide.step if guide.step is not None else torch.zeros(b, device=video.device)
        scale = guide.guidance if guide.guidance is not None else torch.ones(b, device=video.device)
        causal = torch.full((b, 1), float(guide.is_causal), device=video.device)
        extra = self.extra(torch.cat([fourier(step, 64), fourier((scale - 1) / 10, 64), causal], dim=-1))
        common = extra + self.summary(guide.text.summary)
        conditions: Tensor = torch.cat([video, sound], dim=1) + common[:, None]
        return conditions

    @staticmethod
    def _where(groups: int, cells: int, sounds: int, device: torch.device) -> Int[Tensor, " n"]:
        video = torch.arange(groups, device=device).repeat_interleave(cells)
        return torch.cat([video, groups + torch.arange(sounds, device=device)])

    def _places(
        self, grid: tuple[int, int, int], sounds: int, device: torch.device
    ) -> tuple[tuple[Tensor, Tensor], Tensor]:
        """Rotary embeddings of every token, and when each token ends, as a share of the stretch.

        Video and sound share the axis of time (arXiv:2510.01284). Rows and columns count from the middle,
        so that pictures of different shapes agree about where the middle is.
        """
        t, h, w = (torch.arange(size, device=device, dtype=torch.float32) for size in grid)
        video = torch.stack(torch.meshgrid(t + 0.5, h - h.mean(), w - w.mean(), indexing="ij"), dim=-1).view(-1, 3)
        sound = torch.zeros(sounds, 3, device=device)
        sound[:, 0] = (torch.arange(sounds, device=device) + 0.5) * (grid[0] / max(sounds, 1))
        positions = torch.cat([video, sound])
        angles = rotary_angles(positions, self.shape.rotary_dims)
        ends = torch.cat([(video[:, 0] + 0.5) / grid[0], (torch.arange(sounds, device=device) + 1) / max(sounds, 1)])
        return (angles.cos(), angles.sin()), ends

    @staticmethod
    def _mask(guide: Guide, ends: Float[Tensor, " n"]) -> Bool[Tensor, "b 1 n_or_1 keys"]:
        """Text is seen where it is present; other tokens always, or only if they end no later (causal)."""
        b, n = len(guide.text.present), len(ends)
        text = guide.text.present[:, None, None, :]
        if not guide.is_causal:
            return torch.cat([text, text.new_ones(b, 1, 1, n)], dim=-1)
        earlier = (ends[None, :] <= ends[:, None] + 1e-4).expand(b, 1, n, n)
        return torch.cat([text.expand(b, 1, n, -1), earlier], dim=-1)
