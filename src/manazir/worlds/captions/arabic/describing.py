"""The many ways to say in Arabic what colour, size, material and shape a thing has."""

from random import Random

from manazir.worlds.captions.arabic.colours import COLOURS, INTENSE, PAINTED
from manazir.worlds.captions.arabic.modifiers import Fixed, Modifier, Possessing, Qualified
from manazir.worlds.captions.arabic.morphology import Adjective, Agreement, Case, Gender, Noun, Number, State, suffix
from manazir.worlds.captions.arabic.words import (
    MADE,
    MATERIALS,
    MEASURES,
    SHAPES,
    SIZE_TAILS,
    SIZES,
    SUBSTANCES,
    THINGS,
)
from manazir.worlds.captions.grammar import chance, favour, pick
from manazir.worlds.scene import Material, Shape

_HIM = Agreement(Gender.MASCULINE, Number.SINGULAR)
"""What agrees with لون, حجم, مقاس."""

_PLAIN_SHARE = 0.62
"""Share of attributes said by a mere adjective."""


def colour_modifier(rng: Random, colour: str, agreement: Agreement, *, is_short: bool, is_plain: bool) -> Modifier:
    """حمراء; حمراء اللون; بلون أحمر; لونها أحمر, and the like."""
    adjective = COLOURS[colour][0] if is_plain else favour(rng, COLOURS[colour])
    if is_short or is_plain or chance(rng, _PLAIN_SHARE):
        return Qualified(adjective)
    the_colour = adjective.form(_HIM, Case.GENITIVE, State.DEFINITE)
    a_colour = adjective.form(_HIM, Case.GENITIVE)
    ways: list[Modifier] = [
        Fixed(f"بلون {a_colour}"),
        Fixed(f"باللون {the_colour}"),
        Fixed(f"لون{suffix(agreement)} {a_colour}", is_clause=True),
        Possessing(f"لون {a_colour}"),
        Qualified(pick(rng, PAINTED), f" باللون {the_colour}"),
    ]
    if adjective.companion is None:
        ways += [Qualified(adjective, annexed="اللون")] * 2
    if colour in INTENSE:
        intense, noun = INTENSE[colour]
        ways.append(Qualified(intense, annexed=noun))
    return pick(rng, ways)


def size_modifier(rng: Random, size: str, agreement: Agreement, *, is_short: bool = False) -> Modifier:
    """صغيرة; صغيرة الحجم; بحجم صغير; حجمها صغير, and the like."""
    plain = SIZES[size][0]
    if is_short or chance(rng, _PLAIN_SHARE):
        return Qualified(plain, annexed="الحجم") if size == "medium" and chance(rng, 0.6) else Qualified(plain)
    adjective = favour(rng, SIZES[size])
    measure = favour(rng, MEASURES) if adjective is plain else MEASURES[0]
    a_size = adjective.form(_HIM, Case.GENITIVE) + pick(rng, SIZE_TAILS[size])
    the_size = adjective.form(_HIM, Case.GENITIVE, State.DEFINITE)
    ways: tuple[Modifier, ...] = (
        Qualified(adjective, annexed="ال" + measure),
        Qualified(plain, favour(rng, SIZE_TAILS[size])),
        Fixed(f"ب{measure} {a_size}"),
        Fixed(f"{measure}{suffix(agreement)} {a_size}", is_clause=True),
        Possessing(f"{measure} {a_size}"),
        Fixed(f"من ال{measure} {the_size}"),
    )
    return pick(rng, ways)


def material_modifier(
    rng: Random, material: Material, agreement: Agreement, *, is_short: bool = False, is_plain: bool = False
) -> Modifier:
    """مطاطية; من المطاط; مصنوعة من مطاط; مادتها المطاط, and the like."""
    if is_plain:
        return Qualified(MATERIALS[material][0])
    if is_short or chance(rng, _PLAIN_SHARE - 0.1):
        return Qualified(favour(rng, MATERIALS[material]))
    a_substance, the_substance = favour(rng, SUBSTANCES[material])
    ways: tuple[Modifier, ...] = (
        Fixed(f"من {the_substance}"),
        Fixed(f"من {the_substance}"),
        Fixed(f"من {a_substance}"),
        Qualified(MADE, f" من {the_substance}"),
        Qualified(MADE, f" من {a_substance}"),
        Fixed(f"{_was_made(agreement)} من {the_substance}", is_clause=True),
        Fixed(f"مادت{suffix(agreement)} {the_substance}", is_clause=True),
    )
    return pick(rng, ways)


def shaped_thing(rng: Random, shape: Shape, *, is_short: bool) -> tuple[Noun, tuple[Modifier, ...]]:
    """جسم كروي; قطعة على شكل كرة, and the like."""
    noun, words = pick(rng, THINGS), SHAPES[shape]
    adjective: Adjective = favour(rng, words.adjectives)
    ways: list[Modifier] = [Qualified(adjective), Qualified(adjective, annexed="الشكل")]
    if not is_short:
        model = pick(rng, words.models)
        ways += [Fixed(f"على {pick(rng, ('شكل', 'هيئة'))} {model}"), Fixed(f"بشكل {model}")]
    return noun, (pick(rng, ways),)


def _was_made(agreement: Agreement) -> str:
    """The passive past of صنع: صُنع, صُنعت, صُنعا, صُنعتا."""
    ending = "ت" if agreement.is_feminine and agreement.number is not Number.DUAL else ""
    if agreement.number is Number.DUAL:
        ending = "تا" if agreement.gender is Gender.FEMININE else "ا"
    return "صُنع" + ending
