"""What light a surface sends back: sun with soft shadows, skylight that neighbours keep away, highlights (numba)."""
# mypy: disallow-untyped-decorators=False

import math

from manazir.worlds.raycast_compile import inlined
from manazir.worlds.raycast_constants import LIGHT_POINTS, LIGHT_SPREAD, OCCLUSION_REACH
from manazir.worlds.raycast_records import Records, Solid, Sun, View
from manazir.worlds.raycast_shapes import INFINITY, Vec, hit


@inlined
def to_own_axes(solid: Solid, vector: Vec) -> Vec:
    """A world vector in a body's own axes."""
    x, y, z = vector
    return (
        solid.turn_xx * x + solid.turn_yx * y + solid.turn_zx * z,
        solid.turn_xy * x + solid.turn_yy * y + solid.turn_zy * z,
        solid.turn_xz * x + solid.turn_yz * y + solid.turn_zz * z,
    )


@inlined
def hit_placed(solid: Solid, centre: Vec, direction: Vec) -> float:
    """A solid, from an origin that sees its centre at `centre`."""
    x, y, z = to_own_axes(solid, centre)
    half = (solid.half_x, solid.half_y, solid.half_z)
    return hit(solid.kind, half, (-x, -y, -z), to_own_axes(solid, direction))


@inlined
def light_reaching(solids: Records, sun: Sun, point: Vec, skip: int, subsample: int, rays: int) -> float:
    """Share of a light that is not blocked, 0 to 1: from its middle or from four points of it."""
    open_0 = open_1 = open_2 = open_3 = 1.0
    for p in range(len(solids)):
        if p == skip:
            continue
        solid = solids[p]
        cx, cy, cz = solid.x - point[0], solid.y - point[1], solid.z - point[2]
        along = cx * sun.xx + cy * sun.xy + cz * sun.xz
        off = cx * cx + cy * cy + cz * cz
        reach = solid.radius + 1.1 * LIGHT_SPREAD * max(along + solid.radius, 0.0)
        if off - along * along > reach * reach or (along < 0.0 and off > reach * reach):
            continue
        passes = 1.0 - solid.opacity
        for ray in range(rays):
            a = b = 0.0
            if rays > 1:
                a, b = LIGHT_SPREAD * LIGHT_POINTS[subsample, ray, 0], LIGHT_SPREAD * LIGHT_POINTS[subsample, ray, 1]
            direction = (
                sun.xx + a * sun.yx + b * sun.zx,
                sun.xy + a * sun.yy + b * sun.zy,
                sun.xz + a * sun.yz + b * sun.zz,
            )
            if hit_placed(solid, (cx, cy, cz), direction) < INFINITY:
                open_0 *= passes if ray == 0 else 1.0
                open_1 *= passes if ray == 1 else 1.0
                open_2 *= passes if ray == 2 else 1.0
                open_3 *= passes if ray == 3 else 1.0
    return open_0 if rays == 1 else 0.25 * (open_0 + open_1 + open_2 + open_3)


@inlined
def skylight(solids: Records, point: Vec, facing: Vec, skip: int) -> float:
    """Share of the ambient light that neighbouring bodies leave, 0 to 1: each stands as a ball."""
    left = 1.0
    for p in range(len(solids)):
        bulk = solids[p].bulk
        if p == skip or bulk == 0.0:
            continue
        cx, cy, cz = solids[p].x - point[0], solids[p].y - point[1], solids[p].z - point[2]
        off = cx * cx + cy * cy + cz * cz
        window = 1.0 - off / (OCCLUSION_REACH * bulk) ** 2
        cosine = cx * facing[0] + cy * facing[1] + cz * facing[2]
        if window > 0.0 and cosine > 0.0:
            left *= 1.0 - 0.9 * window * window * cosine / math.sqrt(off) * bulk * bulk / max(off, bulk * bulk)
    return left


@inlined
def highlight(specular: float, shininess: float, light: Vec, view: Vec, facing: Vec) -> float:
    """Blinn-Phong, scaled to keep its energy whatever its width."""
    hx, hy, hz = light[0] + view[0], light[1] + view[1], light[2] + view[2]
    length = max(math.sqrt(hx * hx + hy * hy + hz * hz), 1e-6)
    cosine = (hx * facing[0] + hy * facing[1] + hz * facing[2]) / length
    if shininess * (1.0 - cosine) > 14.0:  # under a millionth of the peak
        return 0.0
    edge = min(1.0, 4.0 * (light[0] * facing[0] + light[1] * facing[1] + light[2] * facing[2]))
    lobe: float = max(cosine, 0.0) ** shininess
    return specular * (shininess + 8.0) / (8.0 * math.pi) * lobe * edge


@inlined
def lit(
    view: View,
    suns: Records,
    solids: Records,
    p: int,
    point: Vec,
    facing: Vec,
    back: Vec,
    albedo: Vec,
    subsample: int,
    rays: int,
) -> Vec:
    """What a surface sends along the unit vector `back`, mirrored light aside; p < 0 is the ground."""
    specular, shininess, tint, through, bounce = 0.0, 1.0, 0.0, 0.0, 1.0
    if p >= 0:
        specular, shininess = solids[p].specular, solids[p].shininess
        tint, through = solids[p].tint, solids[p].translucency
        if view.has_ground:  # little light comes from below where the ground is near
            bounce = min(1.0, 0.35 + 0.9 * max(point[2], 0.0))
    left = skylight(solids, point, facing, p)
    high = left * (0.5 + 0.5 * facing[2])
    low = left * (0.5 - 0.5 * facing[2]) * bounce
    sum_r = low * view.below_red + high * view.above_red
    sum_g = low * view.below_green + high * view.above_green
    sum_b = low * view.below_blue + high * view.above_blue
    shine_r = shine_g = shine_b = 0.0
    for light in range(len(suns)):
        sun = suns[light]
        cosine = facing[0] * sun.xx + facing[1] * sun.xy + facing[2] * sun.xz
        soft = max(cosine, 0.0) + through * (0.35 + 0.65 * max(-cosine, 0.0))
        if soft <= 0.0:
            continue
        share = light_reaching(solids, sun, point, p, subsample, rays) if sun.has_shadow else 1.0
        if share == 0.0:
            continue
        soft *= share / math.pi * (0.7 + 0.3 * left)
        sum_r += soft * sun.red
        sum_g += soft * sun.green
        sum_b += soft * sun.blue
        if specular > 0.0 and cosine > 0.0:
            peak = share * highlight(specular, shininess, (sun.xx, sun.xy, sun.xz), back, facing)
            shine_r += peak * sun.red
            shine_g += peak * sun.green
            shine_b += peak * sun.blue
    return (
        albedo[0] * sum_r + (1.0 + tint * (albedo[0] - 1.0)) * shine_r,
        albedo[1] * sum_g + (1.0 + tint * (albedo[1] - 1.0)) * shine_g,
        albedo[2] * sum_b + (1.0 + tint * (albedo[2] - 1.0)) * shine_b,
    )
