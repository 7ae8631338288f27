"""Luma's camera concepts, and which of them are camera moves in our words."""

from collections.abc import Mapping
from types import MappingProxyType

CONCEPTS = (
    "aerial",
    "aerial_drone",
    "bolt_cam",
    "crane_down",
    "crane_up",
    "dolly_zoom",
    "elevator_doors",
    "eye_level",
    "ground_level",
    "handheld",
    "high_angle",
    "low_angle",
    "orbit_left",
    "orbit_right",
    "over_the_shoulder",
    "overhead",
    "pan_left",
    "pan_right",
    "pedestal_down",
    "pedestal_up",
    "pov",
    "pull_out",
    "push_in",
    "roll_left",
    "roll_right",
    "selfie",
    "static",
    "tilt_down",
    "tilt_up",
    "tiny_planet",
    "truck_left",
    "truck_right",
    "zoom_in",
    "zoom_out",
)
"""All that `generations.concepts.list` tells."""

MOVES: Mapping[str, str] = MappingProxyType(
    {"static": "still", "pedestal_up": "crane up", "pedestal_down": "crane down"}
)
"""Concepts whose moves captions call otherwise; the rest are called as they are written, with spaces."""


def move_of(concept: str) -> str:
    """What a canvas calls a concept; a model that follows camera paths says which of them it knows.

    >>> move_of("pan_left"), move_of("static")
    ('pan left', 'still')
    """
    return MOVES.get(concept) or concept.replace("_", " ")
