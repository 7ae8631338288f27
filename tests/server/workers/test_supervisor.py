"""Which device each worker uses, and how workers that die are replaced."""

import sys
from pathlib import Path

import pytest
from sqlalchemy import insert

from manazir.server.service import Service
from manazir.server.store.tables import workers
from manazir.server.workers import supervisor
from manazir.server.workers.supervisor import (
    FIRST_WAIT_SECONDS,
    LONGEST_WAIT_SECONDS,
    NO_DEVICE,
    Supervisor,
    _Slot,
    devices_for,
)


@pytest.mark.parametrize(
    ("gpus", "chosen", "devices"),
    [
        (0, None, [None, None, None]),
        (1, None, [None, None, None]),
        (2, None, ["cuda:0", "cuda:1", "cuda:0"]),
        (2, "cpu", [None, None, None]),
    ],
)
def test_workers_share_out_the_gpus(
    gpus: int, chosen: str | None, devices: list[str | None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for index in range(gpus):
        (tmp_path / f"0000:0{index}:00.0").mkdir()
    monkeypatch.setattr(supervisor, "GPUS", tmp_path)
    monkeypatch.delenv("MANAZIR_DEVICE", raising=False)
    if chosen is not None:
        monkeypatch.setenv("MANAZIR_DEVICE", chosen)
    assert devices_for(3) == devices


def ended_with(status: int, overseer: Supervisor, slot: _Slot) -> None:
    """Have a worker be started, end so, and be found."""
    slot.starts_at = 0.0
    overseer._look(slot)
    assert slot.process is not None
    assert slot.process.wait(timeout=60) == status
    overseer._look(slot)
    assert slot.process is None


def test_who_dies_before_it_works_is_replaced_with_longer_and_longer_waits(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "COMMAND", (sys.executable, "-S", "-c", "raise SystemExit(3)"))
    overseer, slot = Supervisor(service), _Slot()
    waits = []
    for _ in range(11):
        ended_with(3, overseer, slot)
        waits.append(slot.wait_seconds)
    assert waits[:3] == [2 * FIRST_WAIT_SECONDS, 4 * FIRST_WAIT_SECONDS, 8 * FIRST_WAIT_SECONDS]
    assert waits[-2:] == [LONGEST_WAIT_SECONDS] * 2
    overseer._look(slot)
    assert slot.process is None, "it is not started before its time"


def test_who_has_worked_is_replaced_at_once(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "COMMAND", (sys.executable, "-S", "-c", "raise SystemExit(3)"))
    overseer, slot = Supervisor(service), _Slot(wait_seconds=LONGEST_WAIT_SECONDS)
    overseer._look(slot)
    assert slot.process is not None
    with service.database.transaction() as connection:
        row = {"id": slot.worker_id, "host": "here", "process_id": slot.process.pid, "device": "cpu"}
        connection.execute(insert(workers).values(row | {"started_at": 1.0, "seen_at": 1.0}))
    slot.process.wait(timeout=60)
    overseer._look(slot)
    assert (slot.process, slot.wait_seconds) == (None, FIRST_WAIT_SECONDS)
    with service.database.reading() as connection:
        assert connection.execute(workers.select()).all() == [], "it is known to be gone"


def test_who_cannot_have_its_device_is_not_replaced(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "COMMAND", (sys.executable, "-S", "-c", f"raise SystemExit({NO_DEVICE})"))
    overseer, slot = Supervisor(service), _Slot()
    ended_with(NO_DEVICE, overseer, slot)
    assert slot.is_given_up
