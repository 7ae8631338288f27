"""From which side the light falls, in the words of someone who looks through the camera."""

import math

from manazir.worlds.scene import Camera, Light

OVERHEAD_RATIO = 2.2
"""Height over horizontal distance from which a light counts as above: about 66 degrees up."""

CLEAR_RATIO = 1.12
"""How much one horizontal part must exceed the other for the side to have a name: 3 degrees off the diagonal."""


def light_side(light: Light, camera: Camera) -> str | None:
    """`left`, `right`, `front` (the camera's side), `behind` or `above`; None where the light lies between two."""
    right, forward, up = _in_camera_axes(light, camera)
    if up > OVERHEAD_RATIO * math.hypot(right, forward):
        return "above"
    if abs(right) > CLEAR_RATIO * abs(forward):
        return "right" if right > 0 else "left"
    if abs(forward) > CLEAR_RATIO * abs(right):
        return "behind" if forward > 0 else "front"
    return None


def _in_camera_axes(light: Light, camera: Camera) -> tuple[float, float, float]:
    """The light's direction to the right of, along (both level) and above the camera's starting view."""
    along_x, along_y = (camera.target[axis] - camera.position[axis] for axis in (0, 1))
    length = math.hypot(along_x, along_y)
    if length < 1e-6:  # looks straight down: the picture's up is world y
        along_x, along_y, length = 0.0, 1.0, 1.0
    x, y, z = light.direction
    return (x * along_y - y * along_x) / length, (x * along_x + y * along_y) / length, z
