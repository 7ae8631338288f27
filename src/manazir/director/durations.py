"""How long a shot lasts, where its words say so: "3 s", "2.5 seconds", "0:03-0:05", "٣ ثوانٍ", "ثانيتان"."""

import re
from collections.abc import Mapping

from manazir.core.script import MARKS, arabic

LONGEST_SECONDS = 600.0
NUMBER = r"\d{1,4}(?:[.,٫]\d{1,3})?"
WORDS: Mapping[str, float] = {
    "half a": 0.5,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "twelve": 12,
    "fifteen": 15,
    "twenty": 20,
    "thirty": 30,
}
ARABIC_WORDS: Mapping[str, float] = {
    "نصف": 0.5,
    "ثلاث": 3,
    "اربع": 4,
    "خمس": 5,
    "ست": 6,
    "سبع": 7,
    "ثماني": 8,
    "ثمان": 8,
    "تسع": 9,
    "عشر": 10,
    "عشرون": 20,
    "عشرين": 20,
    "ثلاثون": 30,
    "ثلاثين": 30,
}
TIMES = re.compile(r"(?<![\d:])(\d{1,2}):(\d{2})\s*[-–—]\s*(\d{1,2}):(\d{2})(?![\d:])")
ENGLISH = re.compile(
    rf"(?:\b(?:for|lasting|lasts|duration|length)\s*:?\s*|\ban?\s+)?(?<![\w.,٫])(?:{NUMBER}\s*[-–]\s*)?"
    rf"({NUMBER}|{'|'.join(WORDS)})[\s-]?(s|secs?|seconds?|mins?|minutes?)(?!\w)(?:\s+long\b)?"
    r"(?:(?:\s+(?:shot|clip|take))?\s+of\b)?",
    re.IGNORECASE,
)
_BEFORE = arabic(r"(?:(?:لمدة|ومدتها|ومدته|مدتها|مدته|المدة|مدة|طولها|طوله)\s*:?\s*)")
_HALF = arabic(r"(\s*و\s*نصف)?(?!\w)")
COUNTED = re.compile(
    rf"{_BEFORE}?(?<![\w.,٫])(?:{NUMBER}\s*[-–]\s*)?"
    rf"({NUMBER}|(?:{'|'.join(map(arabic, ARABIC_WORDS))})(?:[ةه]{MARKS})?)\s*"
    + arabic("(ثانية|ثواني|ثوان|ث|دقيقة|دقائق)")
    + _HALF
)
DUAL = re.compile(rf"{_BEFORE}?(?<!\w)[بلو]?{arabic('(ثانيتان|ثانيتين|دقيقتان|دقيقتين)')}{_HALF}")
SINGLE = re.compile(rf"(?:{_BEFORE}{arabic('(ثانية|دقيقة)(?: واحدة)?')}|(?<!\w){arabic('(ثانية|دقيقة) واحدة')}){_HALF}")
ALONE = re.compile(rf"(?<=[،,؛;])\s*{arabic('(ثانية|دقيقة)')}{_HALF}(?=\s*(?:[،,؛;.]|$))", re.MULTILINE)
"""The word also means `another`, or `the second`: so it needs a word beside it, or has its place between commas."""


def find_duration(text: str) -> tuple[float | None, str]:
    """The seconds that a text tells first, and the text without them.

    >>> find_duration("a red ball bounces, 2.5 s")
    (2.5, 'a red ball bounces, ')
    >>> find_duration("كرة حمراء لمدة ثانيتين")
    (2.0, 'كرة حمراء ')
    """
    found = [match for pattern in (TIMES, ENGLISH, COUNTED, DUAL, SINGLE, ALONE) if (match := pattern.search(text))]
    for match in sorted(found, key=lambda one: one.start()):
        seconds = _seconds(match)
        if 0 < seconds <= LONGEST_SECONDS:
            return seconds, text[: match.start()] + text[match.end() :]
    return None, text


def _seconds(match: re.Match[str]) -> float:
    groups = [group for group in match.groups() if group is not None]
    if match.re is TIMES:
        first, second = (60 * int(groups[at]) + int(groups[at + 1]) for at in (0, 2))
        return float(second - first)
    half = 0.5 if match.re is not ENGLISH and match.groups()[-1] is not None else 0.0
    unit = _bare(groups[-2] if half else groups[-1])
    told = {DUAL: 2.0, SINGLE: 1.0, ALONE: 1.0}.get(match.re)
    count = _number(groups[0]) if told is None else told
    return (count + half) * (60.0 if unit.startswith(("m", "د")) else 1.0)


def _number(text: str) -> float:
    if text[0].isdigit():
        return float(text.replace(",", ".").replace("٫", "."))
    bare = _bare(text)
    known = {_bare(word): value for word, value in {**WORDS, **ARABIC_WORDS}.items()}
    return known[bare] if bare in known else known[bare.removesuffix("ه")]


def _bare(text: str) -> str:
    """Without vowels, and with one letter for those that stand for one another."""
    text = re.sub(MARKS, "", text.lower())
    return re.sub("[أإآٱ]", "ا", text).replace("ة", "ه").replace("ى", "ي")
