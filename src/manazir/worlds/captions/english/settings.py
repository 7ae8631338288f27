"""English words for the setting: light, camera, ground, backdrop and sound."""

from typing import NamedTuple

from manazir.worlds.captions.noise import Noise
from manazir.worlds.scene import CameraMove

LIGHT_SIDES: dict[str, tuple[str, ...]] = {
    "left": ("from the left", "from the left side", "from the left-hand side", "from camera left"),
    "right": ("from the right", "from the right side", "from the right-hand side", "from camera right"),
    "front": ("from the front", "from the camera's side", "from behind the camera", "from the viewer's side"),
    "behind": ("from behind", "from the back", "from behind the scene", "from the far side"),
    "above": ("from above", "from overhead", "from the top", "from straight above"),
}

LIGHT_COLOURS: dict[str, tuple[str, ...]] = {
    "white": ("white", "neutral", "neutral white", "plain white", "colourless"),
    "warm": ("warm", "golden", "amber", "warm golden", "yellowish"),
    "cold": ("cold", "cool", "bluish", "icy", "cool blue"),
}


class Frames(NamedTuple):
    """The ways to work a part of the setting into a text; each says the same."""

    lead: tuple[str, ...]
    """Before the main clause, without the comma."""
    trail: tuple[str, ...]
    """After it."""
    sentence: tuple[str, ...]
    tag: tuple[str, ...]


LIGHT = Frames(
    ("under{c} light{s}", "in{c} light{s}", "with{c} light falling{s}", "bathed in{c} light{s}"),
    (", under{c} light{s}", ", in{c} light{s}", " under{c} light coming{s}", ", with{c} light{s}"),
    (
        "{C} light falls{s}",
        "{C} light comes{s}",
        "{C} light shines{s}",
        "there is{c} light{s}",
        "it is lit{s} by{c} light",
    ),
    ("{c} light{s}", "{c} lighting{s}", "lit{s} by{c} light"),
)

SOUNDS: dict[Noise, tuple[str, ...]] = {
    Noise.RING: ("a metallic ring", "a metallic clang", "ringing metal", "a bright clang", "a bell-like ring"),
    Noise.THUD: ("a dull thud", "a soft thud", "a rubbery thump", "muffled thumps", "a low thump"),
    Noise.CLINK: ("a glassy clink", "a clink of glass", "a bright clink", "a crystal-like tinkle", "clinking"),
    Noise.KNOCK: ("a wooden knock", "a knock of wood", "a hollow knock", "woody knocking", "a woody tap"),
    Noise.CLACK: ("a stony clack", "a clack of stone", "a hard clack", "a dry clack", "clacking stone"),
    Noise.RUMBLE: ("a low rumble", "a rolling rumble", "a rolling sound", "a soft rumbling", "the noise of rolling"),
    Noise.SCRAPE: ("a scraping sound", "a scrape", "the scraping of a slide", "a rasping scrape", "a sliding hiss"),
}

SOUND = Frames(
    ("with {x}", "to the sound of {x}"),
    (", with {x}", " with {x}", ", to the sound of {x}", ", making {x}", ", accompanied by {x}"),
    ("you hear {x}", "the sound is {x}", "one hears {x}", "we hear {x}", "there is {x}"),
    ("{x}", "sound of {x}", "sound: {x}"),
)

SILENCE = Frames(
    ("in silence", "without a sound", "in complete silence", "in perfect quiet", "noiselessly"),
    (
        " in silence",
        " silently",
        " without a sound",
        ", making no sound",
        " soundlessly",
        " noiselessly",
        ", all in silence",
    ),
    (
        "there is no sound",
        "all is silent",
        "nothing is heard",
        "it is silent",
        "no sound is heard",
        "the scene is silent",
    ),
    ("silent", "no sound", "in silence", "silence", "soundless"),
)

CAMERA_MOVES: dict[CameraMove, tuple[str, ...]] = {
    CameraMove.STILL: ("@stay still", "@remain fixed", "@hold still", "@keep still", "@stay in place"),
    CameraMove.PAN_LEFT: (
        "@pan left",
        "@pan to the left",
        "@turn left",
        "@swivel to the left",
        "@turn towards the left",
    ),
    CameraMove.PAN_RIGHT: (
        "@pan right",
        "@pan to the right",
        "@turn right",
        "@swivel to the right",
        "@turn towards the right",
    ),
    CameraMove.TILT_UP: ("@tilt up", "@tilt upwards", "@look up", "@angle upwards", "@tip its view up"),
    CameraMove.TILT_DOWN: ("@tilt down", "@tilt downwards", "@look down", "@angle downwards", "@tip its view down"),
    CameraMove.ORBIT_LEFT: (
        "@orbit left",
        "@orbit to the left",
        "@circle the scene to the left",
        "@arc around to the left",
        "@move around the scene leftwards",
    ),
    CameraMove.ORBIT_RIGHT: (
        "@orbit right",
        "@orbit to the right",
        "@circle the scene to the right",
        "@arc around to the right",
        "@move around the scene rightwards",
    ),
    CameraMove.PUSH_IN: ("@push in", "@move in closer", "@dolly in", "@approach", "@move forward"),
    CameraMove.PULL_OUT: ("@pull out", "@pull back", "@dolly out", "@back away", "@move backward"),
    CameraMove.CRANE_UP: ("@crane up", "@rise", "@move upwards", "@lift up", "@ascend"),
    CameraMove.CRANE_DOWN: ("@crane down", "@sink", "@move downwards", "@lower itself", "@descend"),
}

CAMERA = Frames(
    ("as the camera {fin}", "while the camera {fin}", "with the camera {ing}"),
    (" as the camera {fin}", " while the camera {fin}", ", the camera {ing}", ", with the camera {ing}"),
    ("the camera {fin}", "the camera is {ing}", "meanwhile the camera {fin}", "all the while the camera {fin}"),
    ("camera {ing}", "camera {fin}", "the camera {ing}"),
)

GROUND_COLOURS: dict[str, tuple[str, ...]] = {
    "sand": ("sandy", "sand-coloured", "beige", "tan", "sand-toned"),
    "slate": ("slate-grey", "slate", "dark bluish-grey", "slate-coloured", "dark slate"),
    "chalk": ("chalky", "chalk-coloured", "pale", "off-white", "light chalky"),
    "moss": ("mossy", "moss-green", "olive", "moss-coloured", "muted mossy"),
}

GROUND_PATTERNS: dict[str, tuple[str, ...]] = {
    "plain": ("plain", "unpatterned", "smooth", "bare", "uniform"),
    "checker": ("checkered", "chequered", "checkerboard", "checked", "chessboard"),
    "planks": ("planked", "plank", "boarded", "board", "planked-over"),
}

GROUNDS = ("floor", "ground", "surface")

GROUND = Frames(
    ("on {x}", "over {x}", "upon {x}"),
    (" on {x}", " over {x}", " across {x}", ", on {x}"),
    ("this happens on {x}", "below lies {x}", "there is {x} underneath", "the scene has {x}"),
    ("{x}", "on {x}", "over {x}"),
)

BACKDROPS: dict[str, tuple[str, ...]] = {
    "sky": ("blue sky", "a clear sky", "an open sky", "daytime sky", "a bright blue sky"),
    "dusk": ("a dusky sky", "an evening sky", "sunset colours", "a sky at dusk", "twilight sky"),
    "studio": (
        "a studio wall",
        "a dark studio wall",
        "a dark grey studio",
        "studio darkness",
        "a dim studio",
    ),
    "paper": ("plain white", "white paper", "pure white", "empty white", "blank white"),
}

BACKDROP = Frames(
    ("against {x}", "before {x}", "in front of {x}"),
    (" against {x}", " in front of {x}", ", against {x}", ", with {x} behind"),
    ("behind it is {x}", "the background is {x}", "the backdrop is {x}", "in the background there is {x}"),
    ("{x} behind", "against {x}", "background: {x}", "{x} in the background"),
)

BYSTANDERS = (
    ", with {x} nearby",
    " near {x}",
    ", next to {x}",
    " beside {x}",
    ", with {x} standing by",
    " while {x} {be} there too",
    "; {x} {be} close by",
    ", and {x} {stay} where {it} {be}",
)
