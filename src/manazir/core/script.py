"""Which language a text is in, and patterns that find Arabic words however they are spelt."""

import re
from collections.abc import Mapping

BIDI = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
"""What only says in which direction to write, or nothing at all."""
MARKS = "[\u064b-\u0652\u0670\u0640]*"
"""Short vowels, doubling and stretching, which most people leave out."""
ALIKE = {"ا": "[اأإآٱ]", "أ": "[اأإآٱ]", "إ": "[اأإآٱ]", "ي": "[يى]", "ى": "[يى]", "ة": "[ةه]"}
"""Letters that are written for one another."""


def language_of(text: str) -> str:
    """`ar` if most letters are Arabic, else `en`.

    >>> language_of("كرة red"), language_of("a red كرة"), language_of("")
    ('ar', 'en', 'en')
    """
    arabic = len(re.findall("[\u0620-\u064a]", text))
    return "ar" if arabic > 0 and arabic >= len(re.findall("[A-Za-z]", text)) else "en"


def arabic(pattern: str) -> str:
    """A pattern that also finds words with other vowels, hamzas and endings; a space stands for any white space.

    What begins with a backslash, and everything that is no Arabic letter, stays.

    >>> bool(re.fullmatch(arabic("الى ثوان"), "إلى  ثَوانٍ"))
    True
    """
    parts = re.split(r"(\\.|[ء-ي]| )", pattern)
    return "".join(_loose(part) for part in parts)


def _loose(part: str) -> str:
    if part == " ":
        return r"\s+"
    return f"(?:{ALIKE.get(part, part)}{MARKS})" if re.fullmatch("[ء-ي]", part) else part


def first_of(patterns: Mapping[str, re.Pattern[str]], text: str) -> tuple[str, re.Match[str]] | None:
    """Which of some patterns is found first, the longest of those that begin there; and where."""
    found = [(name, match) for name, pattern in patterns.items() if (match := pattern.search(text)) is not None]
    return min(found, key=lambda one: (one[1].start(), -len(one[1][0])), default=None)


def plain(text: str) -> str:
    """A text with usual spaces and nothing invisible in it."""
    return BIDI.sub("", text).replace("\u00a0", " ").replace("\r\n", "\n").replace("\r", "\n")
