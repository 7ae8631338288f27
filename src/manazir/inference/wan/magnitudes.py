"""What MagCache has to know of a Wan that is in no library, measured on any request and kept in any file.

Those of the library are calibrated by `calibrating` and keep it beside their manifest.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from manazir.core.errors import CheckpointError
from manazir.inference.calibrating import Measuring
from manazir.inference.wan.denoising import Expert, Request, denoise
from manazir.inference.wan.rules import CLASSIFIER_FREE
from manazir.inference.wan.sampling import WanSampling


@dataclass(frozen=True, kw_only=True, slots=True)
class Magnitudes:
    """Of a checkpoint under a schedule."""

    model: str
    shift: float
    ratios: tuple[float, ...]
    """See `calibrating.Measuring.ratios`."""


def measure_magnitudes(name: str, experts: Sequence[Expert], request: Request, sampling: WanSampling) -> Magnitudes:
    """Measure them on a request, with every block of every step computed."""
    measuring = Measuring()
    for _ in denoise(experts, request, replace(sampling, cache=measuring, guidance_rule=CLASSIFIER_FREE)):
        pass
    return Magnitudes(model=name, shift=sampling.shift, ratios=measuring.ratios(sampling.steps))


def save_magnitudes(magnitudes: Magnitudes, path: Path) -> None:
    """Write them down."""
    path.write_text(json.dumps(asdict(magnitudes), indent=1) + "\n")


def load_magnitudes(path: Path) -> Magnitudes:
    """Read them.

    Raises:
        CheckpointError: there are none, or the file is damaged.
    """
    try:
        about = json.loads(path.read_text())
        ratios = tuple(float(ratio) for ratio in about["ratios"])
        return Magnitudes(model=str(about["model"]), shift=float(about["shift"]), ratios=ratios)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise CheckpointError(f"cannot read magnitudes from {path} ({error}); measure them again") from error
