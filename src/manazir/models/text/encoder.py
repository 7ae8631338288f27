"""The byte-level text encoder that Noor is trained with.

Words become vectors through a small convolution over their bytes; a few transformer layers let words see each
other and let `slots` read them: learned tokens that are taught what a scene holds (the first: the event, the camera,
the light; the others: one body each, in the order in which truth lists them). The generator reads both.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from manazir.models.noor.layers import Attention, SwiGLU, rms_norm, rotary_angles
from manazir.models.text.words import PAD, WordLimits, Words


@dataclass(frozen=True, kw_only=True, slots=True)
class TextEncoderShape:
    """Sizes of a text encoder, and what its slots are asked."""

    width: int = 256
    layers: int = 3
    heads: int = 4
    byte_width: int = 64
    slots: int = 8
    limits: WordLimits = field(default_factory=WordLimits)


@dataclass(frozen=True, slots=True)
class EncodedText:
    """What the generator reads of a text: `m` tokens, slots first."""

    tokens: Float[Tensor, "b m d"]
    present: Bool[Tensor, "b m"]
    slots: int

    @property
    def summary(self) -> Float[Tensor, "b d"]:
        """One vector for the whole text: the first slot."""
        return self.tokens[:, 0]


class _Layer(nn.Module):
    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.attention = Attention(width, heads)
        self.feed_forward = SwiGLU(width, 8 * width // 3)

    def forward(self, x: Tensor, rotary: tuple[Tensor, Tensor], mask: Tensor) -> Tensor:
        x = x + self.attention(rms_norm(x), rotary, mask=mask)
        result: Tensor = x + self.feed_forward(rms_norm(x))
        return result


class TextEncoder(nn.Module):
    """Bytes of words → tokens that a generator attends to."""

    def __init__(self, shape: TextEncoderShape) -> None:
        super().__init__()
        self.shape = shape
        self.byte_embedding = nn.Embedding(PAD + 1, shape.byte_width, padding_idx=PAD)
        self.byte_first = nn.Conv1d(shape.byte_width, shape.width, 3, padding=1)
        self.byte_second = nn.Conv1d(shape.width, shape.width, 3, padding=1)
        self.word = nn.Linear(2 * shape.width, shape.width)
        self.slot_embedding = nn.Parameter(torch.randn(shape.slots, shape.width))
        self.layers = nn.ModuleList(_Layer(shape.width, shape.heads) for _ in range(shape.layers))

    def spell(self, spellings: Int[Tensor, "u bytes"]) -> Float[Tensor, "u d"]:
        """One vector for each spelling."""
        x = self.byte_embedding(spellings).transpose(1, 2)
        x = F.silu(self.byte_first(x))
        x = F.silu(self.byte_second(x))
        real = (spellings != PAD)[:, None, :]
        mean = (x * real).sum(-1) / real.sum(-1).clamp(min=1)
        peak = x.masked_fill(~real, -1e4).amax(-1) * real.any(-1)
        vectors: Tensor = self.word(torch.cat([mean, peak], dim=-1))
        return vectors

    def forward(self, words: Words) -> EncodedText:
        """Encode a batch of texts. A text without words still has its slots."""
        b = len(words.places)
        slots = self.slot_embedding.expand(b, -1, -1)
        x = torch.cat([slots, self.spell(words.spellings)[words.places]], dim=1)
        present = torch.cat([words.present.new_ones(b, self.shape.slots), words.present], dim=1)
        rotary = self._rotary(x.shape[1], x.device)
        for layer in self.layers:
            x = layer(x, rotary, present[:, None, None, :])
        return EncodedText(rms_norm(x), present, self.shape.slots)

    def _rotary(self, tokens: int, device: torch.device) -> tuple[Tensor, Tensor]:
        """Slots all stand at the text's beginning; words at their index."""
        places = (torch.arange(tokens, device=device) - self.shape.slots).clamp(min=-1).float()
        angles = rotary_angles(places[:, None], (self.shape.width // self.shape.heads // 2,))
        return angles.cos(), angles.sin()


class SceneReader(nn.Module):
    """Heads that say what a scene holds, from a text's slots; they teach the encoder and then stay at home.

    `questions` maps a label's name to (the slot that answers, how many answers there are).
    """

    def __init__(self, width: int, questions: Mapping[str, tuple[int, int]]) -> None:
        super().__init__()
        self.slots = {name: slot for name, (slot, _) in questions.items()}
        self.heads = nn.ModuleDict({name: nn.Linear(width, answers) for name, (_, answers) in questions.items()})

    def forward(self, text: EncodedText) -> dict[str, Float[Tensor, "b answers"]]:
        """Logits for each question."""
        return {name: head(text.tokens[:, self.slots[name]]) for name, head in self.heads.items()}
