"""English noun phrases: one ball, two of them, another one, and how each is described."""

from random import Random
from typing import NamedTuple

from manazir.worlds.captions.english.colours import COLOURS
from manazir.worlds.captions.english.inflect import plural, with_article
from manazir.worlds.captions.english.words import MATERIALS, NUMBERS, SHAPES, SIZE_NAMES, SIZES, SUBSTANCES, THINGS
from manazir.worlds.captions.grammar import chance, favour, pick
from manazir.worlds.captions.plan import Group


class Phrase(NamedTuple):
    """A noun phrase and how verbs agree with it."""

    text: str
    is_plural: bool
    noun: str = ""
    """Its bare head in its number, by which it can be taken up again."""


_COLOUR_POSTS = (
    "that {be} {c}",
    "coloured {c}",
    "painted {c}",
    ", {c} all over,",
    ", {c} in colour,",
    "of {a_c} colour",
    "that {be} all {c}",
)
_SIZE_POSTS = ("of {w} size", "of {a_w} size", "{w} in size", ", {w} in size,", "that {be} {w} in size")
_MATERIAL_POSTS = (
    "made of {m}",
    "of {m}",
    "made from {m}",
    "that {be} made of {m}",
    "made out of {m}",
    ", made of {m},",
)
_SHAPE_POSTS = ("shaped like {a_model}", "in the shape of {a_model}")


def noun_phrase(rng: Random, group: Group, *, is_bare: bool = False) -> Phrase:
    """Describe a group; `is_bare` leaves out the article, as telegrams do."""
    is_plural = group.count > 1
    late = _late_attribute(rng, group, is_bare=is_bare)
    before = _premodifiers(rng, group, late)
    noun, post = _head(rng, group, is_plural=is_plural, may_be_periphrastic=late is None and not is_bare)
    if late:
        post = _postmodifier(rng, group, late)
    core = f"{before} {noun}" if before else noun
    text = _determined(rng, group, core, is_bare=is_bare)
    return Phrase(_attached(text, post), is_plural, noun)


def definite(group: Group, noun: str, *, with_colour: bool) -> str:
    """Take a group up again: `the ball`, `the red ball`."""
    if with_colour and group.colour is not None:
        return f"the {COLOURS[group.colour][0]} {noun}"
    return f"the {noun}"


def together(phrases: list[Phrase]) -> Phrase:
    """Several phrases as one: a, b and c."""
    if len(phrases) == 1:
        return phrases[0]
    *firsts, last = [phrase.text for phrase in phrases]
    return Phrase(f"{', '.join(firsts)} and {last}", is_plural=True)


def _late_attribute(rng: Random, group: Group, *, is_bare: bool) -> str | None:
    """The attribute that follows its noun, if one does."""
    if is_bare or not chance(rng, 0.3):
        return None
    stated = [name for name in ("colour", "size", "material", "material") if getattr(group, name) is not None]
    return pick(rng, stated) if stated else None


def _premodifiers(rng: Random, group: Group, late: str | None) -> str:
    """Size, colour and material, in the order that English has."""
    words = []
    if group.size is not None and late != "size":
        words.append(favour(rng, SIZES[group.size]))
    if group.colour is not None and late != "colour":
        words.append(COLOURS[group.colour][0] if group.is_repeated else favour(rng, COLOURS[group.colour]))
    if group.material is not None and late != "material":
        words.append(favour(rng, MATERIALS[group.material]))
    if len(words) > 1 and chance(rng, 0.12):
        words[0] += ","
    return " ".join(words)


def _head(rng: Random, group: Group, *, is_plural: bool, may_be_periphrastic: bool) -> tuple[str, str]:
    """The noun that says the shape, or a thing and what says it: before (with the noun) or after."""
    shape = SHAPES[group.shape]
    if group.is_repeated:
        return (plural(shape.nouns[0]) if is_plural else shape.nouns[0]), ""
    if chance(rng, 0.82):
        is_free = group.size is None and group.material is None
        noun = favour(rng, shape.nouns + shape.loose_nouns if is_free else shape.nouns)
        return (plural(noun) if is_plural else noun), ""
    thing = pick(rng, THINGS)
    thing = plural(thing) if is_plural else thing
    if may_be_periphrastic and not is_plural and chance(rng, 0.4):
        return thing, pick(rng, _SHAPE_POSTS).format(a_model=with_article(pick(rng, shape.models)))
    return f"{pick(rng, shape.adjectives)} {thing}", ""


def _postmodifier(rng: Random, group: Group, late: str) -> str:
    be = "are" if group.count > 1 else "is"
    if late == "colour" and group.colour is not None:
        colour = COLOURS[group.colour][0] if group.is_repeated else favour(rng, COLOURS[group.colour])
        return pick(rng, _COLOUR_POSTS).format(be=be, c=colour, a_c=with_article(colour))
    if late == "size" and group.size is not None:
        size = favour(rng, SIZE_NAMES[group.size])
        return pick(rng, _SIZE_POSTS).format(be=be, w=size, a_w=with_article(size))
    assert group.material is not None, late
    return pick(rng, _MATERIAL_POSTS).format(be=be, m=favour(rng, SUBSTANCES[group.material]))


def _determined(rng: Random, group: Group, core: str, *, is_bare: bool) -> str:
    """With its article, its number or `another`."""
    if group.count == 1:
        if group.is_another:
            return f"{pick(rng, ('another', 'another', 'a second'))} {core}"
        return core if is_bare else (with_article(core) if chance(rng, 0.96) else f"one {core}")
    number = favour(rng, NUMBERS.get(group.count, (str(group.count),)))
    if group.is_another:
        return f"{NUMBERS.get(group.count, (str(group.count),))[0]} {pick(rng, ('other', 'more'))} {core}"
    return f"{number} {core}"


def _attached(text: str, post: str) -> str:
    if not post:
        return text
    return text + post if post[0] == "," else f"{text} {post}"
