"""The engine for what no engine of ours runs: a pipeline of diffusers, called as its signature says.

It is told of a canvas what it has arguments for, and all else is refused by name. What it returns is looked at before
it is believed.
"""

import time
from collections.abc import Callable, Iterator
from copy import copy, deepcopy
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import torch
from jaxtyping import UInt8

from manazir.checkpoints.pipeline_call import Call
from manazir.core.canvas import Canvas, Need
from manazir.core.errors import UnsupportedError
from manazir.inference.choices import OF_PIPELINES
from manazir.inference.engine import Made, Settings, Step, refuse_beyond
from manazir.inference.generic.makes import ASSUMED_RATE, check_size, fixed_rate
from manazir.inference.generic.request import Request, make_request
from manazir.inference.generic.told import told
from manazir.inference.generic.watch import Watch
from manazir.media.clip import Clip

DRAFT_STEPS = 12
_WITH_STATE = ("scheduler", "guider")
"""Parts that remember where in a film they are."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DiffusersEngine:
    """A pipeline of diffusers, and how it fills in canvases."""

    name: str
    pipeline: str
    """Its class."""
    call: Call
    load: Callable[[], Any]
    """The pipeline on its device; always the same."""
    weights_hash: str
    device: torch.device
    dtype: torch.dtype

    @property
    def frame_rate(self) -> float | None:
        """What its call says, if it takes no other."""
        return fixed_rate(self.call)

    @property
    def longest_seconds(self) -> float | None:
        """Not known: its signature does not say."""
        return None

    def check_size(self, width: int, height: int) -> None:
        """Raise a ShapeError that names sizes which can be made, unless this one can."""
        check_size(self.name, self.call, width, height)

    def draft(self, settings: Settings) -> Settings:
        """The same with few steps, if they can be chosen."""
        return replace(settings, steps=DRAFT_STEPS) if "steps" in self.call.takes else settings

    def used(self, settings: Settings) -> dict[str, Any]:
        """The settings as they are used."""
        chosen = {name: value for name, value in asdict(settings).items() if value is not None}
        own = {name: self.call.usual[name] for name in ("steps", "guidance_scale") if name in self.call.usual}
        return own | chosen | {"pipeline": self.pipeline, "precision": str(self.dtype).removeprefix("torch.")}

    def fill(self, canvas: Canvas, settings: Settings, seed: int) -> Iterator[Step | Made]:
        """Fill in a canvas: yields a Step after every step and, last, what was Made.

        Raises:
            UnsupportedError, ShapeError, MediaError, CanvasError: what cannot be done, and what can.
        """
        settings.refuse_beyond(self.name, [each for each in OF_PIPELINES if each in self.call.takes])
        self._refuse_what_is_beyond(canvas)
        return self._fill(canvas, settings, seed)

    def _fill(self, canvas: Canvas, settings: Settings, seed: int) -> Iterator[Step | Made]:
        began = time.perf_counter()
        pipeline = apart(self.load())
        request = make_request(self.name, pipeline, self.call, canvas, settings, seed)
        returned, steps = yield from told(partial(self._called, pipeline, request))
        frames = _looked_at(returned, self.pipeline)
        clip = Clip(frames[: request.wanted], request.frame_rate)
        notes = (f"made by {self.pipeline} of diffusers", *self._notes(returned, frames, request))
        yield Made(clip, steps, time.perf_counter() - began, notes)

    def _called(self, pipeline: Any, request: Request, tell: Callable[[Step], None]) -> tuple[Any, int]:
        """What the pipeline returned, and how many steps it told of."""
        watch = Watch(tell)
        arguments = dict(request.arguments)
        if "callback" in self.call.takes:
            arguments[self.call.takes["callback"]] = watch.after_step
        else:
            pipeline.progress_bar = watch.bar
        try:
            return pipeline(**arguments), watch.done
        except Exception as error:  # whatever code that is not ours makes of a request
            told = f"{self.name}: {self.pipeline} of diffusers ended with {_told_of(error)}"
            raise UnsupportedError(told).named("pipeline_ended", model=self.name, error=type(error).__name__) from error

    def _notes(self, returned: Any, frames: UInt8[np.ndarray, "t h w 3"], request: Request) -> Iterator[str]:
        """What came otherwise than it was asked for."""
        count, height, width = frames.shape[:3]
        if request.asked not in (None, count):
            yield f"{count} frames were made, {request.asked} were asked for"
        elif request.wanted is not None and request.wanted < count:
            yield f"{count} frames were made, which fill whole latent frames; {request.wanted} are kept"
        if request.size not in (None, (width, height)):
            yield f"made at {width}x{height}"
        if "frame_rate" not in self.call.usual:
            yield f"nothing says at how many frames a second; {ASSUMED_RATE:g} were assumed"
        if getattr(returned, "audio", None) is not None:
            yield "the sound that was made with it is left out"

    def _refuse_what_is_beyond(self, canvas: Canvas) -> None:
        needs = canvas.needs()
        refuse_beyond(self.name, needs, self.call.honours)
        if canvas.negative_prompt and "negative_prompt" not in self.call.takes:
            told = f"{self.name} cannot do a negative prompt; leave it out or choose another model"
            raise UnsupportedError(told).named("no_unwanted", model=self.name)
        wants_picture = self.call.needs_picture or Need.LAST_FRAME in needs
        if wants_picture and Need.FIRST_FRAME not in needs:
            told = f"{self.name} makes films from pictures; give a first frame"
            raise UnsupportedError(told).named("needs_first_frame", model=self.name)


def apart(pipeline: Any) -> Any:
    """The same networks with a state of its own, so that two films can be made at once."""
    own = copy(pipeline)
    for name in _WITH_STATE:
        if getattr(pipeline, name, None) is not None:
            setattr(own, name, deepcopy(getattr(pipeline, name)))
    return own


def _looked_at(returned: Any, pipeline: str) -> UInt8[np.ndarray, "t h w 3"]:
    """The first film of what a pipeline returned.

    Raises:
        UnsupportedError: it is none.
    """
    frames = np.asarray(returned.frames[0])
    if frames.ndim != 4 or frames.shape[3] != 3 or not len(frames) or not np.issubdtype(frames.dtype, np.floating):
        told = f"{pipeline} of diffusers returned {frames.dtype} {frames.shape}, which is no film"
        raise UnsupportedError(told).named("no_film", pipeline=pipeline)
    if not np.isfinite(frames).all():
        told = f"{pipeline} of diffusers returned a film with numbers that are none: the weights are damaged, or too "
        raise UnsupportedError(told + "narrow for what is computed with them").named("no_film", pipeline=pipeline)
    return (frames.clip(0, 1) * 255).round().astype(np.uint8)


def _told_of(error: Exception) -> str:
    first = next(iter(str(error).strip().splitlines()), "")
    return f"{type(error).__name__}: {first}" if first else type(error).__name__
