"""A network on a device that is too small for it: its blocks' weights stay in the host's memory and take turns.

A few places on the device, each as large as the largest block, are all that blocks ever have there. While one block
computes, the next ones' weights are copied on a stream of their own, so a copy is waited for only where it takes longer
than a block computes. The numbers are the same as without.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import torch
from torch import Tensor, nn

from manazir.core.errors import UnsupportedError

_ALIGNMENT = 256
"""Bytes; what GPUs read at once, and a multiple of every number's size."""


@dataclass(eq=False)
class _Cargo:
    """A block's weights, one after the other in the host's memory."""

    host: Tensor
    tensors: list[Tensor]
    """The block's own, which look into the host's memory or into a place on the device."""
    offsets: list[int]

    def look_into(self, memory: Tensor) -> None:
        """Have the block compute with what lies there."""
        for tensor, offset in zip(self.tensors, self.offsets, strict=True):
            size = tensor.numel() * tensor.element_size()
            tensor.data = memory[offset : offset + size].view(tensor.dtype).view(tensor.shape)


@dataclass(eq=False)
class _Place:
    """Room for one block on the device."""

    memory: Tensor
    block: int | None = None
    arrived: Any = None
    """When its weights are there, on the copying stream."""
    left: Any = None
    """When the block before it had computed."""


class Offload:
    """A network's blocks in the host's memory, until they are put back. As a context: until its end.

    Everything else of the network moves to the device. Adapters, shares of weights and narrow numbers come before. One
    thread at a time computes with the network; copies come in time where blocks are asked in their order.

    Args:
        blocks: of the network, in their order.
        device: that computes. On a CPU places are copies too, which only tests want.
        ahead: blocks that are copied while one computes; the device holds one more than these.

    Raises:
        UnsupportedError: fewer than none ahead.
    """

    def __init__(self, network: nn.Module, blocks: Iterable[nn.Module], device: torch.device, ahead: int = 1) -> None:
        if ahead < 0:
            raise UnsupportedError(f"{ahead} blocks ahead; give 0 or more")
        laid, is_gpu = list(blocks), device.type == "cuda"
        self._device = device
        self._current: int | None = None
        self._cargos = [_packed(block, is_pinned=is_gpu) for block in laid]
        _move_the_rest(network, laid, device)
        largest = max(cargo.host.numel() for cargo in self._cargos)
        count = min(ahead + 1, len(laid))
        self._places = [_Place(torch.empty(largest, dtype=torch.uint8, device=device)) for _ in range(count)]
        self._stream = torch.cuda.Stream(device) if is_gpu else None  # type: ignore[no-untyped-call]
        if self._stream is not None:  # places may be memory that something else has just left
            self._stream.wait_stream(torch.cuda.current_stream(device))
        self._hooks = [
            module.register_forward_pre_hook(lambda _module, _inputs, index=index: self._need(index))
            for index, block in enumerate(laid)
            for module in block.modules()  # the block's parts are asked without it, to read words
        ]

    @property
    def held(self) -> list[int]:
        """Blocks that are on the device, or on their way."""
        return [place.block for place in self._places if place.block is not None]

    @property
    def device_bytes(self) -> int:
        """What all blocks together take of the device."""
        return sum(place.memory.numel() for place in self._places)

    @property
    def host_bytes(self) -> int:
        """What they take of the host."""
        return sum(cargo.host.numel() for cargo in self._cargos)

    def remove(self) -> None:
        """Leave the blocks in the host's memory, and the device's free; the network is as if just loaded there."""
        for hook in self._hooks:
            hook.remove()
        if self._stream is not None:
            torch.cuda.synchronize(self._device)
        self._leave()
        self._hooks, self._places = [], []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.remove()

    def _need(self, index: int) -> None:
        """A block is about to compute, or a part of it is."""
        if index == self._current:
            return
        self._leave()
        count = len(self._cargos)
        wanted = [(index + step) % count for step in range(len(self._places))]
        place = self._fetched(index, wanted)
        if self._stream is not None:
            torch.cuda.current_stream(self._device).wait_event(place.arrived)
        self._cargos[index].look_into(place.memory)
        self._current = index
        for later in wanted[1:]:
            self._fetched(later, wanted)

    def _leave(self) -> None:
        """The current block has computed: what comes into its place waits for that, nobody else does."""
        if self._current is None:
            return
        self._cargos[self._current].look_into(self._cargos[self._current].host)
        place = next(place for place in self._places if place.block == self._current)
        if self._stream is not None:
            place.left = torch.cuda.current_stream(self._device).record_event()
        self._current = None

    def _fetched(self, index: int, wanted: Sequence[int]) -> _Place:
        """The place of a block, which is on its way to it."""
        for place in self._places:
            if place.block == index:
                return place
        place = next(place for place in self._places if place.block not in wanted)
        place.block = index
        self._copy(self._cargos[index].host, place)
        return place

    def _copy(self, host: Tensor, place: _Place) -> None:
        room = place.memory[: host.numel()]
        if self._stream is None:
            room.copy_(host)
            return
        with torch.cuda.stream(self._stream):
            if place.left is not None:
                self._stream.wait_event(place.left)
            room.copy_(host, non_blocking=True)
            place.arrived = self._stream.record_event()


def held_parameters(network: nn.Module, blocks: Sequence[nn.Module], ahead: int = 1) -> int:
    """How many of a network's parameters the device holds at once; the network may be on `meta`."""
    sizes = [sum(each.numel() for each in block.parameters()) for block in blocks]
    around = sum(each.numel() for each in network.parameters()) - sum(sizes)
    return around + min(ahead + 1, len(sizes)) * max(sizes)


def _packed(block: nn.Module, *, is_pinned: bool) -> _Cargo:
    """Move a block's weights into one piece of the host's memory, which is copied at once."""
    tensors = [*block.parameters(), *block.buffers()]
    offsets, total = [], 0
    for tensor in tensors:
        offsets.append(total)
        total += -(-tensor.numel() * tensor.element_size() // _ALIGNMENT) * _ALIGNMENT
    cargo = _Cargo(torch.empty(total, dtype=torch.uint8, pin_memory=is_pinned), tensors, offsets)
    whole = [tensor.detach() for tensor in tensors]
    cargo.look_into(cargo.host)
    for tensor, value in zip(tensors, whole, strict=True):
        tensor.data.copy_(value)
    return cargo


def _move_the_rest(network: nn.Module, blocks: Iterable[nn.Module], device: torch.device) -> None:
    """Move what is not of the blocks."""
    inside = {id(tensor) for block in blocks for tensor in (*block.parameters(), *block.buffers())}
    for tensor in (*network.parameters(), *network.buffers()):
        if id(tensor) not in inside:
            tensor.data = tensor.data.to(device)
