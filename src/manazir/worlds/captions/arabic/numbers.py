"""Arabic numbers with what they count: two by the dual, three to ten by a number of the other gender and a plural."""

from manazir.worlds.captions.arabic.morphology import Gender, Number

_MASCULINE = ("ثلاثة", "أربعة", "خمسة", "ستة", "سبعة", "ثمانية", "تسعة", "عشرة")
_FEMININE = ("ثلاث", "أربع", "خمس", "ست", "سبع", "ثماني", "تسع", "عشر")


def number_of(count: int) -> Number:
    """How a noun stands for this many."""
    if count == 1:
        return Number.SINGULAR
    return Number.DUAL if count == 2 else Number.PLURAL


def number_word(count: int, gender: Gender) -> str:
    """Three to ten, before things whose singular has this gender: ثلاث كرات, ثلاثة مكعبات.

    Raises:
        ValueError: another number; these have other rules.
    """
    if not 3 <= count <= 10:
        raise ValueError(f"{count} is not counted with a plural; only 3 to 10 are")
    return (_FEMININE if gender is Gender.FEMININE else _MASCULINE)[count - 3]
