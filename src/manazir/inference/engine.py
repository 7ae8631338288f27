"""What every engine is: canvases in, clips out, with a word after every step.

A family of models has an engine of its own (`noor_engine`, `wan_engine`, `ltx_engine`); whoever makes films knows this.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from manazir.core.canvas import Canvas, Need
from manazir.core.errors import ShapeError, UnsupportedError
from manazir.inference.choices import no_choice, told_of
from manazir.media.clip import Clip

MOST_STEPS = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """What a person may choose beside the canvas; None: the model's own."""

    layout_steps: int | None = None
    """Of what is where, and when; Noor's alone."""
    steps: int | None = None
    """Of denoising; for Noor of pictures and sound, drawn from a layout."""
    guidance_scale: float | None = None
    guidance_rule: str | None = None
    """How guidance puts predictions together, see `wan.rules.parse_rule`; of Wan alone."""
    guidance_rescale: float | None = None
    """How much of the spread of what is not guided a guided prediction takes, 0 to 1; of open weights alone."""
    skip_layer_scale: float | None = None
    """Away from a prediction without some layers (Wan), or with layers in which tokens see themselves alone (LTX-2);
    0: none."""
    skip_layers: tuple[int, ...] | None = None
    """Which, counted from 0; see `skip_layer_scale`."""
    skip_layer_span: tuple[float, float] | None = None
    """In which share of the steps; of Wan alone."""
    modality_scale: float | None = None
    """Away from video and sound that do not hear of each other; 1: none. Of LTX-2 alone."""
    sound_guidance_scale: float | None = None
    """As `guidance_scale`, of sound; of LTX-2 alone."""
    solver: str | None = None
    """One of the names in `sampler.SOLVERS`; of open weights alone."""
    shift: float | None = None
    """Of the schedule towards high noise levels; of open weights alone."""
    cache: str | None = None
    """A step cache, which takes some blocks' work from earlier steps; see `caching.CACHES`. Of open weights alone."""
    two_stages: bool | None = None
    """Whether a draft of half the size is enlarged and refined; of an LTX-2 with an upsampler alone."""

    def __post_init__(self) -> None:
        """Refuse numbers out of range."""
        for steps in (self.layout_steps, self.steps):
            if steps is not None and not 1 <= steps <= MOST_STEPS:
                raise ShapeError(f"{steps} steps; choose from 1 to {MOST_STEPS}").named("bad_steps", most=MOST_STEPS)
        for scale in (self.guidance_scale, self.sound_guidance_scale, self.modality_scale):
            if scale is not None and not 0 <= scale <= 20:
                told = f"a guidance scale of {scale:g}; choose from 0 to 20 (1 is none)"
                raise ShapeError(told).named("bad_guidance", most=20)
        self._check_skip_layers()
        if self.guidance_rescale is not None and not 0 <= self.guidance_rescale <= 1:
            raise ShapeError(f"a guidance rescale of {self.guidance_rescale:g}; choose from 0 (none) to 1")
        if self.shift is not None and not 0.1 <= self.shift <= 50:
            told = f"a shift of {self.shift:g}; choose from 0.1 to 50 (1 leaves the schedule as it is)"
            raise ShapeError(told).named("bad_shift", least=0.1, most=50)

    def _check_skip_layers(self) -> None:
        if self.skip_layer_scale is not None and not 0 <= self.skip_layer_scale <= 20:
            raise ShapeError(f"a skip-layer scale of {self.skip_layer_scale:g}; choose from 0 to 20 (0 is none)")
        if self.skip_layers is not None and (not self.skip_layers or min(self.skip_layers) < 0):
            raise ShapeError(f"the layers to skip are {self.skip_layers}; give some, counted from 0")
        first, last = self.skip_layer_span or (0.0, 1.0)
        if not 0 <= first < last <= 1:
            raise ShapeError(f"a skip-layer span of {first:g} to {last:g}; give shares of the steps, as 0.01 to 0.2")

    def refuse_beyond(self, who: str, takes: Collection[str]) -> None:
        """Raise if something was chosen that a model does not take.

        Raises:
            UnsupportedError: names it, and what is taken.
        """
        if (name := no_choice(asdict(self), takes)) is not None:
            raise UnsupportedError(told_of(who, name, takes)).named("not_taken", model=who, choice=name)


def refuse_beyond(who: str, needs: frozenset[Need], honours: frozenset[Need]) -> None:
    """Raise if a canvas needs what a model cannot do.

    Raises:
        UnsupportedError: names what it is.
    """
    if beyond := sorted(needs - honours, key=lambda need: need.value):
        what = " or ".join(need.value for need in beyond)
        told = f"{who} cannot do {what}; leave it out or choose another model"
        raise UnsupportedError(told).named("model_cannot", model=who, need=beyond[0].name.lower())


def refuse_unread(who: str, canvas: Canvas, *, is_guided: bool) -> None:
    """Raise if a canvas has a negative prompt that would not be read: guidance is what moves away from it.

    Raises:
        UnsupportedError: says so.
    """
    if canvas.negative_prompt and not is_guided:
        told = f"{who} reads a negative prompt only where guidance is above 1; give more guidance, or leave the prompt "
        raise UnsupportedError(told + "out").named("unwanted_unread", model=who)


@dataclass(frozen=True, slots=True)
class Step:
    """A step was taken."""

    done: int
    total: int
    preview: Callable[[], NDArray[np.uint8]] | None = field(default=None, compare=False)
    """Draws a frame `[h, w, 3]` of what there is so far, until the next step is taken; None: it would cost too much."""


@dataclass(frozen=True, slots=True)
class Made:
    """The result, at the model's own size, and what it took."""

    clip: Clip
    network_calls: int
    seconds: float
    notes: tuple[str, ...] = ()
    """What a person should know of how it was made."""


class Engine(Protocol):
    """A model that is loaded, and its way of filling in canvases."""

    @property
    def name(self) -> str:
        """Of the model."""

    @property
    def weights_hash(self) -> str:
        """Of all that was loaded."""

    @property
    def device(self) -> torch.device:
        """Where it computes."""

    @property
    def frame_rate(self) -> float | None:
        """At which it makes frames; None: at any."""

    @property
    def longest_seconds(self) -> float | None:
        """That it makes at once; None: not known before it is asked."""

    def check_size(self, width: int, height: int) -> None:
        """Raise a ShapeError that names sizes which can be made, unless this one can."""

    def draft(self, settings: Settings) -> Settings:
        """The same with few steps."""

    def used(self, settings: Settings) -> dict[str, Any]:
        """The settings as they are used: what was left open is the model's own."""

    def fill(self, canvas: Canvas, settings: Settings, seed: int) -> Iterator[Step | Made]:
        """Fill in a canvas: yields a Step after every step and, last, what was Made.

        Raises:
            UnsupportedError, ShapeError, MediaError, CanvasError: what cannot be done, and what can.
        """
