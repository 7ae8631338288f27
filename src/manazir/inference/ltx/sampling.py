"""How LTX-2 is sampled: its guidance of video and of sound, and the settings that its publishers give.

Sources: Lightricks' LTX-2 (packages/ltx-pipelines, `utils/constants.py`, commit 0a6eb11) and diffusers 0.42.1.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from manazir.core.errors import ShapeError
from manazir.inference.engine import Settings
from manazir.models.step_cache import StepCache

DISTILLED_SIGMAS = (1.0, 0.99375, 0.9875, 0.98125, 0.975, 0.909375, 0.725, 0.421875, 0.0)
"""Of models that were distilled to eight steps without guidance."""
REFINING_SIGMAS = (0.909375, 0.725, 0.421875, 0.0)
"""Of the second stage, which refines an enlarged draft."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Guidance:
    """Of one of video and sound; as it stands, none."""

    guidance_scale: float = 1.0
    """Away from unwanted words; 1.0: none."""
    stg_scale: float = 0.0
    """Away from a prediction some of whose layers are blind; 0.0: none."""
    modality_scale: float = 1.0
    """Away from video and sound that do not hear of each other; 1.0: none."""
    guidance_rescale: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class LtxSampling:
    """How to walk from noise to a clip."""

    sigmas: Sequence[float]
    """Levels that are visited; the last is 0."""
    video: Guidance = Guidance()
    sound: Guidance = Guidance()
    blind_layers: frozenset[int] = frozenset()
    """Of spatio-temporal guidance."""
    backend: str = "sdpa"
    """Of attention; see `kernels.attention`."""
    cache: StepCache | None = None
    """How steps are found that leave blocks out; None: none does."""

    def __post_init__(self) -> None:
        """Refuse guidance that has nothing to move away from."""
        if self.is_perturbed and not self.blind_layers:
            raise ShapeError("stg_scale is above 0, and no layer is blind; name some in blind_layers")

    def started(self, strength: float) -> int:
        """Which of its steps is the first that changes a clip: so many are taken as that share of them is.

        Args:
            strength: above 0.0 and at most 1.0; one step at least is taken.
        """
        steps = len(self.sigmas) - 1
        return steps - max(1, min(int(steps * strength), steps))

    @property
    def is_guided(self) -> bool:
        """Whether unwanted words are read."""
        return max(self.video.guidance_scale, self.sound.guidance_scale) > 1

    @property
    def is_perturbed(self) -> bool:
        """Whether a prediction with blind layers is made."""
        return max(self.video.stg_scale, self.sound.stg_scale) > 0

    @property
    def is_isolated(self) -> bool:
        """Whether one is made of video and sound apart."""
        return max(self.video.modality_scale, self.sound.modality_scale) > 1


VIDEO_GUIDANCE = Guidance(guidance_scale=3.0, stg_scale=1.0, modality_scale=3.0, guidance_rescale=0.7)
SOUND_GUIDANCE = Guidance(guidance_scale=7.0, stg_scale=1.0, modality_scale=3.0, guidance_rescale=0.7)
"""What all releases but distilled ones were meant to be sampled with."""


def with_choices(sampling: LtxSampling, settings: Settings, layers: int) -> LtxSampling:
    """With what a person chose of guidance: of video and sound alike, but for the scale of sound.

    Args:
        layers: of the transformer.

    Raises:
        ShapeError: there is no such layer.
    """
    wanted = {
        "stg_scale": settings.skip_layer_scale,
        "modality_scale": settings.modality_scale,
        "guidance_rescale": settings.guidance_rescale,
    }
    chosen: dict[str, Any] = {name: value for name, value in wanted.items() if value is not None}
    of_sound = {} if settings.sound_guidance_scale is None else {"guidance_scale": settings.sound_guidance_scale}
    blind = sampling.blind_layers if settings.skip_layers is None else frozenset(settings.skip_layers)
    if max(blind, default=0) >= layers:
        told = f"layer {max(blind)} is to be skipped, and there are 0 to {layers - 1}"
        raise ShapeError(told).named("no_such_layer", layer=max(blind), last=layers - 1)
    if settings.skip_layers is not None and settings.skip_layer_scale is None and not sampling.is_perturbed:
        chosen["stg_scale"] = VIDEO_GUIDANCE.stg_scale
    return replace(
        sampling,
        video=replace(sampling.video, **chosen),
        sound=replace(sampling.sound, **chosen, **of_sound),
        blind_layers=blind or frozenset({layers - 1}),
    )
