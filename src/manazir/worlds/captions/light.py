"""From which side the light falls, in the words of someone who looks through the camera."""

import math

from manazir.worlds.scene import Camera, CameraMove, Light

OVERHEAD_RATIO = 2.2
"""Height over horizontal distance from which a light counts as above: about 66 degrees up."""

CLEAR_RATIO = 1.12
"""How much one horizontal part must exceed the other for the side to have a name: 3 degrees off the diagonal."""

_TURNS = {
    CameraMove.PAN_LEFT: 0.5,
    CameraMove.PAN_RIGHT: -0.5,
    CameraMove.ORBIT_LEFT: -0.5,
    CameraMove.ORBIT_RIGHT: 0.5,
}
"""Share of the move's amount by which the view has turned, counter-clockwise from above, when half of it is over."""


def light_side(light: Light, camera: Camera) -> str | None:
    """`left`, `right`, `front` (the camera's side), `behind` or `above`; None where the light lies between two.

    A camera that turns or circles is asked in the middle of its move.
    """
    right, forward, up = _in_camera_axes(light, camera)
    if up > OVERHEAD_RATIO * math.hypot(right, forward):
        return "above"
    if abs(right) > CLEAR_RATIO * abs(forward):
        return "right" if right > 0 else "left"
    if abs(forward) > CLEAR_RATIO * abs(right):
        return "behind" if forward > 0 else "front"
    return None


def _in_camera_axes(light: Light, camera: Camera) -> tuple[float, float, float]:
    """The light's direction to the right of, along (both level) and above the camera's view."""
    along_x, along_y = (camera.target[axis] - camera.position[axis] for axis in (0, 1))
    length = math.hypot(along_x, along_y)
    if length < 1e-6:  # looks straight down: the picture's up is world y
        along_x, along_y, length = 0.0, 1.0, 1.0
    turn = _TURNS.get(camera.move, 0.0) * camera.amount
    cosine, sine = math.cos(turn), math.sin(turn)
    along_x, along_y = cosine * along_x - sine * along_y, sine * along_x + cosine * along_y
    x, y, z = light.direction
    return (x * along_y - y * along_x) / length, (x * along_x + y * along_y) / length, z
