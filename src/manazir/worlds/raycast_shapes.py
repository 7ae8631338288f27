"""Where a ray meets each primitive, in the primitive's own axes (numba).

Every function takes a ray `origin + t * direction` whose origin lies outside, and answers the least t > 0,
or infinity. All primitives are convex, so a surface never shades or mirrors itself.
"""
# mypy: disallow-untyped-decorators=False

import math

from manazir.worlds.raycast_compile import called
from manazir.worlds.solids import BOX, CAPSULE, CONE, CYLINDER, SPHERE

Vec = tuple[float, float, float]

INFINITY = math.inf
_TINY = 1e-12


@called
def hit_sphere(radius: float, x: float, y: float, z: float, dx: float, dy: float, dz: float) -> float:
    """A ball around the origin."""
    a = dx * dx + dy * dy + dz * dz
    b = x * dx + y * dy + z * dz
    disc = b * b - a * (x * x + y * y + z * z - radius * radius)
    if disc <= 0.0 or b >= 0.0:
        return INFINITY
    t = (-b - math.sqrt(disc)) / a
    return t if t > 0.0 else INFINITY


@called
def slab(origin: float, direction: float, half: float) -> tuple[float, float]:
    """Where a ray enters and leaves the layer |coordinate| <= half."""
    if abs(direction) < _TINY:
        direction = _TINY
    first = (-half - origin) / direction
    second = (half - origin) / direction
    return (first, second) if first < second else (second, first)


@called
def hit_box(hx: float, hy: float, hz: float, x: float, y: float, z: float, dx: float, dy: float, dz: float) -> float:
    """A box."""
    enter_x, leave_x = slab(x, dx, hx)
    enter_y, leave_y = slab(y, dy, hy)
    enter_z, leave_z = slab(z, dz, hz)
    enter = max(enter_x, enter_y, enter_z)
    return enter if 0.0 < enter < min(leave_x, leave_y, leave_z) else INFINITY


@called
def hit_cylinder(radius: float, hz: float, x: float, y: float, z: float, dx: float, dy: float, dz: float) -> float:
    """A cylinder with flat ends."""
    enter, leave = slab(z, dz, hz)
    a = max(dx * dx + dy * dy, _TINY)
    b = x * dx + y * dy
    disc = b * b - a * (x * x + y * y - radius * radius)
    if disc <= 0.0:
        return INFINITY
    root = math.sqrt(disc)
    enter = max(enter, (-b - root) / a)
    return enter if 0.0 < enter < min(leave, (-b + root) / a) else INFINITY


@called
def hit_capsule(radius: float, hz: float, x: float, y: float, z: float, dx: float, dy: float, dz: float) -> float:
    """A cylinder with round ends; `hz` includes them."""
    straight = hz - radius
    a = max(dx * dx + dy * dy, _TINY)
    b = x * dx + y * dy
    disc = b * b - a * (x * x + y * y - radius * radius)
    if disc <= 0.0:
        return INFINITY
    t = (-b - math.sqrt(disc)) / a
    at = z + t * dz
    if abs(at) <= straight:
        return t if t > 0.0 else INFINITY
    end = straight if at > 0.0 else -straight
    return hit_sphere(radius, x, y, z - end, dx, dy, dz)


@called
def hit_cone(radius: float, hz: float, x: float, y: float, z: float, dx: float, dy: float, dz: float) -> float:
    """A cone, apex up at +hz, with a flat base at -hz."""
    slope = radius / (2.0 * hz)
    below, along = (hz - z) * slope, -dz * slope  # distance under the apex, as the radius there
    best = INFINITY
    if dz > _TINY:
        t = (-hz - z) / dz
        if t > 0.0 and (x + t * dx) ** 2 + (y + t * dy) ** 2 <= radius * radius:
            best = t
    a = dx * dx + dy * dy - along * along
    b = x * dx + y * dy - below * along
    c = x * x + y * y - below * below
    disc = b * b - a * c
    if disc <= 0.0 or abs(a) < _TINY:
        return best
    root = math.sqrt(disc)
    for t in ((-b - root) / a, (-b + root) / a):
        if 0.0 < t < best and 0.0 <= below + t * along <= radius:
            best = t
    return best


@called
def hit_prism(hx: float, hy: float, hz: float, x: float, y: float, z: float, dx: float, dy: float, dz: float) -> float:
    """A wedge: the half of a box under the plane from its upper -x edge to its lower +x edge."""
    enter_x, leave_x = slab(x, dx, hx)
    enter_y, leave_y = slab(y, dy, hy)
    enter_z, leave_z = slab(z, dz, hz)
    enter = max(enter_x, enter_y, enter_z)
    leave = min(leave_x, leave_y, leave_z)
    height, rise = x / hx + z / hz, dx / hx + dz / hz
    if abs(rise) < _TINY:
        rise = _TINY
    t = -height / rise
    if rise < 0.0:
        enter = max(enter, t)
    else:
        leave = min(leave, t)
    return enter if 0.0 < enter < leave else INFINITY


@called
def hit(kind: int, half: Vec, origin: Vec, direction: Vec) -> float:
    """A primitive of any kind."""
    hx, hy, hz = half
    x, y, z = origin
    dx, dy, dz = direction
    if kind == SPHERE:
        return hit_sphere(hx, x, y, z, dx, dy, dz)
    if kind == BOX:
        return hit_box(hx, hy, hz, x, y, z, dx, dy, dz)
    if kind == CYLINDER:
        return hit_cylinder(hx, hz, x, y, z, dx, dy, dz)
    if kind == CAPSULE:
        return hit_capsule(hx, hz, x, y, z, dx, dy, dz)
    if kind == CONE:
        return hit_cone(hx, hz, x, y, z, dx, dy, dz)
    return hit_prism(hx, hy, hz, x, y, z, dx, dy, dz)


@called
def normal(kind: int, half: Vec, point: Vec) -> Vec:
    """The outward unit normal at a point of the surface: of the face that the point is nearest to."""
    hx, hy, hz = half
    x, y, z = point
    if kind == SPHERE:
        return x / hx, y / hx, z / hx
    if kind == CAPSULE:
        straight = hz - hx
        return x / hx, y / hx, (z - min(max(z, -straight), straight)) / hx
    if kind in (CYLINDER, CONE):
        return _normal_of_drum(kind, hx, hz, x, y, z)
    return _normal_of_faces(kind, hx, hy, hz, x, y, z)


@called
def _normal_of_drum(kind: int, radius: float, hz: float, x: float, y: float, z: float) -> Vec:
    around = max(math.sqrt(x * x + y * y), _TINY)
    if kind == CYLINDER:
        if abs(z) - hz > around - radius:
            return 0.0, 0.0, math.copysign(1.0, z)
        return x / around, y / around, 0.0
    length = math.sqrt(4.0 * hz * hz + radius * radius)
    across, up = 2.0 * hz / length, radius / length
    if -hz - z > (around - radius) * across + (z + hz) * up:
        return 0.0, 0.0, -1.0
    return across * x / around, across * y / around, up


@called
def _normal_of_faces(kind: int, hx: float, hy: float, hz: float, x: float, y: float, z: float) -> Vec:
    over_x, over_y, over_z = abs(x) - hx, abs(y) - hy, abs(z) - hz
    if kind == BOX:
        if over_x > over_y and over_x > over_z:
            return math.copysign(1.0, x), 0.0, 0.0
        if over_y > over_z:
            return 0.0, math.copysign(1.0, y), 0.0
        return 0.0, 0.0, math.copysign(1.0, z)
    length = math.sqrt(hx * hx + hz * hz)
    over_slope = (x * hz + z * hx) / length
    over_x, over_z = -x - hx, -z - hz
    if over_slope > over_x and over_slope > over_y and over_slope > over_z:
        return hz / length, 0.0, hx / length
    if over_x > over_y and over_x > over_z:
        return -1.0, 0.0, 0.0
    if over_y > over_z:
        return 0.0, math.copysign(1.0, y), 0.0
    return 0.0, 0.0, -1.0
