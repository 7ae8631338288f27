"""`magnitudes.json`, beside an installed model's manifest: what `--cache mag` knows of it, schedule by schedule.

Imports no torch.
"""

import json
import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from manazir.core.errors import CheckpointError, UnsupportedError
from manazir.media.atomic import write_bytes

NAME = "magnitudes.json"
FORMAT = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Schedule:
    """What a calibration holds for; None: the model has but one."""

    solver: str | None = None
    shift: float | None = None

    @property
    def told(self) -> str:
        """In words, to stand behind a verb; empty: there is but one."""
        return "" if self.solver is None else f" for {self.solver} at a shift of {self.shift:g}"

    @property
    def options(self) -> str:
        """At the command line."""
        return "" if self.solver is None else f" --solver {self.solver} --shift {self.shift:g}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Calibration:
    """Of a model's weights under a schedule."""

    weights_hash: str
    schedule: Schedule
    ratios: tuple[float, ...]
    """See `calibrating.Measuring.ratios`; as many as there were steps."""

    def __post_init__(self) -> None:
        """Refuse numbers that are none."""
        if not self.ratios or not all(math.isfinite(ratio) and ratio >= 0 for ratio in self.ratios):
            raise CheckpointError("the model makes no sound numbers, so nothing can be told of how they grow")


def keep_calibration(folder: Path, made: Calibration) -> None:
    """Write it down, in place of one for the same schedule; those of other weights go.

    Raises:
        MediaError: the folder cannot be written.
        CheckpointError: the file is damaged.
    """
    kept = [one for one in _read(folder) if (one.weights_hash, one.schedule) == (made.weights_hash, one.schedule)]
    every = [*(one for one in kept if one.schedule != made.schedule), made]
    told = {"format": FORMAT, "measured": [asdict(one) for one in every]}
    write_bytes(folder / NAME, (json.dumps(told, indent=1) + "\n").encode())


def calibration_for(folder: Path, weights_hash: str, schedule: Schedule) -> Calibration:
    """That of a model under a schedule.

    Raises:
        UnsupportedError: it was not calibrated for that, or with other weights; names the command.
        CheckpointError: the file is damaged.
    """
    found = [one for one in _read(folder) if one.schedule == schedule]
    if not found or found[0].weights_hash != weights_hash:
        why = "not" if not found else "with other weights, not with these,"
        told = (
            f"{folder.name} was {why} calibrated{schedule.told}, which the step cache mag needs; run `manazir models "
            f"calibrate {folder.name}{schedule.options}`, or choose another cache"
        )
        raise UnsupportedError(told).named("not_calibrated", model=folder.name)
    return found[0]


def _read(folder: Path) -> list[Calibration]:
    path = folder / NAME
    try:
        told = json.loads(path.read_text())
        return [_calibration(one) for one in told["measured"]] if told["format"] == FORMAT else []
    except FileNotFoundError:
        return []
    except OSError as error:
        raise CheckpointError(f"cannot read {path}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, CheckpointError) as error:
        raise CheckpointError(f"{path} is damaged ({error}); delete it, and calibrate again") from error


def _calibration(told: dict[str, Any]) -> Calibration:
    solver, shift = told["schedule"]["solver"], told["schedule"]["shift"]
    schedule = Schedule(solver=solver and str(solver), shift=None if shift is None else float(shift))
    ratios = tuple(float(ratio) for ratio in told["ratios"])
    return Calibration(weights_hash=str(told["weights_hash"]), schedule=schedule, ratios=ratios)
