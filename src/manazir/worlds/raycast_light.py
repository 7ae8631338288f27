"""What light a surface sends back: sun with soft shadows, skylight that neighbours keep away, highlights (numba).

`s` is a Pack and `f` a frame; `shown[p]` says which primitives are there at all.
Numbers that shape the look here were tuned by eye on 128 px pictures; `raycast_torch.py` shares them.
"""
# mypy: disallow-untyped-decorators=False

import math

import numba
import numpy as np
from numpy.typing import NDArray

from manazir.worlds.motion import Floats
from manazir.worlds.pack import OPACITY, SHININESS, SPECULAR, TINT, TRANSLUCENCY, Pack
from manazir.worlds.raycast_shapes import INFINITY, Vec, hit

Bools = NDArray[np.bool_]

LIGHT_SPREAD = 0.055
"""Tangent of the light's angular radius: shadows soften by about a twentieth of their length."""
LIGHT_POINTS = np.array(
    [
        [(-0.25, -0.75), (0.75, -0.25), (0.25, 0.75), (-0.75, 0.25)],
        [(0.25, -0.75), (0.75, 0.25), (-0.25, 0.75), (-0.75, -0.25)],
        [(-0.25, -0.25), (0.25, -0.25), (0.25, 0.25), (-0.25, 0.25)],
        [(-0.75, -0.75), (0.75, -0.75), (0.75, 0.75), (-0.75, 0.75)],
    ]
)
"""`[subsample, ray, 2]`: points of the light that shadow rays go to; together they fill a square evenly."""
OCCLUSION_REACH = 3.0
"""Bodies keep skylight away up to this many of their own radii."""


@numba.njit(error_model="numpy")
def hit_placed(s: Pack, f: int, p: int, centre: Vec, direction: Vec) -> float:
    """Primitive `p` from an origin that sees its centre at `centre`."""
    r = s.rotations[f, p]
    cx, cy, cz = centre
    dx, dy, dz = direction
    return hit(
        s.kinds[p],
        (s.half_extents[p, 0], s.half_extents[p, 1], s.half_extents[p, 2]),
        (
            -(r[0, 0] * cx + r[1, 0] * cy + r[2, 0] * cz),
            -(r[0, 1] * cx + r[1, 1] * cy + r[2, 1] * cz),
            -(r[0, 2] * cx + r[1, 2] * cy + r[2, 2] * cz),
        ),
        (
            r[0, 0] * dx + r[1, 0] * dy + r[2, 0] * dz,
            r[0, 1] * dx + r[1, 1] * dy + r[2, 1] * dz,
            r[0, 2] * dx + r[1, 2] * dy + r[2, 2] * dz,
        ),
    )


@numba.njit(error_model="numpy")
def light_reaching(
    s: Pack, f: int, shown: Bools, light: int, point: Vec, skip: int, points: Floats, rays: int
) -> float:
    """Share of a light that is not blocked, 0 to 1: the mean over one or four points of the light."""
    axes = s.lights[light]
    open_0 = open_1 = open_2 = open_3 = 1.0
    for p in range(len(s.kinds)):
        if p == skip or not shown[p]:
            continue
        cx, cy, cz = s.positions[f, p, 0] - point[0], s.positions[f, p, 1] - point[1], s.positions[f, p, 2] - point[2]
        along = cx * axes[0, 0] + cy * axes[0, 1] + cz * axes[0, 2]
        off = cx * cx + cy * cy + cz * cz
        reach = s.radii[p] + 1.1 * LIGHT_SPREAD * max(along + s.radii[p], 0.0)
        if off - along * along > reach * reach or (along < 0.0 and off > reach * reach):
            continue
        passes = 1.0 - s.looks[p, OPACITY]
        for ray in range(rays):
            a, b = LIGHT_SPREAD * points[ray, 0], LIGHT_SPREAD * points[ray, 1]
            direction = (
                axes[0, 0] + a * axes[1, 0] + b * axes[2, 0],
                axes[0, 1] + a * axes[1, 1] + b * axes[2, 1],
                axes[0, 2] + a * axes[1, 2] + b * axes[2, 2],
            )
            if hit_placed(s, f, p, (cx, cy, cz), direction) < INFINITY:
                open_0 *= passes if ray == 0 else 1.0
                open_1 *= passes if ray == 1 else 1.0
                open_2 *= passes if ray == 2 else 1.0
                open_3 *= passes if ray == 3 else 1.0
    return open_0 if rays == 1 else 0.25 * (open_0 + open_1 + open_2 + open_3)


@numba.njit(error_model="numpy")
def skylight(s: Pack, f: int, shown: Bools, point: Vec, facing: Vec, skip: int) -> float:
    """Share of the ambient light that neighbouring bodies leave, 0 to 1: each stands as a ball."""
    left = 1.0
    for p in range(len(s.kinds)):
        bulk = s.bulks[p]
        if p == skip or bulk == 0.0 or not shown[p]:
            continue
        cx, cy, cz = s.positions[f, p, 0] - point[0], s.positions[f, p, 1] - point[1], s.positions[f, p, 2] - point[2]
        off = cx * cx + cy * cy + cz * cz
        window = 1.0 - off / (OCCLUSION_REACH * bulk) ** 2
        cosine = cx * facing[0] + cy * facing[1] + cz * facing[2]
        if window > 0.0 and cosine > 0.0:
            left *= 1.0 - 0.9 * window * window * cosine / math.sqrt(off) * bulk * bulk / max(off, bulk * bulk)
    return left


@numba.njit(error_model="numpy")
def highlight(specular: float, shininess: float, light: Vec, view: Vec, facing: Vec) -> float:
    """Blinn-Phong, scaled to keep its energy whatever its width."""
    hx, hy, hz = light[0] + view[0], light[1] + view[1], light[2] + view[2]
    length = max(math.sqrt(hx * hx + hy * hy + hz * hz), 1e-6)
    cosine = (hx * facing[0] + hy * facing[1] + hz * facing[2]) / length
    if shininess * (1.0 - cosine) > 14.0:  # under a millionth of the peak
        return 0.0
    edge = min(1.0, 4.0 * (light[0] * facing[0] + light[1] * facing[1] + light[2] * facing[2]))
    return specular * (shininess + 8.0) / (8.0 * math.pi) * max(cosine, 0.0) ** shininess * edge


@numba.njit(error_model="numpy")
def lit(
    s: Pack, f: int, shown: Bools, p: int, point: Vec, facing: Vec, view: Vec, albedo: Vec, points: Floats, rays: int
) -> Vec:
    """What a surface sends towards the unit vector `view`, mirrored light aside; p < 0 is the ground."""
    specular, shininess, tint, through, bounce = 0.0, 1.0, 0.0, 0.0, 1.0
    if p >= 0:
        specular, shininess = s.looks[p, SPECULAR], s.looks[p, SHININESS]
        tint, through = s.looks[p, TINT], s.looks[p, TRANSLUCENCY]
        if s.has_ground:  # little light comes from below where the ground is near
            bounce = min(1.0, 0.35 + 0.9 * max(point[2], 0.0))
    left = skylight(s, f, shown, point, facing, p)
    high = left * (0.5 + 0.5 * facing[2])
    low = left * (0.5 - 0.5 * facing[2]) * bounce
    sum_r = low * s.ambient[0, 0] + high * s.ambient[1, 0]
    sum_g = low * s.ambient[0, 1] + high * s.ambient[1, 1]
    sum_b = low * s.ambient[0, 2] + high * s.ambient[1, 2]
    shine_r = shine_g = shine_b = 0.0
    for light in range(len(s.lights)):
        towards = (s.lights[light, 0, 0], s.lights[light, 0, 1], s.lights[light, 0, 2])
        cosine = facing[0] * towards[0] + facing[1] * towards[1] + facing[2] * towards[2]
        soft = max(cosine, 0.0) + through * (0.35 + 0.65 * max(-cosine, 0.0))
        if soft <= 0.0:
            continue
        share = light_reaching(s, f, shown, light, point, p, points, rays) if s.light_shadows[light] else 1.0
        if share == 0.0:
            continue
        soft *= share / math.pi * (0.7 + 0.3 * left)
        sum_r += soft * s.light_radiances[light, 0]
        sum_g += soft * s.light_radiances[light, 1]
        sum_b += soft * s.light_radiances[light, 2]
        if specular > 0.0 and cosine > 0.0:
            peak = share * highlight(specular, shininess, towards, view, facing)
            shine_r += peak * s.light_radiances[light, 0]
            shine_g += peak * s.light_radiances[light, 1]
            shine_b += peak * s.light_radiances[light, 2]
    return (
        albedo[0] * sum_r + (1.0 + tint * (albedo[0] - 1.0)) * shine_r,
        albedo[1] * sum_g + (1.0 + tint * (albedo[1] - 1.0)) * shine_g,
        albedo[2] * sum_b + (1.0 + tint * (albedo[2] - 1.0)) * shine_b,
    )
