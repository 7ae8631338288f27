"""Where the parts of a model are kept, and as what: decided before a weight is read, from what each stage needs.

All parts stay on the device if they fit there at once. Else they take turns; where a transformer does not fit even
alone, its blocks take turns; and where only what reads words does not fit, words are read on the CPU.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

import torch
from torch import nn

from manazir.checkpoints.adapter_stacks import Target
from manazir.checkpoints.known_models import those_that_fit
from manazir.checkpoints.manifest import Manifest
from manazir.checkpoints.memory import STAGES, Fit, Verdict, fit, parameters_of
from manazir.core.errors import UnsupportedError
from manazir.devices.float8 import narrow
from manazir.devices.mesh import Parallel
from manazir.devices.offload import Offload, held_parameters
from manazir.inference.device import usual_dtype

PRECISIONS = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float8": torch.bfloat16}
"""Of transformers' weights, and what everything beside float8 weights is then in."""
_WORDS = dict(STAGES)["reading words"]
_NARROWED = ("transformer", "transformer_2")
_CPU = torch.device("cpu")
ALONE = Parallel()
NOTHING: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True, slots=True)
class Placement:
    """Where and as what."""

    device: torch.device = _CPU
    dtype: torch.dtype = torch.float32
    all_stay: bool = True
    """Whether all parts stay on the device, or take turns there."""
    is_streamed: bool = False
    """Whether a transformer's blocks take turns too."""
    is_narrow: bool = False
    """Whether a transformer's linear layers are in float8."""
    words_on_cpu: bool = False
    is_shared: bool = False
    """Whether other devices have the rest of a transformer's weights."""

    @property
    def words_device(self) -> torch.device:
        """Where words are read."""
        return _CPU if self.words_on_cpu else self.device

    @property
    def loads_on(self) -> torch.device:
        """Where a transformer's weights are read to."""
        return _CPU if self.is_streamed or self.is_shared else self.device

    def settle(self, transformer: nn.Module, blocks: Iterable[nn.Module]) -> None:
        """Have a transformer that was read compute on the device; adapters are in its weights by now.

        Raises:
            UnsupportedError: the device cannot multiply float8.
        """
        laid = list(blocks)
        if self.is_narrow:
            narrow(transformer, laid, self.device)
        if self.is_streamed:
            Offload(transformer, laid, self.device)
        else:
            transformer.to(self.device)

    @property
    def precision(self) -> str:
        """By its name in PRECISIONS."""
        return "float8" if self.is_narrow else str(self.dtype).removeprefix("torch.")


def place(
    manifest: Manifest,
    device: torch.device,
    precision: str | None = None,
    streamed: Mapping[str, int] | None = None,
    parallel: Parallel = ALONE,
    working: Mapping[str, int] = NOTHING,
    own: int = 0,
) -> Placement:
    """Decide for a model of the library.

    Args:
        precision: a key of PRECISIONS; None: bfloat16 where the device multiplies it, else float32.
        streamed: parameters that the device holds at once of parts whose blocks take turns.
        parallel: what is shared with other devices; on a CPU all of them have the same memory.
        working: bytes that each stage works with beside weights; see `working`.
        own: bytes of the model's own that are on the device, and go if it is laid otherwise.

    Raises:
        UnsupportedError: there is no such precision, or no room even for the largest stage; names what that needs.
    """
    if precision is not None and precision not in PRECISIONS:
        raise UnsupportedError(f"no precision {precision!r}; have {', '.join(PRECISIONS)}")
    dtype = usual_dtype(device) if precision is None else PRECISIONS[precision]
    parts = parallel.tensor
    wanted = Placement(device=device, dtype=dtype, is_narrow=precision == "float8", is_shared=parts > 1)
    free = free_bytes(device)
    if free is None:
        return wanted
    parameters = {part: _of_one(part, count, parts) for part, count in parameters_of(manifest).items()}
    free += own
    if device.type == "cpu":
        return _within(free // parallel.devices, wanted, manifest.name, parameters, None, working)
    held = None if streamed is None else {part: count // parts for part, count in streamed.items()}
    return _within(free, wanted, manifest.name, parameters, held, working)


def _of_one(part: str, parameters: int, parts: int) -> int:
    """Parameters that one of several devices has."""
    return -(-parameters // parts) if part in _NARROWED else parameters


def hold(
    free: int,
    wanted: Placement,
    parameters: Mapping[str, int],
    streamed: Mapping[str, int] | None = None,
    working: Mapping[str, int] = NOTHING,
) -> tuple[Placement, Fit]:
    """The first way that fits, and what was counted for it; where none does, what was counted for the last."""
    without_words = {part: count for part, count in parameters.items() if part not in _WORDS}
    result = _fit(parameters, free, wanted, streamed, working)
    if result.verdict is Verdict.TOO_LARGE and wanted.device.type != "cpu":
        wanted = replace(wanted, words_on_cpu=True)
        result = _fit(without_words, free, wanted, streamed, working)
    is_streamed = result.verdict is Verdict.STREAMED
    return replace(wanted, all_stay=result.verdict is Verdict.AT_ONCE, is_streamed=is_streamed), result


def _within(
    free: int,
    wanted: Placement,
    name: str,
    parameters: Mapping[str, int],
    streamed: Mapping[str, int] | None,
    working: Mapping[str, int],
) -> Placement:
    placed, result = hold(free, wanted, parameters, streamed, working)
    if result.verdict is Verdict.TOO_LARGE:
        others = [] if working else [other for other in those_that_fit(free) if other != name]
        told = f"{name} on {wanted.device.type}: {result.told(others)}"
        raise UnsupportedError(told).named("no_room_for_model", model=name)
    return placed


def _fit(
    parameters: Mapping[str, int],
    free: int,
    wanted: Placement,
    streamed: Mapping[str, int] | None,
    working: Mapping[str, int],
) -> Fit:
    """Narrow weights are counted as half of those that they stand for."""
    share = 2 if wanted.is_narrow else 1
    counted = {part: count // share if part in _NARROWED else count for part, count in parameters.items()}
    held = {part: count // share for part, count in (streamed or {}).items()}
    return fit(counted, free, str(wanted.dtype).removeprefix("torch."), working, streamed=held)


def held(targets: Mapping[str, Target]) -> dict[str, int]:
    """Parameters of each transformer that a device holds at once where its blocks take turns."""
    with torch.device("meta"):
        networks = {part: target.make() for part, target in targets.items()}
    return {part: held_parameters(network, network.stack) for part, network in networks.items()}


def free_bytes(device: torch.device) -> int | None:
    """Memory that is free there; None: the system does not tell."""
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:
        return None
    available = next((line for line in lines if line.startswith("MemAvailable:")), None)
    return None if available is None else int(available.split()[1]) * 1024
