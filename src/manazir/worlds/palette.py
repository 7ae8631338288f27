"""What the names of colours and materials look like, and how materials weigh and bounce.

Albedos are linear Rec. 709, 0 to 1. They are chosen far apart, so that a person (and a detector) tells them
apart at a glance under any light that a scene may have.
"""

from dataclasses import dataclass

from manazir.worlds.scene import Material

Rgb = tuple[float, float, float]

COLOURS: dict[str, Rgb] = {
    "red": (0.70, 0.025, 0.025),
    "orange": (0.85, 0.23, 0.01),
    "yellow": (0.85, 0.68, 0.02),
    "green": (0.03, 0.42, 0.05),
    "cyan": (0.02, 0.58, 0.62),
    "blue": (0.02, 0.07, 0.70),
    "purple": (0.25, 0.03, 0.50),
    "pink": (0.88, 0.25, 0.46),
    "brown": (0.18, 0.065, 0.02),
    "white": (0.88, 0.88, 0.88),
    "black": (0.012, 0.012, 0.014),
    "grey": (0.22, 0.22, 0.23),
}
"""Colours that bodies have and captions name."""

GROUND_COLOURS: dict[str, Rgb] = {
    "sand": (0.52, 0.43, 0.30),
    "slate": (0.20, 0.23, 0.27),
    "chalk": (0.62, 0.62, 0.60),
    "moss": (0.24, 0.30, 0.19),
}
"""Muted, so that no body is lost on them."""

LIGHT_COLOURS: dict[str, Rgb] = {
    "white": (1.0, 1.0, 1.0),
    "warm": (1.0, 0.80, 0.55),
    "cold": (0.70, 0.85, 1.0),
}

BACKDROPS: dict[str, tuple[Rgb, Rgb]] = {
    "sky": ((0.62, 0.74, 0.88), (0.20, 0.38, 0.68)),
    "dusk": ((0.80, 0.48, 0.30), (0.20, 0.16, 0.36)),
    "studio": ((0.34, 0.35, 0.38), (0.14, 0.145, 0.16)),
    "paper": ((1.0, 1.0, 1.0), (1.0, 1.0, 1.0)),
}
"""Radiance at the horizon and at the zenith. The colour of the horizon also fills the shadows a little."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Surface:
    """How a material takes light and blows. All ratios are 0 to 1."""

    density: float
    """Kilograms a cubic metre, scaled down so that a body weighs a few kilograms at most."""
    restitution: float
    friction: float
    specular: float
    """Strength of the highlight."""
    shininess: float
    """Blinn-Phong exponent of the highlight."""
    reflectivity: float
    """Share of one mirrored ray."""
    grain: float
    """How much a pattern (wood's rings, stone's speckles) darkens the colour."""


SURFACES: dict[Material, Surface] = {
    Material.RUBBER: Surface(
        density=110, restitution=0.80, friction=0.9, specular=0.08, shininess=8, reflectivity=0.0, grain=0.0
    ),
    Material.WOOD: Surface(
        density=70, restitution=0.45, friction=0.5, specular=0.10, shininess=16, reflectivity=0.0, grain=0.35
    ),
    Material.METAL: Surface(
        density=390, restitution=0.55, friction=0.35, specular=0.9, shininess=90, reflectivity=0.35, grain=0.0
    ),
    Material.GLASS: Surface(
        density=250, restitution=0.60, friction=0.3, specular=1.0, shininess=200, reflectivity=0.18, grain=0.0
    ),
    Material.STONE: Surface(
        density=260, restitution=0.30, friction=0.7, specular=0.03, shininess=6, reflectivity=0.0, grain=0.5
    ),
}
