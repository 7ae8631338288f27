"""Several devices for one network: who shares what with whom.

Each device has a process of its own that runs the same program, as torchrun or `inference.several` starts them.
Branches of guidance are predicted by different devices, tokens of one pack are shared among some (`sequence`), and the
weights of each layer among others (`tensor`); all three go together. After each prediction every device has the same
numbers.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import torch
import torch.distributed as dist
from torch import Tensor
from torch.distributed.device_mesh import init_device_mesh

from manazir.core.errors import ShapeError, UnsupportedError
from manazir.devices.sequence import Ulysses, even
from manazir.models.sharing import Share, Sharing

Request = TypeVar("Request")


@dataclass(frozen=True, kw_only=True, slots=True)
class Parallel:
    """Among how many devices what is shared; the product is how many there are."""

    branches: int = 1
    """Documents of a pack that are predicted at once: 2 for both branches of guidance. Little is sent."""
    sequence: int = 1
    """Shares of a pack's tokens: for long clips. Every device holds all weights."""
    tensor: int = 1
    """Shares of each layer's heads and hidden numbers. Each device holds its part of the weights; the most is sent."""

    def __post_init__(self) -> None:
        """Refuse less than one."""
        if min(self.branches, self.sequence, self.tensor) < 1:
            raise ShapeError(f"{self}: each is 1 or more")

    @property
    def devices(self) -> int:
        """In all."""
        return self.branches * self.sequence * self.tensor

    def check_heads(self, heads: int) -> None:
        """Refuse a network whose heads do not come out even.

        Raises:
            ShapeError: says what would work.
        """
        if heads % (self.sequence * self.tensor):
            able = ", ".join(str(count) for count in range(1, heads + 1) if heads % count == 0)
            raise ShapeError(
                f"{heads} heads for sequence={self.sequence} times tensor={self.tensor} devices; their product may be "
                f"{able}, and more devices can be branches"
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class Mesh:
    """All devices, and this process's place among them."""

    parallel: Parallel
    device: torch.device
    """This process's."""
    branch: int
    place: int
    """Among those that share tokens."""
    part: int
    """Among those that share weights."""
    sequence_group: dist.ProcessGroup
    tensor_group: dist.ProcessGroup

    def sharing(self, heads: int) -> Sharing:
        """How a transformer of so many heads shares its tokens.

        Raises:
            ShapeError: heads do not come out even.
        """
        self.parallel.check_heads(heads)
        own = heads // self.parallel.tensor
        here = slice(self.part * own, (self.part + 1) * own)
        return partial(self._share, here if own < heads else None)

    def attended_heads(self, heads: int) -> slice:
        """Which of a transformer's heads attend here, and whose keys and values are kept here."""
        own = heads // (self.parallel.tensor * self.parallel.sequence)
        first = (self.part * self.parallel.sequence + self.place) * own
        return slice(first, first + own)

    def leader(self, branch: int) -> int:
        """Of the processes that predict a branch the one whose word counts."""
        return branch * self.parallel.sequence * self.parallel.tensor

    def agreed(self, request: Request) -> Request:
        """A request with the first process's tensors, also those of its parts, so that all walk from the same noise."""
        told: Any = request
        own = {field.name: getattr(told, field.name) for field in fields(told)}
        sent = {name: self.from_process(0, value) for name, value in own.items() if isinstance(value, Tensor)}
        parts = {name: self.agreed(value) for name, value in own.items() if is_dataclass(value)}
        agreed: Request = replace(told, **sent, **parts)
        return agreed

    def from_process(self, source: int, tensor: Tensor) -> Tensor:
        """A process's tensor, bit by bit; the others give one of the same shape."""
        sent = tensor.to(self.device, copy=True, memory_format=torch.contiguous_format)  # which alone can be sent
        dist.broadcast(sent.view(-1).view(torch.uint8), source)
        return sent.to(tensor.device)

    def _share(self, heads: slice | None, tokens: int) -> Share:
        sizes = even(tokens, self.parallel.sequence)
        if len(sizes) == 1:
            return Share(sizes, heads=heads)
        return Ulysses(sizes=sizes, place=self.place, heads=heads, group=self.sequence_group)


def mesh(parallel: Parallel, device: torch.device) -> Mesh:
    """Arrange processes that have joined a group: those that send each other the most lie next to each other.

    Raises:
        UnsupportedError: there are more processes, or fewer.
    """
    if dist.get_world_size() != parallel.devices:
        raise UnsupportedError(
            f"{parallel} is for {parallel.devices} processes, and {dist.get_world_size()} run; start as many as there "
            f"are devices: torchrun --nproc-per-node {parallel.devices}"
        )
    sizes = (parallel.branches, parallel.sequence, parallel.tensor)
    laid = init_device_mesh(device.type, sizes, mesh_dim_names=("branches", "sequence", "tensor"))
    return Mesh(
        parallel=parallel,
        device=device,
        branch=laid.get_local_rank("branches"),
        place=laid.get_local_rank("sequence"),
        part=laid.get_local_rank("tensor"),
        sequence_group=laid.get_group("sequence"),
        tensor_group=laid.get_group("tensor"),
    )


@contextmanager
def joined(parallel: Parallel, device: torch.device) -> Iterator[Mesh]:
    """The processes that torchrun started, until the end of the context.

    Args:
        device: its kind counts; of several GPUs each process takes its own.

    Raises:
        UnsupportedError: torchrun has started none, or not as many as are wanted.
    """
    if not dist.is_torchelastic_launched():
        raise UnsupportedError(
            f"{parallel} needs {parallel.devices} processes; start them by torchrun --nproc-per-node {parallel.devices}"
        )
    with _group(device, dist.get_node_local_rank() if device.type == "cuda" else 0) as own:
        yield mesh(parallel, own)


@contextmanager
def met(parallel: Parallel, device: torch.device, rank: int, place: Path) -> Iterator[Mesh]:
    """Processes on one machine that were told their numbers, until the end of the context.

    Args:
        device: its kind counts; of several GPUs each process takes its own.
        place: a file that is not there yet, of the same name in all of them.
    """
    store = dist.FileStore(str(place), parallel.devices)  # type: ignore[attr-defined]
    with _group(device, rank, store=store, rank=rank, world_size=parallel.devices) as own:
        yield mesh(parallel, own)


@contextmanager
def _group(device: torch.device, place: int, **how: Any) -> Iterator[torch.device]:
    """Join the others; gives the device of this process."""
    is_gpu = device.type == "cuda"
    own = torch.device(device.type, place) if is_gpu else device
    if is_gpu:
        torch.cuda.set_device(own)
    dist.init_process_group("nccl" if is_gpu else "gloo", device_id=own if is_gpu else None, **how)
    try:
        yield own
    finally:
        dist.destroy_process_group()
