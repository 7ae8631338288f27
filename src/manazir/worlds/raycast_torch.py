"""The ray caster in torch: many clips at once on any device; the reference for the CPU's kernels.

Every pixel is traced once, then those on an edge through four points, in chunks of frames that fit in memory.
Only the choice of edge pixels depends on the data; `compiled=True` makes a few kernels of all the rest.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from jaxtyping import Bool, Float, Int, UInt8
from torch import Tensor

from manazir.core.errors import ShapeError
from manazir.worlds.pack import Pack
from manazir.worlds.raycast_constants import CONTRAST, LIGHT_POINTS, STEP, SUBSAMPLES
from manazir.worlds.tonemap import EXPOSURE, KNEE, LEVELS, SPAN, transfer_table
from manazir.worlds.torch_light import Seen, seen
from manazir.worlds.torch_world import World, world_of

_EDGE_STEP = 128  # numbers of edge pixels are rounded up to this, so that a compiler meets few shapes
_FLOATS_PER_PAIR = 40  # temporaries alive for each ray and primitive when nothing is compiled; measured with eager


class Traced(NamedTuple):
    """Pictures of `b` clips of `t` frames."""

    radiance: Float[Tensor, "b t h w 3"]
    depth: Float[Tensor, "b t h w"]
    segmentation: Int[Tensor, "b t h w"]


Seer = Callable[[World, Tensor, Tensor, Tensor, Tensor], Seen]


@torch.no_grad()
def trace(
    packs: Sequence[Pack],
    width: int,
    height: int,
    device: str = "cpu",
    *,
    compiled: bool = False,
    memory_bytes: int = 1 << 30,
) -> Traced:
    """Radiance, depth and segmentation of clips of equal length, float32.

    Args:
        compiled: through `torch.compile`; pays from some hundred clips of one size on.
        memory_bytes: what the temporaries of one chunk may take.

    Raises:
        ShapeError: no clips, or clips of different lengths.
    """
    lengths = {len(pack.positions) for pack in packs}
    if len(lengths) != 1:
        raise ShapeError(f"clips of {sorted(lengths)} frames; one batch takes one or more clips of one length")
    return trace_world(world_of(packs, device), len(packs), width, height, compiled=compiled, memory_bytes=memory_bytes)


@torch.no_grad()
def trace_world(
    world: World, clips: int, width: int, height: int, *, compiled: bool = False, memory_bytes: int = 1 << 30
) -> Traced:
    """`trace`, for packs that were made a world elsewhere: of `clips` clips of equal length."""
    see: Seer = torch.compile(seen, dynamic=True) if compiled else seen
    pairs = width * height * world.bulk.shape[1]
    frames = max(1, memory_bytes // (4 * _FLOATS_PER_PAIR * pairs))
    chunks = [
        _chunk(World(*(field[start : start + frames] for field in world)), width, height, see)
        for start in range(0, len(world.eye), frames)
    ]
    joined = [torch.cat([chunk[k] for chunk in chunks]) for k in range(3)]
    shape = (clips, len(world.eye) // clips, height, width)
    return Traced(joined[0].view(*shape, 3), joined[1].view(shape), joined[2].view(shape).to(torch.int16))


def to_display(radiance: Float[Tensor, "*shape 3"]) -> UInt8[Tensor, "*shape 3"]:
    """`tonemap.to_display`, on the device where the radiance is."""
    exposed = radiance.clamp(min=0.0) * EXPOSURE
    peak = exposed.amax(dim=-1, keepdim=True)
    over = (peak - KNEE).clamp(min=0.0) / (1.0 - KNEE)
    bent = (KNEE + (1.0 - KNEE) * over * (1.0 + over / SPAN**2) / (1.0 + over)).clamp(max=1.0)
    scale = torch.where(peak > KNEE, bent / peak.clamp(min=1e-12), 1.0)
    levels = ((exposed * scale).clamp(max=1.0) * LEVELS + 0.5).long()
    return torch.tensor(transfer_table(), device=radiance.device)[levels]


def _chunk(world: World, width: int, height: int, see: Seer) -> tuple[Tensor, Tensor, Tensor]:
    frames, device = len(world.eye), world.eye.device
    pixel = 2.0 * world.tangents[:, 1:] / height
    points = torch.tensor(LIGHT_POINTS, dtype=torch.float32, device=device)
    index = torch.arange(height * width, device=device)[None]
    x, y = (index % width).float(), (index // width).float()
    base = see(world, *_picture(x + 0.5, y + 0.5, width, height), pixel, points[:1])
    edges = edge_pixels(base.radiance.view(frames, height, width, 3)).flatten(1)
    count = int(edges.sum(dim=1).max())
    if count == 0:
        return base
    room = min(height * width, -(-count // _EDGE_STEP) * _EDGE_STEP)
    chosen = torch.argsort(edges.to(torch.uint8), dim=1, descending=True, stable=True)[:, :room]
    spots = torch.tensor(SUBSAMPLES, dtype=torch.float32, device=device).repeat(room, 1)
    x, y = x[0][chosen].repeat_interleave(4, dim=1), y[0][chosen].repeat_interleave(4, dim=1)
    u, v = _picture(x + spots[:, 0], y + spots[:, 1], width, height)
    fine = see(world, u, v, pixel, points.repeat(room, 1, 1)).radiance.view(frames, room, 4, 3).mean(dim=2)
    kept = torch.gather(edges, 1, chosen)[..., None]
    index = chosen[..., None].expand(-1, -1, 3)
    fine = torch.where(kept, fine, torch.gather(base.radiance, 1, index))
    return base.radiance.scatter(1, index, fine), base.depth, base.owner


def edge_pixels(radiance: Float[Tensor, "f h w 3"]) -> Bool[Tensor, "f h w"]:
    """Pixels whose step to one of four neighbours would show as a stair."""
    across = _differ(radiance[:, :, 1:], radiance[:, :, :-1])
    down = _differ(radiance[:, 1:], radiance[:, :-1])
    edges = torch.zeros_like(radiance[..., 0], dtype=torch.bool)
    edges[:, :, 1:] |= across
    edges[:, :, :-1] |= across
    edges[:, 1:] |= down
    edges[:, :-1] |= down
    return edges


def _differ(a: Tensor, b: Tensor) -> Tensor:
    return ((a - b).abs() > CONTRAST * (a + b) + STEP).any(dim=-1)


def _picture(x: Tensor, y: Tensor, width: int, height: int) -> tuple[Tensor, Tensor]:
    """Pixels as (u, v): -1 to 1, up and right."""
    return 2.0 * x / width - 1.0, 1.0 - 2.0 * y / height
