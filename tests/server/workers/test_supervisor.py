"""Which device each worker uses."""

from pathlib import Path

import pytest

from manazir.server.workers import supervisor
from manazir.server.workers.supervisor import devices_for


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
