"""English words for what bodies are. The plainest word stands first.

A synonym never names another value of the same attribute (no `gold` for yellow: it is a metal).
"""

from typing import NamedTuple

from manazir.worlds.scene import Material, Shape

COLOURS: dict[str, tuple[str, ...]] = {
    "red": (
        "red",
        "crimson",
        "scarlet",
        "bright red",
        "ruby-red",
        "cherry-red",
        "vivid red",
        "dark red",
        "maroon",
        "burgundy",
        "deep red",
        "ruby",
        "blood-red",
        "wine-red",
        "light red",
        "brick-red",
    ),
    "orange": (
        "orange",
        "bright orange",
        "tangerine",
        "vivid orange",
        "pumpkin-orange",
        "deep orange",
        "dark orange",
        "light orange",
        "apricot",
        "carrot-orange",
        "burnt orange",
        "amber",
    ),
    "yellow": (
        "yellow",
        "bright yellow",
        "lemon-yellow",
        "canary-yellow",
        "vivid yellow",
        "sunny yellow",
        "light yellow",
        "pale yellow",
        "mustard",
        "mustard-yellow",
        "lemon",
        "saffron",
        "dark yellow",
    ),
    "green": (
        "green",
        "emerald",
        "grass-green",
        "leaf-green",
        "bright green",
        "vivid green",
        "dark green",
        "light green",
        "lime",
        "lime-green",
        "jade",
        "mint",
        "mint-green",
        "olive-green",
        "forest-green",
        "emerald-green",
    ),
    "cyan": (
        "cyan",
        "turquoise",
        "aqua",
        "bright cyan",
        "teal",
        "vivid turquoise",
        "aquamarine",
        "dark cyan",
        "light cyan",
        "bright turquoise",
        "dark turquoise",
    ),
    "blue": (
        "blue",
        "cobalt",
        "royal blue",
        "sapphire-blue",
        "deep blue",
        "vivid blue",
        "navy",
        "dark blue",
        "bright blue",
        "azure",
        "navy blue",
        "ultramarine",
        "sapphire",
        "cobalt blue",
        "electric blue",
    ),
    "purple": (
        "purple",
        "violet",
        "deep purple",
        "plum-purple",
        "vivid purple",
        "amethyst",
        "dark purple",
        "light purple",
        "lilac",
        "lavender",
        "mauve",
        "bright purple",
        "plum",
        "indigo",
    ),
    "pink": (
        "pink",
        "rose-pink",
        "bright pink",
        "bubblegum-pink",
        "rosy",
        "vivid pink",
        "hot pink",
        "light pink",
        "magenta",
        "fuchsia",
        "pale pink",
        "dark pink",
        "salmon-pink",
        "rose",
    ),
    "brown": (
        "brown",
        "chocolate-brown",
        "chestnut",
        "dark brown",
        "coffee-brown",
        "nut-brown",
        "light brown",
        "mahogany",
        "caramel",
        "hazel",
        "chocolate",
        "coffee-coloured",
        "tan",
    ),
    "white": (
        "white",
        "snow-white",
        "pure white",
        "milk-white",
        "bright white",
        "snowy",
        "ivory",
        "off-white",
        "pearl-white",
        "cream-white",
        "ivory-white",
        "milky white",
    ),
    "black": (
        "black",
        "jet-black",
        "pitch-black",
        "coal-black",
        "pure black",
        "inky black",
        "ebony",
        "jet",
        "deep black",
        "raven-black",
        "midnight-black",
    ),
    "grey": (
        "grey",
        "gray",
        "ash-grey",
        "dull grey",
        "neutral grey",
        "plain gray",
        "light grey",
        "dark grey",
        "light gray",
        "dark gray",
        "charcoal-grey",
        "smoky grey",
        "charcoal",
    ),
}

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
