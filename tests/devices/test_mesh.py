"""Two and four processes make what one makes."""

import re
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch
from tests.devices import cases
from tests.devices.networks import LATER, vace
from tests.devices.processes import ROOT, Processes

from manazir.core.errors import ShapeError, UnsupportedError
from manazir.devices.mesh import Parallel, joined

TWO = [Parallel(branches=2), Parallel(sequence=2), Parallel(tensor=2)]
FOUR = [
    Parallel(branches=2, sequence=2),
    Parallel(branches=2, tensor=2),
    Parallel(sequence=2, tensor=2),
    Parallel(sequence=4),
    Parallel(tensor=4),
]


def _name(parallel: Parallel) -> str:
    return f"{parallel.branches}-{parallel.sequence}-{parallel.tensor}"


@pytest.fixture(scope="module")
def processes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Processes]:
    started = Processes(4, tmp_path_factory.mktemp("stores"))
    yield started
    started.stop()


@pytest.mark.parametrize("parallel", [*TWO, *FOUR], ids=_name)
def test_wan_predicts_a_pack_of_several_documents(processes: Processes, parallel: Parallel) -> None:
    assert max(processes.run(cases.wan_case, parallel.devices, parallel)) < 1e-5


@pytest.mark.parametrize("parallel", [TWO[0], FOUR[2]], ids=_name)
def test_wan_vace_shares_its_context_too(processes: Processes, parallel: Parallel) -> None:
    arguments = "sdpa", torch.float32, 0, vace
    assert max(processes.run(cases.wan_case, parallel.devices, parallel, *arguments)) < 1e-5


def test_devices_without_a_token_take_part(processes: Processes) -> None:
    for tokens in (1, 3):
        assert max(processes.run(cases.wan_case, 4, Parallel(sequence=4), "sdpa", torch.float32, tokens)) < 1e-5


@pytest.mark.parametrize("parallel", [FOUR[0], FOUR[2]], ids=_name)
def test_wan_predicts_nearly_the_same_in_bfloat16(processes: Processes, parallel: Parallel) -> None:
    assert max(processes.run(cases.wan_case, 4, parallel, "sdpa", torch.bfloat16)) < 1e-2


@pytest.mark.parametrize("parallel", [*TWO[1:], FOUR[2]], ids=_name)
def test_wan_keeps_and_goes_on_from_a_past(processes: Processes, parallel: Parallel) -> None:
    for errors in processes.run(cases.wan_past_case, parallel.devices, parallel):
        assert max(errors) < 1e-5


@pytest.mark.parametrize(
    ("parallel", "others"),
    [*((parallel, LATER) for parallel in [*TWO, *FOUR[:4]]), (FOUR[2], {})],
    ids=lambda given: _name(given) if isinstance(given, Parallel) else "LTX-2.5" if given else "LTX-2",
)
def test_ltx_predicts_video_and_sound(processes: Processes, parallel: Parallel, others: dict[str, Any]) -> None:
    goes_on = parallel.branches == 1
    assert max(processes.run(cases.ltx_case, parallel.devices, parallel, others, goes_on)) < 1e-5


@pytest.mark.parametrize("scale", [3.0, 1.0])
@pytest.mark.parametrize("parallel", [TWO[0], FOUR[0], FOUR[2]], ids=_name)
def test_a_film_is_the_same_in_every_process(processes: Processes, parallel: Parallel, scale: float) -> None:
    for far, apart in processes.run(cases.denoise_case, parallel.devices, parallel, scale):
        assert far < 1e-5
        assert apart == 0.0


def test_each_device_holds_its_part_of_the_weights(processes: Processes) -> None:
    for whole, part in processes.run(cases.weights_case, 4, Parallel(tensor=4)):
        assert 0.25 * whole < part < 0.3 * whole


def test_all_forms_go_together(processes: Processes) -> None:
    for far, held in processes.run(cases.stacked_case, 4, FOUR[2]):
        assert 1e-3 < far < 0.1
        assert held == 2


def test_any_backend_serves(processes: Processes) -> None:
    for backend in ("blocked", "reference"):
        assert max(processes.run(cases.wan_case, 4, FOUR[0], backend)) < 1e-5


@pytest.mark.parametrize(
    ("parallel", "others", "message"),
    [
        (
            Parallel(sequence=2),
            {"heads": 3},
            "ShapeError: 3 heads for sequence=2 times tensor=1 devices; their product may be 1, 3, and",
        ),
        (Parallel(tensor=2), {"heads": 5}, "ShapeError: 5 heads for sequence=1 times tensor=2 devices"),
        (Parallel(tensor=2), {"hidden_width": 33}, "ShapeError: 33 hidden numbers for tensor=2 devices"),
        (Parallel(tensor=2), {"is_narrow": True}, "UnsupportedError: Float8Linear cannot be shared by tensor; share"),
        (Parallel(branches=2), {"is_kept": True}, "UnsupportedError: branches on different devices keep no keys"),
        (Parallel(sequence=2), {"past_heads": 3}, "ShapeError: a past of 3 heads; give all 4, or the 2 that are kept"),
        (Parallel(branches=4), {}, "UnsupportedError: .* is for 4 processes, and 2 run; .* --nproc-per-node 4"),
    ],
)
def test_what_does_not_come_out_even_is_refused(
    processes: Processes, parallel: Parallel, others: dict[str, Any], message: str
) -> None:
    for told in processes.run(partial(cases.refused_case, **others), 2, parallel):
        assert re.match(message, told), told


STARTED = """
import torch
import torch.distributed as dist
from manazir.devices.mesh import Parallel, joined
with joined(Parallel(sequence=2), torch.device("cpu")) as mesh:
    print(f"{mesh.place} of {dist.get_world_size()}")
"""


@pytest.mark.slow
def test_processes_that_torchrun_starts_join(tmp_path: Path) -> None:
    script = tmp_path / "started.py"
    script.write_text(STARTED)
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", str(script)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert sorted(done.stdout.split("\n")) == ["", "0 of 2", "1 of 2"]


def test_a_program_that_torchrun_has_not_started_is_told_how() -> None:
    with (
        pytest.raises(UnsupportedError, match="start them by torchrun --nproc-per-node 2"),
        joined(TWO[0], torch.device("cpu")),
    ):
        pass
    with pytest.raises(ShapeError, match="each is 1 or more"):
        Parallel(tensor=0)
