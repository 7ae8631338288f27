"""A readout: hand-made measures in, the share of each answer out. One hidden layer, a few kilobytes of JSON.

It is fitted on rendered truth by `benchmarks/fit_detectors.py`; nothing of any generating model goes into it.
"""

import functools
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from manazir.core.errors import CheckpointError

Floats = NDArray[np.float64]
Real = TypeVar("Real", np.float32, np.float64)
FITTED = Path(__file__).parent / "fitted"


@dataclass(frozen=True, kw_only=True, slots=True)
class Readout:
    """Softmax of a two-layer network on standardised measures."""

    answers: tuple[str, ...]
    mean: Floats
    scale: Floats
    hidden: Floats
    """`[measures + 1, units]`; the last row is the bias."""
    output: Floats
    """`[units + 1, answers]`"""

    def shares(self, measures: NDArray[Real]) -> NDArray[Real]:
        """Return `[..., answers]` that sum to one, in the precision of the measures."""
        mean, scale, hidden, output = (
            array.astype(measures.dtype) for array in (self.mean, self.scale, self.hidden, self.output)
        )
        units = np.tanh(np.clip((measures - mean) / scale, -6.0, 6.0) @ hidden[:-1] + hidden[-1])
        logits = units @ output[:-1] + output[-1]
        shares = np.exp(logits - logits.max(axis=-1, keepdims=True))
        summed: NDArray[Real] = shares / shares.sum(axis=-1, keepdims=True)
        return summed

    def answer(self, measures: Floats) -> str:
        """Return the likeliest answer to one set of measures."""
        return self.answers[int(self.shares(measures).argmax())]

    def to_json(self) -> str:
        """Write it down, to four digits."""
        arrays = {name: _rounded(getattr(self, name)) for name in ("mean", "scale", "hidden", "output")}
        return json.dumps({"answers": list(self.answers), **arrays}) + "\n"


@functools.cache
def load_readout(name: str) -> Readout:
    """Read a fitted readout by its name.

    Raises:
        CheckpointError: there is none, or it is damaged.
    """
    path = FITTED / f"{name}.json"
    try:
        about = json.loads(path.read_text())
        arrays = {key: np.array(about[key], np.float64) for key in ("mean", "scale", "hidden", "output")}
        return Readout(answers=tuple(about["answers"]), **arrays)
    except FileNotFoundError:
        raise CheckpointError(f"no readout {name!r} in {FITTED}; benchmarks/fit_detectors.py makes it") from None
    except (ValueError, KeyError, TypeError) as error:
        raise CheckpointError(f"{path} is damaged ({error}); benchmarks/fit_detectors.py makes it anew") from error


def _rounded(array: Floats) -> list[float] | list[list[float]]:
    values: list[float] | list[list[float]] = (
        [[float(f"{v:.4g}") for v in row] for row in array] if array.ndim == 2 else [float(f"{v:.4g}") for v in array]
    )
    return values
