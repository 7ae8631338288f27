"""How people write Arabic: vowel signs mostly left out, now and then a sign more or a hamza less."""

import re
from random import Random

from manazir.worlds.captions.grammar import chance

_SHORT_VOWELS = re.compile("[\u064c-\u0652]")
"""Signs other than fathatan, which marks the indefinite accusative (مكعبًا)."""

_SIGNS = re.compile("[\u064b-\u0652]")
_HAMZAS = str.maketrans("أإآ", "ااا")

_SIGNED = {
    "كرة": "كُرة",
    "مكعب": "مكعّب",
    "ثم": "ثمّ",
    "تتحرك": "تتحرّك",
    "يتحرك": "يتحرّك",
    "تمر": "تمرّ",
    "يمر": "يمرّ",
    "معدني": "معدنيّ",
    "معدنية": "معدنيّة",
    "خشبي": "خشبيّ",
    "خشبية": "خشبيّة",
    "مطاطي": "مطّاطيّ",
    "مطاطية": "مطّاطيّة",
    "المطاط": "المطّاط",
    "زجاجية": "زجاجيّة",
    "حجرية": "حجريّة",
    "بني": "بنّيّ",
    "بنية": "بنّيّة",
    "تظل": "تظلّ",
    "ترتد": "ترتدّ",
    "يرتد": "يرتدّ",
    "هناك": "هُناك",
}
"""Signs that people add where they help, by word."""

_WORD = re.compile(r"[\u0621-\u0652]+")


def as_written(rng: Random, text: str) -> str:
    """Spell a text as one of its writers would; the words stay the same."""
    draw = rng.random()
    if draw < 0.30:
        text = _SIGNS.sub("", text)
    elif draw < 0.55:
        text = _SHORT_VOWELS.sub("", text)
    elif draw < 0.62:
        text = _WORD.sub(lambda word: _SIGNED.get(word[0], word[0]), text)
    return without_hamzas(text) if chance(rng, 0.05) else text


def without_hamzas(text: str) -> str:
    """Leave out the hamzas on alif: أحمر becomes احمر."""
    return text.translate(_HAMZAS)
