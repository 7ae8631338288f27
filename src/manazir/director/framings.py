"""How near the camera is: six framings, the words that makers have for them, and how a prompt says them."""

import re
from collections.abc import Mapping
from functools import cache

from manazir.core.script import arabic, first_of

SAID: Mapping[str, Mapping[str, str]] = {
    "extreme_wide": {"en": "extreme wide shot", "ar": "لقطة واسعة جدا"},
    "wide": {"en": "wide shot", "ar": "لقطة واسعة"},
    "full": {"en": "full shot", "ar": "لقطة كاملة"},
    "medium": {"en": "medium shot", "ar": "لقطة متوسطة"},
    "close": {"en": "close-up", "ar": "لقطة قريبة"},
    "extreme_close": {"en": "extreme close-up", "ar": "لقطة قريبة جدا"},
}
FRAMINGS = tuple(SAID)

ENGLISH: Mapping[str, str] = {
    "extreme_close": r"extreme\s+close[- ]?ups?|big\s+close[- ]?up|macro\s+(?:shot|close[- ]?up)|(?-i:ECU|XCU)",
    "medium": r"medium\s+close[- ]?up|(?-i:MCU)|medium(?:[- ]wide)?\s+shot|mid[- ]?shot|waist\s+shot|(?-i:MS)",
    "extreme_wide": r"(?:extreme(?:ly)?|very)\s+wide\s+shot|extreme\s+long\s+shot|establishing\s+shot|(?-i:EWS|ELS)",
    "close": r"close[- ]?ups?(?:\s+shot)?|(?:close|tight)\s+shot|(?-i:CU)",
    "wide": r"wide[- ](?:angle\s+)?shot|wide\s+angle|long\s+shot|(?-i:WS|LS)",
    "full": r"full(?:[- ](?:body|length))?\s+shot|(?-i:FS)",
}
LABELS: Mapping[str, str] = {
    "extreme_wide": "extreme wide",
    "wide": "wide",
    "full": "full",
    "medium": "medium|mid",
    "close": "close",
    "extreme_close": "extreme close",
}
"""Alone only where nothing else can be meant: before a colon, between brackets, or as the last of several things."""
ARABIC: Mapping[str, str] = {
    "extreme_wide": r"(?:ال)?(?:واسعة|عامة|بعيدة) (?:جدا|للغاية)|(?:ال)?تاسيسية",
    "wide": "(?:ال)?(?:واسعة|عامة|بعيدة|عريضة)",
    "full": "(?:ال)?كاملة",
    "medium": "(?:ال)?متوسطة",
    "extreme_close": r"(?:ال)?(?:قريبة|مقربة|مكبرة) (?:جدا|للغاية)|(?:ال)?تفصيلية",
    "close": "(?:ال)?(?:قريبة|مقربة)",
}


def _english(name: str) -> str:
    before = r"(?:\b(?:seen|shown|filmed|shot)\s+)?(?:\b(?:in|as|with)\s+)?(?:\b(?:an?|the)\s+)?"
    return rf"{before}\b(?:{ENGLISH[name]})\b(?:\s+(?:of|on)(?=\s))?"


def _arabic(name: str) -> str:
    return arabic(r"(?<!\w)(?:في |ب)?(?:ال)?لقطة ") + f"(?:{arabic(ARABIC[name])})" + r"(?!\w)"


def _alone(name: str) -> str:
    label = f"(?:{LABELS[name]}|{arabic(ARABIC[name])})"
    before_what = rf"(?:^|(?<=[.(\[|;,،؛]))\s*{label}(?=\s*[:)\]|])"
    return rf"{before_what}|(?<=[,،;؛|—–])\s*{label}(?=\s*[.۔]?\s*$)"


OF = re.compile(r"\s+(لل|ل)(?=[ء-ي]{3})")
"""Arabic says `a close shot for a ball` with one letter before the word."""
BEGIN_SO = ("لون", "لوح", "لعب", "لاعب", "ليل", "لهب", "لؤلؤ", "لبن", "ليمون", "لسان", "لحم", "لحظ", "لغة")
"""How words begin of which that letter is a part."""


@cache
def _patterns() -> Mapping[str, re.Pattern[str]]:
    ways = {name: f"{_english(name)}|(?P<arabic>{_arabic(name)})|{_alone(name)}" for name in FRAMINGS}
    return {name: re.compile(way, re.IGNORECASE) for name, way in ways.items()}


def find_framing(text: str) -> tuple[str | None, str]:
    """The framing that a text tells first, and the text without it.

    >>> find_framing("A wide shot of a red ball")
    ('wide', ' a red ball')
    >>> find_framing("لقطة قريبة لكرة حمراء")
    ('close', ' كرة حمراء')
    """
    if (found := first_of(_patterns(), text)) is None:
        return None, text
    name, match = found
    after = text[match.end() :]
    return name, text[: match.start()] + (_without_of(after) if match["arabic"] else after)


def _without_of(after: str) -> str:
    match = OF.match(after)
    if match is None or after.split()[0].startswith(BEGIN_SO):
        return after
    return (" ال" if match[1] == "لل" else " ") + after[match.end() :]
