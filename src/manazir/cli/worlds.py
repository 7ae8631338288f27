"""What the verbs about simulated worlds share: drawing one scene, and its captions."""

from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from manazir.core.errors import SceneError, ShapeError, UnsupportedError

if TYPE_CHECKING:
    from manazir.media.clip import Clip
    from manazir.worlds.scene import Event, Scene

DRAWING = "drawing (the ray caster is compiled first, once)"
"""What takes a minute the first time after an installation, and seconds from then on."""
LONGEST_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Drawn:
    """A scene, its clip, and the truth about it."""

    scene: "Scene"
    clip: "Clip"
    truth: dict[str, Any]


def refuse_without_worlds() -> None:
    """Raise unless the simulator's packages are installed.

    Raises:
        UnsupportedError: says which are missing and how to get them.
    """
    missing = [name for name in ("mujoco", "numba", "scipy") if find_spec(name) is None]
    if missing:
        raise UnsupportedError(
            f"simulated worlds need {' and '.join(missing)}; install them with `pip install 'manazir[worlds]'`"
        )


def check_event(name: str) -> "Event":
    """The event of that name.

    Raises:
        SceneError: there is none, or no family of scenes shows it.
    """
    from manazir.worlds.families import FAMILIES

    for event in FAMILIES:
        if event.value == name:
            return event
    raise SceneError(f"no scenes of {name!r}; have {', '.join(event.value for event in FAMILIES)}")


def draw_one(event: "Event | None", seed: int, width: int, height: int, seconds: float) -> Drawn:
    """Draw, simulate, render and sound one scene of an event; None: of any.

    Raises:
        SceneError, ShapeError: the scene or its size is impossible.
    """
    from manazir.worlds.dataset import render_sample
    from manazir.worlds.families import MIXTURE, draw

    frame_rate = 12.0
    if not 1 / frame_rate <= seconds <= LONGEST_SECONDS:
        raise ShapeError(f"{seconds:g} s; a scene lasts from {1 / frame_rate:.2f} to {LONGEST_SECONDS:g} s")
    if seed < 0:
        raise SceneError(f"the seed is {seed}; give 0 or more")
    mixture = MIXTURE if event is None else {event: 1.0}
    frames = round(seconds * frame_rate)
    scene, motion = draw(seed, mixture, frames=frames, frame_rate=frame_rate, aspect=width / height)
    sample = render_sample(scene, motion, width, height, f"{seed:08d}")
    return Drawn(scene, sample.clip, sample.truth)


def captions(scene: "Scene", seed: int) -> dict[str, list[str]]:
    """Captions in each language, from a telegram to everything there is to say."""
    from manazir.worlds.captions import DETAILS, LANGUAGES, describe

    return {str(language): [describe(scene, language, seed, detail) for detail in DETAILS] for language in LANGUAGES}
