"""Draw captions of scenes."""

from dataclasses import dataclass
from random import Random
from typing import Literal, get_args

from manazir.core.errors import SceneError
from manazir.core.seeds import derive
from manazir.worlds.captions.arabic.caption import arabic_caption
from manazir.worlds.captions.drawing import draw_plan
from manazir.worlds.captions.english.caption import english_caption
from manazir.worlds.captions.facts import Facts, facts
from manazir.worlds.captions.roles import roles
from manazir.worlds.scene import Scene

Language = Literal["en", "ar"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

DETAILS = (0, 1, 2, 3)
"""0: a telegram of a few words; 1: a plain sentence; 2: one with size, material and direction; 3: everything."""

_GRAMMARS = {"en": english_caption, "ar": arabic_caption}


@dataclass(frozen=True, kw_only=True, slots=True)
class Caption:
    """What is said of a scene, and which of its facts that states."""

    text: str
    language: Language
    mentioned: frozenset[str]
    """Keys of `facts.labels()` that the text states; the others cannot be known from it."""
    facts: Facts
    """The scene's facts with the bodies in the order in which the text names them."""
    order: tuple[int, ...]
    """Of each of those bodies, its place in the order of the scene's roles, which is that of its layout's slots."""
    slots: tuple[int, ...]
    """Places in `facts` in the order in which a layout is to hold them, so that the text tells which is which."""

    @property
    def layout_order(self) -> tuple[int, ...]:
        """For each slot, from which of the scene's own layout its body comes."""
        return tuple(self.order[place] for place in self.slots)


def describe(scene: Scene, language: Language, seed: int, detail: int) -> str:
    """Draw the text of one caption; see `draw_caption`."""
    return draw_caption(scene, language, seed, detail).text


def draw_caption(scene: Scene, language: Language, seed: int, detail: int) -> Caption:
    """Draw one caption of a scene; the same arguments always draw the same one.

    Args:
        detail: 0 to 3, see `DETAILS`.

    Raises:
        SceneError: an unknown language or detail, or a scene with something that captions have no words for.
    """
    if language not in LANGUAGES:
        raise SceneError(f"captions are not written in {language!r}; use one of {', '.join(LANGUAGES)}")
    if detail not in DETAILS:
        raise SceneError(f"a caption's detail is {detail}; use 0 (a few words) to 3 (everything)")
    rng = Random(derive(seed, "caption", language, detail))
    plan = draw_plan(rng, facts(scene), roles(scene), detail)
    text = _GRAMMARS[language](rng, plan)
    order = plan.order()
    return Caption(
        text=text,
        language=language,
        mentioned=plan.mentioned(),
        facts=plan.facts.reordered(order),
        order=order,
        slots=tuple(order.index(place) for place in plan.slots()),
    )


def draw_whole_caption(scene: Scene, language: Language, seed: int, detail: int) -> Caption:
    """Draw a caption that speaks of every body, in more detail than asked where it must.

    Who asks for a ball does not expect a cube beside it: a model that learnt from captions which leave bodies out
    would add some.
    """
    for level in DETAILS[DETAILS.index(detail) :]:
        caption = draw_caption(scene, language, seed, level)
        named = {key.split("_")[0] for key in caption.mentioned if key.startswith("body")}
        if len(named) == len(scene.bodies):
            break
    return caption
