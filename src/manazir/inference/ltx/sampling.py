"""How LTX-2 is sampled: its guidance of video and of sound, and the settings that its publishers give.

Sources: Lightricks' LTX-2 (packages/ltx-pipelines, `utils/constants.py`, commit 0a6eb11) and diffusers 0.42.1.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from manazir.core.errors import ShapeError
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
