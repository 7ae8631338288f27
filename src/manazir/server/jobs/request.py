"""What a job is to make: a canvas, by which model, and in which form it is delivered."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

from manazir.core.canvas import Canvas
from manazir.core.canvas_json import canvas_from_json, canvas_to_json, files_of, with_files
from manazir.core.errors import CanvasError


class Kind(StrEnum):
    """What comes out."""

    VIDEO = "video"
    IMAGE = "image"
    """One frame of a canvas."""
    UPSCALE = "upscale"
    """A clip that is there, at another size; no model runs."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """The form of the result, beyond what a canvas says."""

    allows_resampling: bool = False
    """Whether a size, rate or length that the model does not make is reached all the same; the take then says so."""
    has_sound: bool = True
    """False: the sound that a model makes is left out."""
    image_format: str = "png"
    """Of a picture: `png` or `jpeg`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class JobRequest:
    """An accepted request, in our own words.

    The files of its canvas are references: `asset:ID` for bytes that the store has, or an http(s) URL that the worker
    fetches.
    """

    canvas: Canvas
    model: str
    """An installed one."""
    kind: Kind = Kind.VIDEO
    delivery: Delivery = field(default_factory=Delivery)
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Of `inference.engine.Settings`, and `is_draft`; what is not told is the model's own."""

    @property
    def files(self) -> tuple[str, ...]:
        """The references in the canvas."""
        return files_of(self.canvas)

    def with_files(self, paths: Mapping[str, str]) -> "JobRequest":
        """The same with paths instead of references."""
        return JobRequest(**_shallow(self) | {"canvas": with_files(self.canvas, paths.__getitem__)})

    def to_json(self) -> dict[str, Any]:
        """Return it as what `json.dumps` takes."""
        told = _shallow(self) | {"canvas": canvas_to_json(self.canvas), "kind": self.kind.value}
        return told | {"delivery": _shallow(self.delivery), "settings": dict(self.settings)}


def request_from_json(told: Mapping[str, Any]) -> JobRequest:
    """The request that plain data describes.

    Raises:
        CanvasError: it does not describe one.
    """
    try:
        return JobRequest(
            canvas=canvas_from_json(told["canvas"]),
            model=told["model"],
            kind=Kind(told["kind"]),
            delivery=Delivery(**told["delivery"]),
            settings=dict(told["settings"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise CanvasError(f"this describes no request ({error!r})") from error


def _shallow(value: Any) -> dict[str, Any]:
    return {one.name: getattr(value, one.name) for one in fields(value)}
