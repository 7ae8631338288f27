"""A Wan of the library: its experts, its autoencoder, and what reads its prompts.

Weights come in the dtype that is asked for, but for what tells noise levels and for norms, which stay in float32 as
Wan was published; so does the autoencoder.
"""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import torch

from manazir.checkpoints.bundle import fill
from manazir.checkpoints.config_fields import number
from manazir.checkpoints.manifest import Part
from manazir.checkpoints.parts import part_of, tensors_of
from manazir.checkpoints.transformers_parts import load_picture_encoder, load_prompt_encoder
from manazir.checkpoints.wan import wan_shape, wan_transformer, wan_weights
from manazir.checkpoints.wan_vae import shape_from_diffusers, weights_from_diffusers
from manazir.devices.mesh import Mesh
from manazir.inference.library_model import NONE, Adapters, LibraryModel, filled
from manazir.inference.placement import Placement
from manazir.inference.wan.denoising import Expert, boundary_timestep
from manazir.models.codecs.wan_vae import WanVae
from manazir.models.text.umt5 import PromptEncoder
from manazir.models.wan.picture_encoder import PictureEncoder
from manazir.models.wan.transformer import WanTransformer

_PRECISE = ("time.first.", "time.second.", "modulation.", ".modulation.", "condition_norm.")
"""Parts of a transformer that stay in float32."""


class WanModel(LibraryModel):
    """A Wan of the library; see `LibraryModel`."""

    family = "wan"
    kind = "a Wan"

    def __init__(self, folder: Path, placement: Placement, adapters: Adapters = NONE, mesh: Mesh | None = None) -> None:
        super().__init__(folder, placement, adapters, mesh)
        self.shapes = [wan_shape(self._config(name)) for name in self._names or ["transformer"]]
        self.vae_shape = shape_from_diffusers(dict(self._config("vae")))

    @property
    def shift(self) -> float:
        """Of the schedule, as its configuration has it."""
        return number(self._config("scheduler"), "flow_shift", 1.0, 0.1, 50)

    @property
    def boundary_ratio(self) -> float | None:
        """Share of all levels below which the second transformer is asked."""
        ratio = self.manifest.settings.get("boundary_ratio")
        return None if ratio is None else number(self.manifest.settings, "boundary_ratio", 0.0, 0.0, 1.0)

    @property
    def tells_frames_apart(self) -> bool:
        """Whether it is told the noise of each frame (Wan 2.2 TI2V-5B), so that known ones stand in their places."""
        return bool(self.manifest.settings.get("expand_timesteps", False))

    @property
    def prompts(self) -> PromptEncoder:
        """What reads words."""
        found: PromptEncoder = self._parts.get("prompts")
        return found

    @property
    def pictures(self) -> PictureEncoder | None:
        """What reads a picture beside the words, in models that do."""
        if self.manifest.part("image_encoder") is None:
            return None
        found: PictureEncoder = self._parts.get("pictures")
        return found

    @property
    def vae(self) -> WanVae:
        """The autoencoder."""
        found: WanVae = self._parts.get("vae")
        return found

    def transformer(self, place: int = 0) -> WanTransformer:
        """The transformers are counted from high noise levels to low ones."""
        found: WanTransformer = self._parts.get(self._names[place])
        return found

    def experts(self, guidance_scale: float, low_guidance_scale: float | None = None) -> list[Expert]:
        """Which transformer is asked where.

        Args:
            low_guidance_scale: of the second one; None: the same.
        """
        scales = [guidance_scale, guidance_scale if low_guidance_scale is None else low_guidance_scale]
        lowest = [boundary_timestep(self.boundary_ratio), 0.0] if len(self._names) > 1 else [0.0]
        return [Expert(partial(self.transformer, place), scales[place], level) for place, level in enumerate(lowest)]

    @property
    def _names(self) -> list[str]:
        """Of the transformers."""
        return [name for name in ("transformer", "transformer_2") if self.manifest.part(name) is not None]

    def _loads(self) -> Mapping[str, Callable[[], Any]]:
        load = {"prompts": self._prompts, "pictures": self._pictures, "vae": self._vae}
        return load | {name: partial(self._transformer, name) for name in self._names}

    def _prompts(self) -> PromptEncoder:
        prompts = load_prompt_encoder(self._folder, self.placement.dtype)
        prompts.encoder.to(self.placement.words_device)
        return prompts

    def _pictures(self) -> PictureEncoder:
        pictures = load_picture_encoder(self._folder, torch.float32)
        pictures.encoder.to(self.placement.device)
        return pictures

    def _vae(self) -> WanVae:
        return _vae(self._folder, part_of(self.manifest, "vae")).to(self.placement.device)

    def _transformer(self, name: str) -> WanTransformer:
        place = self.placement
        transformer = _transformer(self._folder, part_of(self.manifest, name), place.loads_on, place.dtype)
        return self._settled(name, transformer)


def _transformer(folder: Path, part: Part, device: torch.device, dtype: torch.dtype) -> WanTransformer:
    with torch.device("meta"):
        transformer = wan_transformer(part.config)
    weights = wan_weights(tensors_of(folder, part, device))
    precise = {name: any(mark in name for mark in _PRECISE) for name in weights}
    cast = {name: tensor.to(torch.float32 if precise[name] else dtype) for name, tensor in weights.items()}
    return filled(transformer, cast, f"{part.name} in {folder}")


def _vae(folder: Path, part: Part) -> WanVae:
    shape = shape_from_diffusers(dict(part.config))
    vae = WanVae(shape)
    weights = weights_from_diffusers(shape, tensors_of(folder, part, torch.device("cpu")))
    fill(vae, {name: tensor.float() for name, tensor in weights.items()}, f"{part.name} in {folder}")
    return vae.eval().requires_grad_(False)
