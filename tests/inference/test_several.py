"""Several processes make one film; none is left, whatever happens."""

import os
import signal
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tests.open_ltx import save_tiny_ltx
from tests.open_weights import save_tiny_wan

import manazir
from manazir.cli.main import main
from manazir.core.canvas import Canvas
from manazir.core.errors import ShapeError, UnsupportedError
from manazir.devices.mesh import Parallel
from manazir.inference import several, sharing_choice
from manazir.inference.devices_asked import Devices, parse_devices
from manazir.inference.engine import Settings
from manazir.inference.sharing_choice import chosen

CPU = torch.device("cpu")
SMALL = Canvas(prompt="a red ball", width=48, height=32, duration_seconds=0.4, seed=1)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MANAZIR_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("MANAZIR_DEVICE", "cpu")
    return tmp_path


@pytest.fixture
def wan(home: Path) -> str:
    assert main(["models", "import", str(save_tiny_wan(home / "published")), "--name", "tiny"]) == 0
    return "tiny"


@pytest.fixture
def ltx(home: Path) -> str:
    assert main(["models", "import", str(save_tiny_ltx(home / "published")), "--name", "tiny-ltx"]) == 0
    return "tiny-ltx"


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Processes that were."""
    members: list[Any] = []
    start = several._start

    def noted() -> Any:
        members.append(start())
        return members[-1]

    monkeypatch.setattr(several, "_start", noted)
    return members


def _made(model: str, devices: str | int, settings: Settings, **others: Any) -> Any:
    canvas = replace(SMALL, width=64, height=64) if model == "tiny-ltx" else SMALL
    return manazir.take(canvas, model=model, settings=settings, precision="float32", devices=devices, **others)


def _far(one: Any, other: Any) -> int:
    """The largest difference of a pixel, in levels of 255."""
    return int(np.abs(one.clip.frames.astype(int) - other.clip.frames.astype(int)).max())


def test_two_make_the_film_of_one_and_the_take_says_so(wan: str, started: list[Any]) -> None:
    steps: list[tuple[int, int]] = []
    settings = Settings(steps=2)
    alone = _made(wan, 1, settings)
    assert not started
    both = _made(wan, 2, settings, on_step=lambda *step: steps.append(step))
    assert _far(alone, both) <= 1
    assert both.take.settings["devices"] == {"branches": 2, "sequence": 1, "tensor": 1}
    assert [done for done, _ in steps] == list(range(1, steps[-1][1] + 1))
    assert [member.process.returncode is None for member in started] == [False, False]


def test_weights_of_an_ltx2_are_shared_for_film_and_sound(ltx: str) -> None:
    settings = Settings(steps=1)
    alone, both = _made(ltx, 1, settings), _made(ltx, "tensor=2", settings)
    assert _far(alone, both) <= 1
    assert np.abs(alone.clip.sound.samples - both.clip.sound.samples).max() < 1e-3


def test_when_one_dies_the_others_are_ended_and_it_is_told(wan: str, started: list[Any]) -> None:
    def kill(done: int, total: int) -> None:
        os.kill(started[1].process.pid, signal.SIGKILL)

    with pytest.raises(UnsupportedError, match=r"process 1 of 2 was killed \(SIGKILL\), and the others were stopped"):
        _made(wan, 2, Settings(steps=30), on_step=kill)
    assert all(member.process.returncode is not None for member in started)


def test_an_interrupt_ends_all_of_them(wan: str, started: list[Any]) -> None:
    def interrupt(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _made(wan, 2, Settings(steps=30), on_step=interrupt)
    assert [member.process.returncode for member in started] == [-signal.SIGKILL] * 2


def test_what_a_process_refuses_is_raised_here(wan: str) -> None:
    with pytest.raises(ShapeError, match="not 50x32; choose 48x32 or 64x32") as told:
        manazir.generate(Canvas(prompt="x", width=50, height=32, duration_seconds=0.4), model=wan, devices=2)
    assert told.value.reason is not None  # what it is told by in other languages came along


@pytest.mark.parametrize(
    ("asked", "settings", "parallel"),
    [
        (2, Settings(), Parallel(branches=2)),
        (4, Settings(), Parallel(branches=2, sequence=2)),
        (2, Settings(guidance_scale=1.0), Parallel(sequence=2)),
        (2, Settings(guidance_scale=1.0, cache="tea"), Parallel(tensor=2)),
        (4, Settings(cache="tea"), Parallel(branches=2, tensor=2)),
        ("tensor=2", Settings(), Parallel(tensor=2)),
    ],
)
def test_what_sends_least_is_shared(wan: str, asked: str | int, settings: Settings, parallel: Parallel) -> None:
    assert chosen(parse_devices(asked), wan, settings, CPU, None) == parallel


def test_all_branches_of_an_ltx2_are_shared(ltx: str) -> None:
    assert chosen(Devices(count=4), ltx, Settings(), CPU, None) == Parallel(branches=4)
    assert chosen(Devices(count=8), ltx, Settings(), CPU, None) == Parallel(branches=4, sequence=2)


def test_weights_are_shared_where_a_device_does_not_hold_them(wan: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sharing_choice, "_holds_all", lambda *_: False)
    assert chosen(Devices(count=2), wan, Settings(), CPU, None) == Parallel(tensor=2)


@pytest.mark.parametrize(
    ("asked", "settings", "message"),
    [
        (3, Settings(), "3 devices for tiny: branches can be 1 to 2, .* its 2 heads; so choose from 1, 2, 4$"),
        (4, Settings(guidance_scale=1.0), "branches can be 1, for nothing guides it, .* so choose from 1, 2$"),
        ("branches=3", Settings(), "branches=3 for tiny"),
        ("sequence=4", Settings(), "sequence=4, tensor=1 for tiny"),
    ],
)
def test_an_impossible_number_is_told_with_those_that_work(
    wan: str, asked: str | int, settings: Settings, message: str
) -> None:
    with pytest.raises(ShapeError, match=message):
        chosen(parse_devices(asked), wan, settings, CPU, None)


def test_caches_models_and_machines_that_cannot_are_named(wan: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnsupportedError, match="step caches look at all tokens"):
        chosen(Devices(sequence=2), wan, Settings(cache="tea"), CPU, None)
    with pytest.raises(UnsupportedError, match="noor-nano runs on one device"):
        chosen(Devices(count=2), "noor-nano", Settings(), CPU, None)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    with pytest.raises(UnsupportedError, match="2 devices, and this machine has 1 GPUs"):
        chosen(Devices(count=2), wan, Settings(), torch.device("cuda"), None)
    with pytest.raises(UnsupportedError, match="MANAZIR_DEVICE names one GPU"):
        chosen(Devices(count=2), wan, Settings(), torch.device("cuda:0"), None)


@pytest.mark.parametrize("text", ["0", "-2", "two", "branches=2,branches=2", "heads=2", "tensor=0", "65", "", "2.5"])
def test_what_is_no_number_of_devices_is_refused(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["generate", "x", f"--devices={text}"]) == 2
    assert "device" in capsys.readouterr().err
