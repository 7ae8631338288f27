"""Whether a model fits a device, before a weight is loaded: what each stage of making a clip needs.

Stages come one after the other, so parts can take turns. Only weights are counted here; what a stage works with beside
them (a clip's latents and what becomes of them in between) depends on the clip, and is the caller's to add.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from manazir.checkpoints.manifest import Manifest

BYTES = {"float32": 4.0, "bfloat16": 2.0, "float16": 2.0, "float8": 1.0}
"""Of a weight, by the kind of number it is kept as on the device."""

STAGES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("reading words", ("text_encoder", "text_encoder_2", "text_encoder_3", "connectors")),
    ("reading a picture", ("image_encoder", "vae")),
    ("denoising", ("transformer", "unet")),
    ("denoising at low noise", ("transformer_2",)),
    ("enlarging", ("latent_upsampler", "vae")),
    ("decoding", ("vae", "audio_vae", "vocoder")),
)
"""In their order, and which parts each needs at once."""
_ONLY_WITH = {"reading a picture": "image_encoder", "enlarging": "latent_upsampler"}


class Verdict(StrEnum):
    """How a model can be held by a device."""

    AT_ONCE = "all of it stays on the device"
    IN_TURN = "its parts take turns on the device"
    STREAMED = "its blocks take turns on the device"
    TOO_LARGE = "it does not fit"


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage, and what it needs on the device."""

    name: str
    parts: tuple[str, ...]
    weights_bytes: int
    working_bytes: int

    @property
    def needed_bytes(self) -> int:
        """In all."""
        return self.weights_bytes + self.working_bytes


@dataclass(frozen=True, slots=True)
class Fit:
    """A model held against a device."""

    stages: tuple[Stage, ...]
    at_once_bytes: int
    """If every part stays."""
    free_bytes: int
    dtype: str
    streamed: Stage | None = None
    """The stage that needs the most where blocks take turns too; None: nobody said what they need."""

    @property
    def largest(self) -> Stage:
        """The stage that needs the most."""
        return max(self.stages, key=lambda stage: stage.needed_bytes)

    @property
    def verdict(self) -> Verdict:
        """Whether and how it fits."""
        if self.at_once_bytes <= self.free_bytes:
            return Verdict.AT_ONCE
        if self.largest.needed_bytes <= self.free_bytes:
            return Verdict.IN_TURN
        is_enough = self.streamed is not None and self.streamed.needed_bytes <= self.free_bytes
        return Verdict.STREAMED if is_enough else Verdict.TOO_LARGE

    def told(self, others: Iterable[str] = ()) -> str:
        """The verdict in a line, with what would fit if this does not.

        Args:
            others: models that would.
        """
        free, needed = gigabytes(self.free_bytes), gigabytes(self.largest.needed_bytes)
        if self.verdict is Verdict.AT_ONCE:
            return f"{self.verdict}: {gigabytes(self.at_once_bytes)} of {free} in {self.dtype}"
        if self.verdict is Verdict.IN_TURN:
            return f"{self.verdict}: {self.largest.name} needs the most, {needed} of {free} in {self.dtype}"
        if self.verdict is Verdict.STREAMED and self.streamed is not None:
            least = gigabytes(self.streamed.needed_bytes)
            return f"{self.verdict}: {self.streamed.name} needs the most, {least} of {free} in {self.dtype}"
        instead = "; ".join(self._instead(others))
        return f"{self.verdict}: {self.largest.name} needs {needed} {self._of()}, {free} are free; {instead}"

    def _of(self) -> str:
        if not self.largest.working_bytes:
            return f"in {self.dtype}"
        weights, beside = gigabytes(self.largest.weights_bytes), gigabytes(self.largest.working_bytes)
        return f"({weights} of weights in {self.dtype}, and {beside} to work with)"

    def _instead(self, others: Iterable[str]) -> Iterable[str]:
        yield f"a device with {needed_gigabytes(self.largest.needed_bytes)} GB free would hold it"
        weights, beside = self.largest.weights_bytes, self.largest.working_bytes
        for dtype, size in BYTES.items():
            if size < BYTES[self.dtype] and weights * size / BYTES[self.dtype] + beside <= self.free_bytes:
                yield f"so would this one with weights in {dtype}"
                break
        if names := list(others):
            yield f"smaller models that fit: {', '.join(names)}"


def stages_of(
    parameters: Mapping[str, int], dtype: str = "bfloat16", working_bytes: Mapping[str, int] | None = None
) -> tuple[Stage, ...]:
    """What each stage needs.

    Args:
        parameters: of each part.
        dtype: what weights are kept as on the device; a key of BYTES.
        working_bytes: beside weights, by the stages' names.
    """
    beside = working_bytes or {}
    stages = []
    for name, candidates in STAGES:
        parts = tuple(part for part in candidates if parameters.get(part))
        if name in _ONLY_WITH and _ONLY_WITH[name] not in parts:
            continue  # what the autoencoder needs, decoding's need covers
        if parts:
            weights = sum(_bytes(parameters[part], dtype) for part in parts)
            stages.append(Stage(name, parts, weights, beside.get(name, 0)))
    return tuple(stages)


def fit(
    parameters: Mapping[str, int],
    free_bytes: int,
    dtype: str = "bfloat16",
    working_bytes: Mapping[str, int] | None = None,
    streamed: Mapping[str, int] | None = None,
) -> Fit:
    """Hold a model against a device with so much memory free.

    Args:
        streamed: parameters of parts that the device holds at once where their blocks take turns (`devices.offload`).
    """
    stages = stages_of(parameters, dtype, working_bytes)
    used = {part for stage in stages for part in stage.parts}
    most = max((stage.working_bytes for stage in stages), default=0)
    at_once = sum(_bytes(parameters[part], dtype) for part in used) + most
    fewest = stages_of({**parameters, **(streamed or {})}, dtype, working_bytes)
    least = max(fewest, key=lambda stage: stage.needed_bytes) if streamed else None
    return Fit(stages, at_once, free_bytes, dtype, least)


def parameters_of(manifest: Manifest) -> dict[str, int]:
    """Of each part that has weights."""
    return {part.name: part.parameters for part in manifest.parts if part.parameters}


def gigabytes(size_bytes: float) -> str:
    """A size in words, such as 28.6 GB.

    >>> gigabytes(28_577_000_000), gigabytes(4_200_000)
    ('28.6 GB', '4.2 MB')
    """
    return f"{size_bytes / 1e9:.1f} GB" if size_bytes >= 1e8 else f"{size_bytes / 1e6:.1f} MB"


def needed_gigabytes(size_bytes: int) -> int:
    """Whole gigabytes that are enough."""
    return -(-size_bytes // 10**9)


def _bytes(parameters: int, dtype: str) -> int:
    return round(parameters * BYTES[dtype])
