"""Stretches of world time: what the network is given, at which noise, and what it is told beside."""

from dataclasses import dataclass

from jaxtyping import Float, Int
from torch import Tensor

from manazir.models.text.encoder import EncodedText


@dataclass(frozen=True, slots=True)
class Stretch:
    """A batch of stretches of world time, at some noise level each frame. Clean or noisy, or predictions of it.

    Sigmas lie in [0, 1]: 0 is known, 1 is nothing but noise. A video without cells (`h = w = 0`) is left out, and so is
    sound of no length.
    """

    video: Float[Tensor, "b t c h w"]
    sound: Float[Tensor, "b a s"]
    layout: Float[Tensor, "b t slots features"]

    def without_pictures(self) -> "Stretch":
        """The same time without its video: what happens and how it sounds, at a fraction of the cost."""
        return Stretch(self.video[..., :0, :0], self.sound, self.layout)

    def without_sound(self) -> "Stretch":
        """The same time without its sound."""
        return Stretch(self.video, self.sound[:, :0], self.layout)


@dataclass(frozen=True, slots=True)
class Levels:
    """Noise levels of a Stretch. What of a layout is not known has one level in each item."""

    video: Float[Tensor, "b t"]
    sound: Float[Tensor, "b a"]
    layout: Float[Tensor, "b t slots"]

    def without_sound(self) -> "Levels":
        """Levels of a stretch without its sound."""
        return Levels(self.video, self.sound[:, :0], self.layout)


@dataclass(frozen=True, slots=True)
class Guide:
    """What the network is told beside the noisy tokens."""

    text: EncodedText
    """Of as few rows as there are different ones, if all are repeated equally often, in turn: a, b, a, b."""
    aspect: float
    """Width of the picture over its height."""
    is_causal: bool = False
    """Whether tokens see only their own time and what was before."""
    step: Float[Tensor, " b"] | None = None
    """How far one call is asked to go, in sigma (shortcut models, arXiv:2410.12557); None: an infinitesimal step."""
    guidance: Float[Tensor, " b"] | None = None
    """The guidance scale that a distilled network is to answer for; None: 1, the plain conditional."""
    drawn: Int[Tensor, " n"] | None = None
    """Which video tokens take part (in training, the empty ones need not all); None: all. Of the others comes back what
    their noise level alone tells."""


def repeated(part: Tensor, times: int) -> Tensor:
    """A batch, and again."""
    return part.repeat(times, *([1] * (part.ndim - 1)))
