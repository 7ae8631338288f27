"""Where the things of a layout are in the world, as far as the picture tells, in metres."""

import torch
from jaxtyping import Float
from torch import Tensor

from manazir.core import layout as at
from manazir.models.noor.sketch import radius_of
from manazir.models.noor.views import axes_of, eye_of


def size_of(things: Float[Tensor, "*b f"]) -> Float[Tensor, "*b"]:
    """Radii in metres, of balls of about the same bulk."""
    return torch.exp(things[..., at.SIZE] / at.SIZE_SCALE + at.SIZE_CENTRE)


class Cameras:
    """The cameras of a batch's frames: from the picture into the world, and back.

    Args:
        scenery: the sets' slots.
    """

    def __init__(self, scenery: Float[Tensor, "b t f"]) -> None:
        flat = scenery.flatten(0, 1)
        right, onwards, lean = axes_of(flat)
        up = torch.zeros_like(right)
        up[:, 2] = 1.0
        cosine, sine = lean[:, :1], lean[:, 1:]
        rows = [right, cosine * up - sine * onwards, cosine * onwards + sine * up]
        self.axes: Float[Tensor, "b t 3 3"] = torch.stack(rows, dim=1).view(*scenery.shape[:2], 3, 3)
        """Right, up and forward, in the world's."""
        self.eye: Float[Tensor, "b t 1 3"] = eye_of(flat).view(*scenery.shape[:2], 1, 3)
        self.is_flat = (scenery[..., at.FLAT] > 0)[..., None]
        light = scenery[..., at.LIGHT][..., :3]
        thrown = torch.einsum("btk,btkw->btw", light, self.axes)
        self.thrown = thrown[..., None, :2] / thrown[..., None, 2:].clamp(min=0.2)
        """How far a shadow lies from what throws it, a metre above the ground."""

    def places(self, things: Float[Tensor, "b t s f"], size: Tensor | None = None) -> Float[Tensor, "b t s 3"]:
        """Middles of things: what appears smaller than it is, is farther away.

        Args:
            size: in metres; None: as bodies say.
        """
        per_metre = radius_of(things) / (size_of(things) if size is None else size)
        seen = things[..., at.ACROSS : at.UP + 1] / at.PLACE_SCALE / per_metre[..., None]
        local = torch.cat([seen, 1 / (per_metre * at.USUAL_TANGENT)[..., None]], dim=-1)
        return self.eye + torch.einsum("btsk,btkw->btsw", local, self.axes)

    def moved(
        self, layout: Float[Tensor, "b t s f"], before: Float[Tensor, "b t n 3"], after: Float[Tensor, "b t n 3"]
    ) -> Float[Tensor, "b t s f"]:
        """A layout whose bodies are elsewhere, with their sizes in the picture and their shadows."""
        bodies = layout[:, :, at.BODIES]
        per_metre = radius_of(bodies) / size_of(bodies)
        (seen, scale), (then, scale_then) = (self.seen(places, per_metre) for places in (after, before))
        shadow, shadow_then = (self.seen(self.shadow(places), per_metre)[0] for places in (after, before))
        change = torch.zeros_like(bodies)
        change[..., at.ACROSS : at.UP + 1] = (seen - then) * at.PLACE_SCALE
        change[..., at.BULK] = (scale / scale_then).log() * at.BULK_SCALE
        change[..., at.HEIGHT] = (after - before)[..., 2] * at.HEIGHT_SCALE
        change[..., at.SHADOW_ACROSS : at.SHADOW_UP + 1] = (shadow - shadow_then) * at.PLACE_SCALE
        result = layout.clone()
        result[:, :, at.BODIES] += change
        return result

    def seen(self, places: Float[Tensor, "b t n 3"], per_metre: Float[Tensor, "b t n"]) -> tuple[Tensor, Tensor]:
        """Places in half short sides, and how many of those a metre there fills.

        Args:
            per_metre: how many it fills where the world is flat.
        """
        local = torch.einsum("btsw,btkw->btsk", places - self.eye, self.axes)
        scale = torch.where(self.is_flat, per_metre, 1 / (local[..., 2].clamp(min=0.5) * at.USUAL_TANGENT))
        return local[..., :2] * scale[..., None], scale

    def shadow(self, places: Float[Tensor, "b t n 3"]) -> Float[Tensor, "b t n 3"]:
        """Where the main light throws their shadows on the ground."""
        level = places[..., :2] - self.thrown * places[..., 2:]
        return torch.cat([level, torch.zeros_like(places[..., 2:])], dim=-1)
