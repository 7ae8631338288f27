"""What engines for models of the library have in common."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import torch

from manazir.core.canvas import Canvas, Need
from manazir.inference.caching import parse_cache
from manazir.inference.calibrating import Measuring
from manazir.inference.engine import Settings
from manazir.inference.library_model import LibraryModel
from manazir.inference.magnitudes_file import Calibration, Schedule, calibration_for
from manazir.inference.makes import Makes
from manazir.inference.working import Film
from manazir.models.step_cache import StepCache


@dataclass(frozen=True, kw_only=True, slots=True)
class LibraryEngine(ABC):
    """A model of the library, and what it makes and honours; how it fills in canvases, a family's engine adds."""

    model: LibraryModel
    makes: Makes
    honours: frozenset[Need]
    weights_hash: str
    adapters: tuple[dict[str, Any], ...] = ()
    """Put into its weights; for takes."""
    notes: tuple[str, ...] = ()
    """What a person should know of the model as it was loaded."""
    measuring: Measuring | None = None
    """In place of a step cache, where the model is being calibrated."""

    @property
    def name(self) -> str:
        """Of the model."""
        return self.model.name

    @property
    def device(self) -> torch.device:
        """Where the networks are."""
        return self.model.placement.device

    @property
    def frame_rate(self) -> float | None:
        """At which it makes frames."""
        return self.makes.frame_rate

    @property
    def longest_seconds(self) -> float | None:
        """That it makes at once."""
        return self.makes.longest_seconds

    def check_size(self, width: int, height: int) -> None:
        """Raise a ShapeError that names sizes which can be made, unless this one can."""
        self.makes.check_size(width, height)

    @abstractmethod
    def film_of(self, canvas: Canvas, settings: Settings) -> Film:
        """What of a canvas is predicted and decoded at once.

        Raises:
            ShapeError, MediaError, CanvasError: what cannot be made, and what can.
        """

    @abstractmethod
    def working(self, film: Film) -> Mapping[str, int]:
        """Bytes that each stage works with beside weights."""

    def schedule(self, settings: Settings) -> Schedule:  # noqa: ARG002
        """What a calibration with these settings holds for."""
        return Schedule()

    def step_cache(self, settings: Settings, taken: Callable[[Sequence[float]], Sequence[float]]) -> StepCache | None:
        """That was asked for.

        Args:
            taken: of the ratios of a whole calibration, those of the steps that are taken.

        Raises:
            UnsupportedError: there is none of that name, or the model was not calibrated for it.
        """
        if self.measuring is not None or settings.cache is None:
            return self.measuring
        return parse_cache(settings.cache, lambda: taken(self._calibration(settings).ratios))

    def _calibration(self, settings: Settings) -> Calibration:
        return calibration_for(self.model.folder, self.weights_hash, self.schedule(settings))

    def used_weights(self) -> dict[str, Any]:
        """For takes: as what numbers they are kept, what was put into them, and among how many devices they lie."""
        told: dict[str, Any] = {"precision": self.model.placement.precision}
        if self.adapters:
            told["adapters"] = list(self.adapters)
        return told if self.model.mesh is None else told | {"devices": asdict(self.model.mesh.parallel)}
