import time

import pytest
import torch
from torch import nn

from manazir.inference import measuring
from manazir.inference.measuring import Measured, Rates, Stage, measure, measure_rates

CPU = torch.device("cpu")


def test_a_machine_multiplies_and_copies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "_SIDES", {"cpu": 64})
    monkeypatch.setattr(measuring, "_COPIES", {"cpu": 1 << 16})
    rates = measure_rates(CPU, torch.float32)
    assert rates.flop > 1e6
    assert rates.bytes > 1e6
    assert rates.best(Rates(1e30, 1.0)) == Rates(1e30, rates.bytes)


def test_stages_are_measured_one_after_the_other() -> None:
    layer, x = nn.Linear(8, 8, bias=False), torch.randn(4, 8)
    stages = [
        Stage("multiplying", lambda: layer(x), list(layer.parameters())),
        Stage("waiting", lambda: time.sleep(0.02), [], calls=3),
    ]
    first, second = measure(stages, CPU, runs=2)
    assert (first.name, first.flop, first.weight_bytes, first.calls) == ("multiplying", 2 * 4 * 64, 256, 1)
    assert (second.flop, second.calls) == (0, 3)
    assert second.seconds >= 0.02


def test_the_share_is_of_what_binds() -> None:
    measured = Measured("a stage", torch.float32, 2.0, 1, 100, 10)
    assert measured.share(Rates(flop=100.0, bytes=1e9)) == 0.5
    assert measured.share(Rates(flop=1e9, bytes=10.0)) == 0.5
