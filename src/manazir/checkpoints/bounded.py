"""A bound on what a configuration can ask for: networks that are built to be held against a file's weights."""

from collections.abc import Iterator
from contextlib import contextmanager

from torch import nn
from torch.nn.modules.module import register_module_parameter_registration_hook

from manazir.core.errors import CheckpointError

_SPARE = 100
"""Weights that a network may have beside twice those of its file: some stand there under one of several names."""


@contextmanager
def no_larger_than(weights: int) -> Iterator[None]:
    """While a network is built: it cannot have many more weights than its file, however many layers it asks for.

    Raises:
        CheckpointError: it has.
    """
    room, built = 2 * weights + _SPARE, 0

    def count(_module: nn.Module, _name: str, _weight: nn.Parameter | None) -> None:
        nonlocal built
        built += 1
        if built > room:
            raise CheckpointError(f"its configuration asks for a larger network than that of the {weights} weights")

    hook = register_module_parameter_registration_hook(count)
    try:
        yield
    finally:
        hook.remove()
