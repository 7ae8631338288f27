"""What light rays bring back, as functions of tensors `[f, n]`: the same as `raycast_light.py` and `raycast.py`."""

import math
from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor

from manazir.worlds.raycast_constants import (
    BAND_HALF,
    BAND_SHADE,
    CHECKER_METRES,
    FOG_METRES,
    GAP_METRES,
    IN_SKY,
    LIGHT_SPREAD,
    MIRRORED_FOOTPRINT,
    OCCLUSION_REACH,
    ON_GROUND,
    PLANK_METRES,
)
from manazir.worlds.solids import (
    BAND,
    GRAIN,
    OPACITY,
    PATTERN,
    REFLECTIVITY,
    RIM,
    SHININESS,
    SPECULAR,
    STONE,
    TINT,
    TRANSLUCENCY,
    WOOD,
)
from manazir.worlds.torch_rays import (
    INFINITY,
    along,
    dot,
    hits,
    nearest,
    normals,
    own_axes,
    scaled,
    unit,
    world_axes,
)
from manazir.worlds.torch_world import Vec, World


class Met(NamedTuple):
    """What a ray met: everything about the surface that its light depends on, each `[f, n]`."""

    which: Tensor
    point: Vec
    facing: Vec
    albedo: Vec
    looks: tuple[Tensor, ...]


class Seen(NamedTuple):
    """What `seen` answers."""

    radiance: Float[Tensor, "f n 3"]
    depth: Float[Tensor, "f n"]
    owner: Int[Tensor, "f n"]


def eye_rays(world: World, u: Tensor, v: Tensor) -> tuple[Vec, Vec]:
    """Rays through (u, v) of the picture, both -1 to 1, up and right; they advance 1 m of depth per unit."""
    u, v = u * world.tangents[:, None, 0], v * world.tangents[:, None, 1]
    flat = world.is_orthographic[:, None]
    across = [u * world.axes[:, None, 0, k] + v * world.axes[:, None, 1, k] for k in range(3)]
    origin = [world.eye[:, None, k] + torch.where(flat, across[k], 0.0) for k in range(3)]
    direction = [world.axes[:, None, 2, k] + torch.where(flat, 0.0, across[k]) for k in range(3)]
    return (origin[0], origin[1], origin[2]), (direction[0], direction[1], direction[2])


def seen(
    world: World, u: Float[Tensor, "#f n"], v: Float[Tensor, "#f n"], pixel: Float[Tensor, "f 1"], points: Tensor
) -> Seen:
    """Radiance, depth in metres and owner through (u, v) of the pictures.

    Args:
        pixel: the size of a pixel at depth 1.
        points: `[n or 1, 4, 2]`, of the light, for the shadow rays of each ray.
    """
    origin, direction = eye_rays(world, u, v)
    back = scaled(unit(direction), -1.0)
    t, which = nearest(world, origin, direction, torch.full_like(u.expand(len(world.eye), -1), IN_SKY).long())
    footprint = torch.where(world.is_orthographic[:, None], pixel, pixel * t) * back[2].clamp(min=0.02).rsqrt()
    met = _met(world, along(origin, torch.where(which == IN_SKY, 1.0, t), direction), which, footprint)
    colour = _lit(world, met, back, points)
    colour = _mix(colour, *_mirrored(world, met, back, points))
    colour = _where(which == ON_GROUND, _fogged(world, met.point, colour), colour)
    colour = _where(world.is_flat[:, None], met.albedo, colour)
    colour = _where(which == IN_SKY, _sky(world, -back[2]), colour)
    owner = torch.gather(world.owner, 1, which.clamp(min=0))
    owner = torch.where(which == ON_GROUND, -1, torch.where(which == IN_SKY, -1000, owner))
    return Seen(torch.stack(colour, dim=-1), t, owner)


def _where(condition: Tensor, yes: Vec, no: Vec) -> Vec:
    a, b, c = (torch.where(condition, yes[k], no[k]) for k in range(3))
    return a, b, c


def _mix(first: Vec, second: Vec, share: Tensor) -> Vec:
    a, b, c = (first[k] + share * (second[k] - first[k]) for k in range(3))
    return a, b, c


def _row(table: Float[Tensor, "f 3"]) -> Vec:
    return table[:, None, 0], table[:, None, 1], table[:, None, 2]


def _sky(world: World, up: Tensor) -> Vec:
    share = (1.5 * up).clamp(0.0, 1.0)
    return _mix(_row(world.backdrop[:, 0]), _row(world.backdrop[:, 1]), share * (2.0 - share))


def _fogged(world: World, point: Vec, colour: Vec) -> Vec:
    far = ((point[0] - world.eye[:, None, 0]) ** 2 + (point[1] - world.eye[:, None, 1]) ** 2) / FOG_METRES**2
    clear = torch.where(world.is_orthographic[:, None], 1.0, 1.0 / (1.0 + far * far))
    return _mix(_row(world.backdrop[:, 0]), colour, clear)


def _met(world: World, point: Vec, which: Int[Tensor, "f n"], footprint: Tensor) -> Met:
    """The surface at points that `nearest` found."""
    solid = which.clamp(min=0)
    frame = torch.arange(len(solid), device=solid.device)[:, None]
    turn, centre, half = world.turn[frame, solid], world.centre[frame, solid], world.half[frame, solid]
    looks, albedo = world.looks[frame, solid], world.albedo[frame, solid]
    drum, plane = world.drum[frame, solid], world.plane[frame, solid]
    sides = (half[..., 0], half[..., 1], half[..., 2])
    local = own_axes(turn, (point[0] - centre[..., 0], point[1] - centre[..., 1], point[2] - centre[..., 2]))
    cut = (plane[..., 0], plane[..., 1], plane[..., 2])
    round_ones, faces = world.is_round[frame, solid], world.has_faces[frame, solid]
    own = normals(sides, round_ones, (drum[..., 0], drum[..., 1]), cut, faces, local)
    grain = _grain_shade(looks, half.amin(dim=-1), local)
    grain = torch.where(world.is_flat[:, None], 1.0, grain)
    on_ground = which == ON_GROUND
    ground = scaled(_row(world.ground), _ground_shade(world, point, footprint))
    painted = scaled((albedo[..., 0], albedo[..., 1], albedo[..., 2]), grain)
    zero = torch.zeros_like(footprint)
    facing = _where(on_ground, (zero, zero, zero + 1.0), world_axes(turn, own))
    plain = tuple(torch.where(on_ground, 0.0, looks[..., k]) for k in range(looks.shape[-1]))
    return Met(which, point, facing, _where(on_ground, ground, painted), plain)


def _ground_shade(world: World, point: Vec, footprint: Tensor) -> Tensor:
    x, y = point[0], point[1]
    waves = _square_wave(x / CHECKER_METRES, footprint / CHECKER_METRES)
    checker = 0.86 + 0.14 * waves * _square_wave(y / CHECKER_METRES, footprint / CHECKER_METRES)
    plank = torch.floor(x / PLANK_METRES)
    inside = x / PLANK_METRES - plank
    reach = footprint.clamp(min=GAP_METRES)
    gap = GAP_METRES / reach * (1.0 - torch.minimum(inside, 1.0 - inside) * PLANK_METRES / reach).clamp(min=0.0)
    tone = torch.remainder(plank * 5.0, 13.0) / 12.0 - 0.5
    planks = (1.0 + 0.16 * tone * (PLANK_METRES / (4.0 * footprint)).clamp(max=1.0)) * (1.0 - 0.65 * gap)
    pattern = world.ground_pattern[:, None]
    return torch.where(pattern == 1, checker, torch.where(pattern == 2, planks, 1.0))


def _square_wave(at: Tensor, width: Tensor) -> Tensor:
    triangle = 0.5 - (torch.remainder(at, 2.0) - 1.0).abs()
    return (2.0 * triangle / width.clamp(min=1e-6)).clamp(-1.0, 1.0)


def _grain_shade(looks: Tensor, size: Tensor, point: Vec) -> Tensor:
    x, y, z = scaled(point, 1.0 / size)
    grain, pattern = looks[..., GRAIN], looks[..., PATTERN]
    ring = ((x - 0.4) ** 2 + (y + 1.3) ** 2).sqrt()
    wood = 1.0 - grain * (0.5 + 0.5 * torch.sin(9.0 * ring + 0.9 * torch.sin(1.7 * z + 1.0)))
    wave = torch.sin(5.1 * x + 1.3 + 2.0 * torch.sin(3.7 * y)) * torch.sin(4.7 * y + 0.4 + 2.0 * torch.sin(4.3 * z))
    wave = wave + torch.sin(5.9 * z + 2.1 + 2.0 * torch.sin(3.1 * x)) * torch.sin(8.3 * (x + y - z))
    stone = 1.0 - grain * (0.35 + 0.55 * wave).clamp(0.0, 1.0)
    band = torch.where(z.abs() < BAND_HALF, BAND_SHADE, 1.0)
    shade = torch.where(pattern == WOOD, wood, torch.where(pattern == STONE, stone, 1.0))
    return torch.where(pattern == BAND, band, shade)


def _skylight(world: World, met: Met) -> Tensor:
    """Share of the ambient light that neighbouring bodies leave."""
    delta = [world.centre[:, None, :, k] - met.point[k][..., None] for k in range(3)]
    off = delta[0] ** 2 + delta[1] ** 2 + delta[2] ** 2
    bulk = world.bulk[:, None]
    window = (1.0 - off / (OCCLUSION_REACH * bulk.clamp(min=1e-6)) ** 2).clamp(min=0.0)
    facing_x, facing_y, facing_z = (n[..., None] for n in met.facing)
    cosine = delta[0] * facing_x + delta[1] * facing_y + delta[2] * facing_z
    taken = 0.9 * window**2 * cosine.clamp(min=0.0) * off.rsqrt() * bulk**2 / torch.maximum(off, bulk**2)
    own = torch.arange(bulk.shape[-1], device=off.device) == met.which[..., None]
    return torch.where(own | (bulk == 0.0), 1.0, 1.0 - taken).prod(dim=-1)


def _reaching(world: World, met: Met, light: int, points: Float[Tensor, "n rays 2"]) -> Tensor:
    """Share of a light that is not blocked: the mean over the points of the light."""
    axes = world.suns[:, None, light]
    own = torch.arange(world.bulk.shape[1], device=points.device) == met.which[..., None]
    passes = 1.0 - world.looks[:, None, :, OPACITY]
    total: Tensor | float = 0.0
    for ray in range(points.shape[1]):
        a, b = LIGHT_SPREAD * points[None, :, ray, 0], LIGHT_SPREAD * points[None, :, ray, 1]
        x, y, z = (axes[..., 0, k] + a * axes[..., 1, k] + b * axes[..., 2, k] for k in range(3))
        met_any = (hits(world, met.point, (x, y, z)) < INFINITY) & ~own
        total = total + torch.where(met_any, passes, 1.0).prod(dim=-1)
    return torch.where(world.sun_shadow[:, light, None], total / points.shape[1], 1.0)


def _lit(world: World, met: Met, back: Vec, points: Float[Tensor, "n rays 2"]) -> Vec:
    """What surfaces send along the unit vectors `back`, mirrored light aside."""
    left = _skylight(world, met)
    near_ground = (0.35 + 0.9 * met.point[2].clamp(min=0.0)).clamp(max=1.0)
    bounce = torch.where((met.which != ON_GROUND) & world.has_ground[:, None], near_ground, 1.0)
    high = left * (0.5 + 0.5 * met.facing[2])
    low = left * (0.5 - 0.5 * met.facing[2]) * bounce
    total = [low * world.ambient[:, None, 0, k] + high * world.ambient[:, None, 1, k] for k in range(3)]
    shine = [torch.zeros_like(low) for _ in range(3)]
    through = met.looks[TRANSLUCENCY]
    for light in range(world.suns.shape[1]):
        sun = _row(world.suns[:, light, 0])
        cosine = dot(met.facing, sun)
        share = _reaching(world, met, light, points)
        soft = cosine.clamp(min=0.0) + through * (0.35 + 0.65 * (-cosine).clamp(min=0.0))
        soft = soft * share / math.pi * (0.7 + 0.3 * left)
        peak = share * _highlight(met, sun, back, cosine)
        for k in range(3):
            power = world.sun_radiance[:, None, light, k]
            total[k], shine[k] = total[k] + soft * power, shine[k] + peak * power
    a, b, c = (met.albedo[k] * total[k] + (1.0 + met.looks[TINT] * (met.albedo[k] - 1.0)) * shine[k] for k in range(3))
    return a, b, c


def _highlight(met: Met, sun: Vec, back: Vec, facing: Tensor) -> Tensor:
    half = (sun[0] + back[0], sun[1] + back[1], sun[2] + back[2])
    cosine = dot(half, met.facing) * dot(half, half).clamp(min=1e-12).rsqrt()
    shininess = met.looks[SHININESS].clamp(min=1.0)
    peak = met.looks[SPECULAR] * (shininess + 8.0) / (8.0 * math.pi) * cosine.clamp(min=0.0) ** shininess
    return torch.where(shininess * (1.0 - cosine) > 14.0, 0.0, peak * (4.0 * facing).clamp(0.0, 1.0))


def _mirrored(world: World, met: Met, back: Vec, points: Float[Tensor, "n rays 2"]) -> tuple[Vec, Tensor]:
    """What is seen in surfaces, and its share of their light."""
    cosine = dot(back, met.facing)
    graze = (1.0 - cosine.clamp(0.0, 1.0)) ** 3
    share = met.looks[REFLECTIVITY]
    share = share + (1.0 - share) * met.looks[RIM] * graze
    share = torch.where(met.which == ON_GROUND, world.ground_reflectivity[:, None] * (0.5 + 0.5 * graze), share)
    x, y, z = (2.0 * cosine * met.facing[k] - back[k] for k in range(3))
    t, which = nearest(world, met.point, (x, y, z), met.which)
    there = along(met.point, torch.where(which == IN_SKY, 1.0, t), (x, y, z))
    other = _met(world, there, which, torch.full_like(t, MIRRORED_FOOTPRINT))
    image = _lit(world, other, (-x, -y, -z), torch.zeros_like(points[:1, :1]))
    image = _where(which == ON_GROUND, _fogged(world, there, image), image)
    image = _where(which == IN_SKY, _sky(world, z), image)
    a, b, c = ((1.0 + met.looks[TINT] * (met.albedo[k] - 1.0)) * image[k] for k in range(3))
    return (a, b, c), share
