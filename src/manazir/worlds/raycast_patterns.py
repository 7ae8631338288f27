"""What is painted on things: the backdrop, the ground's pattern, the grain of wood and stone (numba)."""
# mypy: disallow-untyped-decorators=False

import math

from manazir.worlds.raycast_compile import inlined
from manazir.worlds.raycast_constants import (
    BAND_HALF,
    BAND_SHADE,
    CHECKER_METRES,
    FOG_METRES,
    GAP_METRES,
    PLANK_METRES,
)
from manazir.worlds.raycast_records import View
from manazir.worlds.raycast_shapes import Vec
from manazir.worlds.solids import BAND, STONE, WOOD


@inlined
def mixed(first: Vec, second: Vec, share: float) -> Vec:
    """`first` where the share is 0, `second` where it is 1."""
    return (
        first[0] + share * (second[0] - first[0]),
        first[1] + share * (second[1] - first[1]),
        first[2] + share * (second[2] - first[2]),
    )


@inlined
def sky(view: View, up: float) -> Vec:
    """The backdrop; `up` is the z of a unit direction."""
    share = min(max(1.5 * up, 0.0), 1.0)
    high = (view.zenith_red, view.zenith_green, view.zenith_blue)
    return mixed(horizon(view), high, share * (2.0 - share))


@inlined
def horizon(view: View) -> Vec:
    """The backdrop's lowest colour."""
    return view.horizon_red, view.horizon_green, view.horizon_blue


@inlined
def fogged(view: View, point: Vec, colour: Vec) -> Vec:
    """The ground's colour with the horizon's mixed in by distance."""
    if view.is_orthographic:
        return colour
    ax, ay = point[0] - view.eye_x, point[1] - view.eye_y
    far = (ax * ax + ay * ay) / (FOG_METRES * FOG_METRES)
    return mixed(horizon(view), colour, 1.0 / (1.0 + far * far))


@inlined
def ground_shade(pattern: int, x: float, y: float, footprint: float) -> float:
    """Factor on the ground's colour, averaged over about a pixel's footprint (metres)."""
    if pattern == 1:
        waves = square_wave(x / CHECKER_METRES, footprint / CHECKER_METRES)
        return 0.86 + 0.14 * waves * square_wave(y / CHECKER_METRES, footprint / CHECKER_METRES)
    if pattern == 2:
        plank = math.floor(x / PLANK_METRES)
        inside = x / PLANK_METRES - plank
        reach = max(GAP_METRES, footprint)
        gap = GAP_METRES / reach * max(0.0, 1.0 - min(inside, 1.0 - inside) * PLANK_METRES / reach)
        tone = (plank * 5.0) % 13.0 / 12.0 - 0.5
        return (1.0 + 0.16 * tone * min(1.0, PLANK_METRES / (4.0 * footprint))) * (1.0 - 0.65 * gap)
    return 1.0


@inlined
def square_wave(at: float, width: float) -> float:
    """±1 by turns over unit lengths, with slopes of `width`; fades where that is longer than a turn."""
    beyond = at - 2.0 * math.floor(at / 2.0)
    triangle = 0.5 - abs(beyond - 1.0)  # 0 where the wave changes sign, ±0.5 in the middle
    return min(max(2.0 * triangle / max(width, 1e-6), -1.0), 1.0)


@inlined
def grain_shade(pattern: int, grain: float, size: float, point: Vec) -> float:
    """Factor on a body's colour at a point in its own axes; `size` is its smallest half extent."""
    x, y, z = point[0] / size, point[1] / size, point[2] / size
    if pattern == WOOD:
        ring = math.sqrt((x - 0.4) ** 2 + (y + 1.3) ** 2)  # about a trunk that runs along z, outside the body
        wave = math.sin(9.0 * ring + 0.9 * math.sin(1.7 * z + 1.0))
        return 1.0 - grain * (0.5 + 0.5 * wave)
    if pattern == STONE:
        wave = math.sin(5.1 * x + 1.3 + 2.0 * math.sin(3.7 * y)) * math.sin(4.7 * y + 0.4 + 2.0 * math.sin(4.3 * z))
        wave += math.sin(5.9 * z + 2.1 + 2.0 * math.sin(3.1 * x)) * math.sin(8.3 * (x + y - z))
        return 1.0 - grain * min(max(0.35 + 0.55 * wave, 0.0), 1.0)
    if pattern == BAND:
        return BAND_SHADE if abs(z) < BAND_HALF else 1.0
    return 1.0
