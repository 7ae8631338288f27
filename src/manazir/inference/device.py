"""The device that computes, and computing the same there every time."""

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from manazir.core.errors import UnsupportedError
from manazir.core.home import device_name


def choose_device() -> torch.device:
    """The device that the operator chose by MANAZIR_DEVICE; else a GPU if there is one, else the CPU.

    Raises:
        UnsupportedError: the chosen one is not there, or no name of one.
    """
    name = device_name()
    gpus = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if name is None:
        return torch.device("cuda" if gpus else "cpu")
    device = torch.device(name)
    if device.type == "cpu" or (device.type == "cuda" and (device.index or 0) < gpus):
        return device
    there = ", ".join(["cpu", *(f"cuda:{index}" for index in range(gpus))])
    raise UnsupportedError(f"MANAZIR_DEVICE is {name!r}, and this machine has {there}; choose one of them")


def give_back() -> None:
    """Have memory that nothing needs any more be free, for others and for whoever asks how much is."""
    gc.collect()  # modules hold themselves in circles
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


@contextmanager
def repeatable(device: torch.device) -> Iterator[None]:
    """Within, torch takes only algorithms that give the same result every time on the same machine.

    On a CPU all that a model here calls does so anyway, and asking for it would cost a second of imports.
    """
    if device.type == "cpu":
        yield
        return
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # without it torch refuses to multiply
    before = torch.are_deterministic_algorithms_enabled()
    torch.use_deterministic_algorithms(True)
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(before)


def usual_dtype(device: torch.device) -> torch.dtype:
    """What large models are kept in: bfloat16 wherever the device multiplies it, else float32."""
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float32
    has_it = bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())
    return torch.bfloat16 if has_it else torch.float32
