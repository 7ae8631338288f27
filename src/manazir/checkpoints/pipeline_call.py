"""How a pipeline of diffusers is called: which of its arguments stand for what of a canvas.

Found out once, when a model is brought in, and kept in its manifest. Imports neither torch nor diffusers.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from manazir.core.canvas import Need
from manazir.core.errors import CheckpointError

KEY = "pipeline_call"
"""Of a manifest's settings."""

NAMES: dict[str, tuple[str, ...]] = {
    "prompt": ("prompt",),
    "negative_prompt": ("negative_prompt",),
    "first_frame": ("image",),
    "last_frame": ("last_image",),
    "width": ("width",),
    "height": ("height",),
    "frames": ("num_frames", "frames", "video_length"),
    "frame_rate": ("frame_rate", "fps", "target_fps"),
    "steps": ("num_inference_steps",),
    "guidance_scale": ("guidance_scale", "true_cfg_scale"),
    "generator": ("generator",),
    "output_type": ("output_type",),
    "callback": ("callback_on_step_end",),
}
"""What we call it, and what pipelines do: the first that one has."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """The arguments of a pipeline."""

    takes: Mapping[str, str]
    """By our names, of `NAMES`: its own."""
    usual: Mapping[str, float]
    """By our names: numbers that it takes unless told."""
    needs_picture: bool
    """Whether it does not run without a first frame."""

    @property
    def honours(self) -> frozenset[Need]:
        """What of a canvas it can be told."""
        told = {"prompt": Need.TEXT, "first_frame": Need.FIRST_FRAME, "last_frame": Need.LAST_FRAME}
        return frozenset(need for name, need in told.items() if name in self.takes)


def to_settings(call: Call) -> dict[str, Any]:
    """As a manifest keeps it."""
    return {KEY: asdict(call)}


def from_settings(settings: Mapping[str, Any]) -> Call:
    """The call that a manifest keeps.

    Raises:
        CheckpointError: there is none, or it makes no sense.
    """
    try:
        call = Call(**settings[KEY])
        is_known = {*call.takes, *call.usual} <= set(NAMES)
    except (KeyError, TypeError):
        is_known = False
    if not is_known:
        raise CheckpointError("the manifest does not say how its pipeline is called; import the model again")
    return call
