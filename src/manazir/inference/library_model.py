"""What models of the library have in common: parts that are loaded when first asked for, where a placement says."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar, TypeVar

from torch import Tensor, nn

from manazir.checkpoints.bundle import check_fit
from manazir.checkpoints.lora import Weighted
from manazir.checkpoints.lora_merge import merge_for_good
from manazir.checkpoints.manifest import load_manifest
from manazir.checkpoints.parts import part_of
from manazir.core.errors import CheckpointError, UnsupportedError
from manazir.devices.mesh import Mesh
from manazir.devices.tensor import share_weights
from manazir.inference.device import give_back
from manazir.inference.parts import Parts
from manazir.inference.placement import Placement
from manazir.inference.working import Film, Working, most_frames
from manazir.models.ltx.transformer import LtxTransformer
from manazir.models.wan.transformer import WanTransformer

Network = TypeVar("Network", bound=nn.Module)
Transformer = TypeVar("Transformer", WanTransformer, LtxTransformer)
Adapters = Mapping[str, Sequence[Weighted]]
"""What is put into the weights of transformers, by their names."""
NONE: Adapters = MappingProxyType({})


class LibraryModel(ABC):
    """What is known of a model of the library, and its networks, each loaded when it is first asked for.

    Args:
        placement: where networks are kept, and as what.
        mesh: of the devices that it shares its work with.

    Raises:
        CheckpointError: the folder holds no such model.
    """

    family: ClassVar[str]
    """As manifests have it."""
    kind: ClassVar[str]
    """For a person: `a Wan`."""

    def __init__(self, folder: Path, placement: Placement, adapters: Adapters = NONE, mesh: Mesh | None = None) -> None:
        self.manifest = load_manifest(folder)
        if self.manifest.family != self.family:
            raise CheckpointError(f"{self.name} is of the family {self.manifest.family}; {self.kind} is wanted")
        self.placement, self.mesh = placement, mesh
        self._folder, self._adapters = folder, adapters
        self._parts = Parts(self._loads(), all_stay=placement.all_stay)
        self.places: Callable[..., Placement] | None = None
        """Decides where it is kept, for what each stage works with, and bytes that are its own."""

    @abstractmethod
    def _loads(self) -> Mapping[str, Callable[[], Any]]:
        """What loads each part; those that one stage needs together are one."""

    def make_room(self, working: Working, film: Film) -> None:
        """Lay it so that what a film takes beside weights fits too; what is loaded goes if it is laid otherwise.

        Raises:
            UnsupportedError: there is no room; says for which stage, and for how long a film there would be.
        """
        if self.places is None:
            return
        own = self._parts.held_bytes(self.placement.device)
        try:
            placement = self.places(working=working(film), own=own)
        except UnsupportedError as error:
            most = most_frames(lambda frames: self._has_room(working, replace(film, frames=frames), own), film.frames)
            shorter = f", {replace(film, frames=most).seconds:.1f} --seconds of this size, which fit" if most else ""
            told = f"{error}; take a smaller --size{shorter}, or more --devices"
            raise UnsupportedError(told).named("no_room_for_model", model=self.name) from error
        if placement != self.placement:
            self.placement = placement
            self._parts = Parts(self._loads(), all_stay=placement.all_stay)
            give_back()

    def _has_room(self, working: Working, film: Film, own: int) -> bool:
        assert self.places is not None
        try:
            self.places(working=working(film), own=own)
        except UnsupportedError:
            return False
        return True

    @property
    def name(self) -> str:
        """In the library."""
        return self.manifest.name

    @property
    def folder(self) -> Path:
        """In the library."""
        return self._folder

    @property
    def loaded(self) -> tuple[str, ...]:
        """Names of the parts that are on the device."""
        return self._parts.here

    def _config(self, name: str) -> Mapping[str, Any]:
        """As its publishers wrote it down."""
        return part_of(self.manifest, name).config

    def _settled(self, name: str, transformer: Transformer) -> Transformer:
        """With its adapters in its weights, of which this device has its part, where it computes."""
        merge_for_good(transformer, self._adapters.get(name, ()))
        if self.mesh is not None:
            share_weights(transformer, self.mesh)
        self.placement.settle(transformer, transformer.stack)
        return transformer


def filled(network: Network, weights: dict[str, Tensor], what: str) -> Network:
    """With those very tensors in it, frozen: no second copy, for the largest fill most of a machine's memory.

    Raises:
        CheckpointError: they belong to another architecture.
    """
    check_fit(network, weights, what)
    network.load_state_dict(weights, assign=True)
    return network.eval().requires_grad_(False)
