"""How each kind of Wan was published to be used: lengths, rates, steps and guidance.

Source: the configurations in Wan's own repositories. Schedules' shifts are in each model's folder.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from manazir.checkpoints.families import channels_of_known
from manazir.checkpoints.known_models import KNOWN, known_name
from manazir.checkpoints.manifest import Manifest
from manazir.core.errors import CheckpointError

LONGEST_SECONDS = 60.0
"""Beyond what is made at once, windows are blended; nobody has looked at longer ones."""
WIDE, LARGE = ((832, 480), (480, 832)), ((1280, 704), (704, 1280))


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """How a model is sampled, unless a person chooses."""

    steps: int = 50
    guidance_scale: float = 5.0
    low_guidance_scale: float | None = None
    """Of the expert for low levels; None: the same."""
    solver: str = "unipc"
    shift: float | None = None
    """None: as the model's folder says."""
    draft_steps: int = 12
    frames: int = 81
    frame_rate: float = 16.0


_FULL_RATE: dict[str, Any] = {"frames": 121, "frame_rate": 24.0}


def way_of(manifest: Manifest) -> Way:
    """That of an installed Wan."""
    if manifest.pipeline == "WanDMDPipeline":  # FastVideo's distilled ones
        distilled = Way(steps=3, guidance_scale=1.0, solver="renoise", shift=8.0, draft_steps=3)
        return replace(distilled, **_FULL_RATE, shift=5.0) if tells_frames_apart(manifest) else distilled
    if tells_frames_apart(manifest):
        return Way(**_FULL_RATE)
    if manifest.part("transformer_2") is None:
        return Way()
    if channels_of_known(transformer_config(manifest)):
        return Way(steps=40, guidance_scale=3.5)
    return Way(steps=40, guidance_scale=4.0, low_guidance_scale=3.0)


def tells_frames_apart(manifest: Manifest) -> bool:
    """Whether it is told the noise of each frame (Wan 2.2 TI2V-5B), so that known ones stand in their places."""
    return bool(manifest.settings.get("expand_timesteps", False))


def transformer_config(manifest: Manifest) -> Mapping[str, Any]:
    """The first transformer's configuration.

    Raises:
        CheckpointError: there is no transformer.
    """
    part = manifest.part("transformer")
    if part is None:
        raise CheckpointError(f"{manifest.name} has no transformer; import it again from a whole folder")
    return part.config


def sizes_of(manifest: Manifest) -> tuple[tuple[int, int], ...]:
    """That a known model was taught at; of others those of their kind."""
    known = KNOWN.get(manifest.name) or KNOWN.get(known_name(manifest.source) or "")
    if known is not None:
        return tuple((int(width), int(height)) for width, height in (size.split("x") for size in known.sizes))
    return LARGE if tells_frames_apart(manifest) else WIDE
