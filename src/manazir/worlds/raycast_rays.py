"""One ray: what it meets first, the light of that surface, and what is mirrored in it (numba).

`view`, `suns` and `solids` are the records of one frame.
"""
# mypy: disallow-untyped-decorators=False

import math

from manazir.worlds.raycast_compile import inlined
from manazir.worlds.raycast_constants import IN_SKY, MIRRORED_FOOTPRINT, ON_GROUND
from manazir.worlds.raycast_light import hit_placed, lit, to_own_axes
from manazir.worlds.raycast_patterns import fogged, grain_shade, ground_shade, mixed, sky
from manazir.worlds.raycast_records import Records, View
from manazir.worlds.raycast_shapes import INFINITY, Vec, normal


@inlined
def nearest(view: View, solids: Records, origin: Vec, direction: Vec, skip: int) -> tuple[float, int]:
    """The first surface along a ray, and how far: in lengths of the direction."""
    best, which = INFINITY, IN_SKY
    dx, dy, dz = direction
    if view.has_ground and dz < 0.0 and skip != ON_GROUND:
        best, which = -origin[2] / dz, ON_GROUND
    square = dx * dx + dy * dy + dz * dz
    for p in range(len(solids)):
        if p == skip:
            continue
        solid = solids[p]
        cx, cy, cz = solid.x - origin[0], solid.y - origin[1], solid.z - origin[2]
        along = cx * dx + cy * dy + cz * dz
        reach = solid.radius * solid.radius
        off = cx * cx + cy * cy + cz * cz
        if (off - reach) * square > along * along or (along < 0.0 and off > reach):
            continue
        t = hit_placed(solid, (cx, cy, cz), direction)
        if t < best:
            best, which = t, p
    return best, which


@inlined
def eye_ray(view: View, u: float, v: float) -> tuple[Vec, Vec]:
    """The ray through (u, v) of the picture, both -1 to 1, up and right; it advances 1 m of depth per unit."""
    u, v = u * view.tangent_x, v * view.tangent_y
    x = u * view.right_x + v * view.up_x
    y = u * view.right_y + v * view.up_y
    z = u * view.right_z + v * view.up_z
    if view.is_orthographic:
        return (view.eye_x + x, view.eye_y + y, view.eye_z + z), (view.forward_x, view.forward_y, view.forward_z)
    return (view.eye_x, view.eye_y, view.eye_z), (view.forward_x + x, view.forward_y + y, view.forward_z + z)


@inlined
def surface(view: View, solids: Records, p: int, point: Vec, footprint: float) -> tuple[Vec, Vec]:
    """The unit normal and the albedo at a point of a solid, or of the ground."""
    if p == ON_GROUND:
        shade = ground_shade(view.ground_pattern, point[0], point[1], footprint)
        return (0.0, 0.0, 1.0), (view.ground_red * shade, view.ground_green * shade, view.ground_blue * shade)
    solid = solids[p]
    local = to_own_axes(solid, (point[0] - solid.x, point[1] - solid.y, point[2] - solid.z))
    half = (solid.half_x, solid.half_y, solid.half_z)
    n = normal(solid.kind, half, local)
    shade = 1.0 if view.is_flat else grain_shade(int(solid.pattern), solid.grain, min(half), local)
    facing = (
        solid.turn_xx * n[0] + solid.turn_xy * n[1] + solid.turn_xz * n[2],
        solid.turn_yx * n[0] + solid.turn_yy * n[1] + solid.turn_yz * n[2],
        solid.turn_zx * n[0] + solid.turn_zy * n[1] + solid.turn_zz * n[2],
    )
    return facing, (solid.red * shade, solid.green * shade, solid.blue * shade)


@inlined
def mirrored_share(view: View, solids: Records, p: int, cosine: float) -> float:
    """How much of a surface's light is mirrored, seen at this cosine to its normal."""
    graze = (1.0 - min(max(cosine, 0.0), 1.0)) ** 3
    if p == ON_GROUND:
        share: float = view.ground_reflectivity * (0.5 + 0.5 * graze)
    else:
        share = solids[p].reflectivity
        share += (1.0 - share) * solids[p].rim * graze
    return share


@inlined
def mirror_image(view: View, suns: Records, solids: Records, p: int, point: Vec, facing: Vec, back: Vec) -> Vec:
    """What is seen in a surface; shadows are hard in there, and nothing is mirrored again."""
    turn = 2.0 * (back[0] * facing[0] + back[1] * facing[1] + back[2] * facing[2])
    away = (turn * facing[0] - back[0], turn * facing[1] - back[1], turn * facing[2] - back[2])
    t, other = nearest(view, solids, point, away, p)
    if other == IN_SKY:
        return sky(view, away[2])
    there = (point[0] + t * away[0], point[1] + t * away[1], point[2] + t * away[2])
    facing_there, albedo = surface(view, solids, other, there, MIRRORED_FOOTPRINT)
    back_there = (-away[0], -away[1], -away[2])
    colour = lit(view, suns, solids, other, there, facing_there, back_there, albedo, 0, 1)
    return fogged(view, there, colour) if other == ON_GROUND else colour


@inlined
def seen(
    view: View, suns: Records, solids: Records, u: float, v: float, pixel: float, subsample: int
) -> tuple[Vec, float, int]:
    """Radiance, depth in metres and what was met through (u, v) of the picture; `pixel` is its size at depth 1."""
    origin, direction = eye_ray(view, u, v)
    length = math.sqrt(direction[0] ** 2 + direction[1] ** 2 + direction[2] ** 2)
    t, p = nearest(view, solids, origin, direction, IN_SKY)
    if p == IN_SKY:
        return sky(view, direction[2] / length), t, p
    point = (origin[0] + t * direction[0], origin[1] + t * direction[1], origin[2] + t * direction[2])
    back = (-direction[0] / length, -direction[1] / length, -direction[2] / length)
    footprint = (pixel if view.is_orthographic else pixel * t) / math.sqrt(max(back[2], 0.02))
    facing, albedo = surface(view, solids, p, point, footprint)
    if view.is_flat:
        return albedo, t, p
    colour = lit(view, suns, solids, p, point, facing, back, albedo, subsample, 4)
    share = mirrored_share(view, solids, p, back[0] * facing[0] + back[1] * facing[1] + back[2] * facing[2])
    if share > 0.0:
        image = mirror_image(view, suns, solids, p, point, facing, back)
        tint = mixed((1.0, 1.0, 1.0), albedo, solids[p].tint if p >= 0 else 0.0)
        colour = mixed(colour, (tint[0] * image[0], tint[1] * image[1], tint[2] * image[2]), share)
    return fogged(view, point, colour) if p == ON_GROUND else colour, t, p
