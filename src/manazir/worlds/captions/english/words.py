"""English words for what bodies are. The plainest word stands first.

A synonym never names another value of the same attribute. Colours are many, and stand in `colours`.
"""

from typing import NamedTuple

from manazir.worlds.scene import Material, Shape

SIZES: dict[str, tuple[str, ...]] = {
    "small": ("small", "little", "tiny", "small-sized", "mini", "miniature", "smallish", "very small", "wee"),
    "medium": (
        "medium-sized",
        "mid-sized",
        "average-sized",
        "medium-size",
        "middle-sized",
        "moderately sized",
        "mid-size",
        "medium",
        "normal-sized",
    ),
    "large": (
        "large",
        "big",
        "huge",
        "large-sized",
        "giant",
        "oversized",
        "biggish",
        "very big",
        "very large",
        "enormous",
        "gigantic",
    ),
}

SIZE_NAMES: dict[str, tuple[str, ...]] = {
    "small": ("small", "fairly small", "very small", "rather small"),
    "medium": ("medium", "average", "moderate", "middling"),
    "large": ("large", "fairly large", "very large", "rather large"),
}
"""What fits in `of … size`."""

MATERIALS: dict[Material, tuple[str, ...]] = {
    Material.RUBBER: ("rubber", "rubbery", "solid-rubber", "bouncy rubber"),
    Material.WOOD: ("wooden", "wood", "timber", "solid-wood", "oak", "pine"),
    Material.METAL: ("metal", "metallic", "steel", "iron", "aluminium", "tin"),
    Material.GLASS: ("glass", "solid-glass", "crystal", "glassy"),
    Material.STONE: ("stone", "granite", "rock", "solid-stone", "concrete"),
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
        ("marble", "bead", "football", "bowling ball", "cannonball", "tennis ball"),
        ("spherical", "round", "ball-shaped", "globe-shaped"),
        ("ball", "sphere"),
    ),
    Shape.CUBE: ShapeWords(
        ("cube", "box", "block"),
        ("die", "crate", "carton", "parcel", "chest", "brick", "dice", "toy block"),
        ("cubic", "cube-shaped", "box-shaped"),
        ("cube", "box"),
    ),
    Shape.CYLINDER: ShapeWords(
        ("cylinder", "drum", "roller"),
        ("can", "barrel", "tube", "pipe", "tin", "log", "pillar", "tin can", "keg", "canister"),
        ("cylindrical", "cylinder-shaped", "drum-shaped"),
        ("cylinder", "drum"),
    ),
    Shape.CAPSULE: ShapeWords(
        ("capsule", "lozenge"),
        ("pill", "bean", "sausage", "jelly bean", "pill capsule"),
        ("capsule-shaped", "pill-shaped", "lozenge-shaped"),
        ("capsule", "pill"),
    ),
    Shape.CONE: ShapeWords(
        ("cone", "pointed cone", "round cone"),
        ("funnel", "spike", "party hat", "traffic cone", "pointed hat", "witch's hat"),
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
