"""Connectors: what Gemma's layers make of a prompt → the words that LTX-2's video reads, and those its sound does."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn

from manazir.core.errors import ShapeError
from manazir.kernels.attention import Span, attend
from manazir.models.ltx.attention import Attention, feed_forward, rms_normed
from manazir.models.ltx.places import turns
from manazir.models.rotary import Rotary, turned_halves


@dataclass(frozen=True, kw_only=True, slots=True)
class ConnectorsShape:
    """Sizes of both connectors; the defaults are LTX-2's (19B)."""

    text_width: int = 3840
    text_layers: int = 49
    """Of which states are read, with the embeddings."""
    is_shared: bool = True
    """Whether both connectors start from the same projection; otherwise each has its own, with a bias (2.3, 2.5)."""
    heads: int = 30
    head_width: int = 128
    sound_heads: int = 30
    sound_head_width: int = 128
    layers: int = 2
    is_gated: bool = False
    registers: int = 128
    """Learned words that stand where no words are."""
    places: int = 4096
    """Places along a prompt that are told apart."""

    @property
    def width(self) -> int:
        """Of the words for video."""
        return self.heads * self.head_width

    @property
    def sound_width(self) -> int:
        """Of the words for sound."""
        return self.sound_heads * self.sound_head_width


class Connectors(nn.Module):
    """States of a text encoder's layers → words for video, and for sound."""

    def __init__(self, shape: ConnectorsShape) -> None:
        super().__init__()
        self.shape = shape
        states = shape.text_width * shape.text_layers
        self.shared = nn.Linear(states, shape.text_width, bias=False) if shape.is_shared else None
        self.video_enter = None if shape.is_shared else nn.Linear(states, shape.width)
        self.sound_enter = None if shape.is_shared else nn.Linear(states, shape.sound_width)
        self.video = Connector(shape.heads, shape.head_width, shape)
        self.sound = Connector(shape.sound_heads, shape.sound_head_width, shape)

    def forward(
        self, states: Float[Tensor, "m e k"], length: int = 1024, backend: str = "sdpa"
    ) -> tuple[Float[Tensor, "length v"], Float[Tensor, "length a"]]:
        """Words for video and for sound.

        Args:
            states: of each word of the prompt, without padding; layer by layer in the last axis.
            length: words that come out, registers among them.

        Raises:
            ShapeError: the prompt is longer, or it is no multiple of the registers.
        """
        if len(states) > length or length % self.shape.registers:
            fits = -(-max(len(states), 1) // self.shape.registers) * self.shape.registers
            raise ShapeError(
                f"{len(states)} words to {length}; give a multiple of {self.shape.registers}, at least {fits}"
            )
        video, sound = self._entered(states)
        return self.video(video, length, backend), self.sound(sound, length, backend)

    def _entered(self, states: Float[Tensor, "m e k"]) -> tuple[Float[Tensor, "m v"], Float[Tensor, "m a"]]:
        if self.video_enter is None or self.sound_enter is None:
            assert self.shared is not None
            entered: Tensor = self.shared(_spread(states).flatten(1))
            return entered, entered
        normed = states * torch.rsqrt(states.float().square().mean(1, keepdim=True) + 1e-6)
        video, sound = (
            enter((normed * (enter.out_features / self.shape.text_width) ** 0.5).to(states.dtype).flatten(1))
            for enter in (self.video_enter, self.sound_enter)
        )
        return video, sound


class Connector(nn.Module):
    """Words among registers, which attend to each other."""

    def __init__(self, heads: int, head_width: int, shape: ConnectorsShape) -> None:
        super().__init__()
        width = heads * head_width
        self.heads, self.places = heads, shape.places
        self.registers = nn.Parameter(torch.rand(shape.registers, width) * 2 - 1)
        self.blocks = nn.ModuleList(ConnectorBlock(width, heads, shape.is_gated) for _ in range(shape.layers))

    def forward(self, words: Float[Tensor, "m d"], length: int, backend: str) -> Float[Tensor, "length d"]:
        """Words first; registers fill the rest, each where it always stands."""
        registers = self.registers.repeat(length // len(self.registers), 1)
        x = torch.cat([words, registers[len(words) :].to(words.dtype)])
        places = torch.arange(length, dtype=torch.float32, device=x.device) / self.places
        turned = turns(places[:, None], self.heads, x.shape[1] // self.heads)
        for block in self.blocks:
            x = block(x, turned, backend)
        return rms_normed(x)


class ConnectorBlock(nn.Module):
    """Attention of all to all, and a feed-forward layer."""

    def __init__(self, width: int, heads: int, is_gated: bool) -> None:
        super().__init__()
        self.attention = Attention(width, width, heads, width // heads, is_gated)
        self.feed_forward = feed_forward(width)

    def forward(self, x: Float[Tensor, "n d"], turned: Rotary, backend: str) -> Float[Tensor, "n d"]:
        """One block."""
        looking, whole = rms_normed(x), slice(0, len(x))
        key, value = self.attention.read(looking)
        query, key = (turned_halves(part, turned) for part in (self.attention.queries(looking), key))
        x = x + self.attention.leave(attend(query, key, value, [Span(whole, whole)], backend), looking)
        changed: Tensor = x + self.feed_forward(rms_normed(x))
        return changed


def _spread(states: Float[Tensor, "m e k"]) -> Float[Tensor, "m e k"]:
    """Each layer's states of all words: without their mean, over their range, times 8."""
    whole, few = states.float(), 1e-6
    count = states.shape[0] * states.shape[1]
    mean = whole.sum((0, 1)) / (count + few)
    spread = whole.amax((0, 1)) - whole.amin((0, 1)) + few
    return ((whole - mean) / spread * 8).to(states.dtype)
