"""English words for what bodies are. The plainest word stands first.

A synonym never names another value of the same attribute (no `gold` for yellow: it is a metal).
"""

from typing import NamedTuple

from manazir.worlds.scene import Material, Shape

COLOURS: dict[str, tuple[str, ...]] = {
    "red": ("red", "crimson", "scarlet", "bright red", "ruby-red", "cherry-red", "vivid red"),
    "orange": ("orange", "bright orange", "tangerine", "vivid orange", "pumpkin-orange", "deep orange"),
    "yellow": ("yellow", "bright yellow", "lemon-yellow", "canary-yellow", "vivid yellow", "sunny yellow"),
    "green": ("green", "emerald", "grass-green", "leaf-green", "bright green", "vivid green"),
    "cyan": ("cyan", "turquoise", "aqua", "bright cyan", "teal", "vivid turquoise"),
    "blue": ("blue", "cobalt", "royal blue", "sapphire-blue", "deep blue", "vivid blue", "navy"),
    "purple": ("purple", "violet", "deep purple", "plum-purple", "vivid purple", "amethyst"),
    "pink": ("pink", "rose-pink", "bright pink", "bubblegum-pink", "rosy", "vivid pink"),
    "brown": ("brown", "chocolate-brown", "chestnut", "dark brown", "coffee-brown", "nut-brown"),
    "white": ("white", "snow-white", "pure white", "milk-white", "bright white", "snowy"),
    "black": ("black", "jet-black", "pitch-black", "coal-black", "pure black", "inky black"),
    "grey": ("grey", "gray", "ash-grey", "dull grey", "neutral grey", "plain gray"),
}

SIZES: dict[str, tuple[str, ...]] = {
    "small": ("small", "little", "tiny", "small-sized", "mini", "miniature", "smallish"),
    "medium": (
        "medium-sized",
        "mid-sized",
        "average-sized",
        "medium-size",
        "middle-sized",
        "moderately sized",
        "mid-size",
    ),
    "large": ("large", "big", "huge", "large-sized", "giant", "oversized", "biggish"),
}

SIZE_NAMES: dict[str, tuple[str, ...]] = {
    "small": ("small", "fairly small", "very small", "rather small"),
    "medium": ("medium", "average", "moderate", "middling"),
    "large": ("large", "fairly large", "very large", "rather large"),
}
"""What fits in `of … size`."""

MATERIALS: dict[Material, tuple[str, ...]] = {
    Material.RUBBER: ("rubber", "rubbery", "solid-rubber", "bouncy rubber"),
    Material.WOOD: ("wooden", "wood", "timber", "solid-wood"),
    Material.METAL: ("metal", "metallic", "steel", "iron"),
    Material.GLASS: ("glass", "solid-glass", "crystal", "glassy"),
    Material.STONE: ("stone", "granite", "rock", "solid-stone"),
}

SUBSTANCES: dict[Material, tuple[str, ...]] = {
    Material.RUBBER: ("rubber", "solid rubber", "natural rubber", "bouncy rubber"),
    Material.WOOD: ("wood", "solid wood", "timber", "hard wood"),
    Material.METAL: ("metal", "steel", "solid metal", "iron"),
    Material.GLASS: ("glass", "solid glass", "crystal", "polished glass"),
    Material.STONE: ("stone", "solid stone", "granite", "rock"),
}


class ShapeWords(NamedTuple):
    """How a shape is called."""

    nouns: tuple[str, ...]
    """Say nothing of size or material."""
    loose_nouns: tuple[str, ...]
    """Hint at a size or a material, and so stand only where neither is said."""
    adjectives: tuple[str, ...]
    models: tuple[str, ...]
    """What something else can be shaped like."""


SHAPES: dict[Shape, ShapeWords] = {
    Shape.SPHERE: ShapeWords(
        ("ball", "sphere", "orb", "globe"),
        ("marble",),
        ("spherical", "ball-shaped", "globe-shaped"),
        ("ball", "sphere"),
    ),
    Shape.CUBE: ShapeWords(
        ("cube", "box", "block"), ("die", "crate"), ("cubic", "cube-shaped", "box-shaped"), ("cube", "box")
    ),
    Shape.CYLINDER: ShapeWords(
        ("cylinder", "drum", "roller"),
        ("can", "barrel", "tube"),
        ("cylindrical", "cylinder-shaped", "drum-shaped"),
        ("cylinder", "drum"),
    ),
    Shape.CAPSULE: ShapeWords(
        ("capsule", "lozenge"), ("pill",), ("capsule-shaped", "pill-shaped", "lozenge-shaped"), ("capsule", "pill")
    ),
    Shape.CONE: ShapeWords(
        ("cone", "pointed cone", "round cone"),
        ("funnel",),
        ("conical", "cone-shaped", "funnel-shaped"),
        ("cone", "funnel"),
    ),
}

THINGS = ("object", "body", "thing", "piece", "solid")
"""What has a shape, an adjective saying which."""

NUMBERS: dict[int, tuple[str, ...]] = {
    2: ("two", "a pair of", "a couple of", "2"),
    3: ("three", "a trio of", "3"),
    4: ("four", "4"),
    5: ("five", "5"),
    6: ("six", "6"),
    7: ("seven", "7"),
    8: ("eight", "8"),
    9: ("nine", "9"),
    10: ("ten", "10"),
}
