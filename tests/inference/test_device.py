import pytest
import torch

from manazir.core.errors import UnsupportedError
from manazir.inference.device import choose_device, repeatable


def test_the_operators_choice_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MANAZIR_DEVICE", "cpu")
    assert choose_device() == torch.device("cpu")


def test_without_a_choice_a_gpu_is_taken_if_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MANAZIR_DEVICE", raising=False)
    assert choose_device().type == ("cuda" if torch.cuda.is_available() else "cpu")


@pytest.mark.parametrize(("name", "message"), [("gpu", "it must be cpu, cuda"), ("cuda:99", "this machine has cpu")])
def test_a_device_that_is_not_there_is_refused(name: str, message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MANAZIR_DEVICE", name)
    with pytest.raises(UnsupportedError, match=message):
        choose_device()


@pytest.mark.gpu
def test_on_a_gpu_only_repeatable_algorithms_are_taken() -> None:
    with repeatable(torch.device("cuda")):
        assert torch.are_deterministic_algorithms_enabled()
        x = torch.randn(64, 64, device="cuda")
        assert (x @ x == x @ x).all()
    assert not torch.are_deterministic_algorithms_enabled()
