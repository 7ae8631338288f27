"""Camera moves: the eleven that worlds are filmed with, the words for them, and how a prompt says them."""

import re
from collections.abc import Mapping
from functools import cache

from manazir.director.script import arabic, first_of

SAID: Mapping[str, Mapping[str, str]] = {
    "still": {"en": "the camera staying still", "ar": "والكاميرا تبقى ثابتة"},
    "pan_left": {"en": "the camera panning left", "ar": "والكاميرا تلتفت نحو اليسار"},
    "pan_right": {"en": "the camera panning right", "ar": "والكاميرا تلتفت نحو اليمين"},
    "tilt_up": {"en": "the camera tilting up", "ar": "والكاميرا تميل إلى أعلى"},
    "tilt_down": {"en": "the camera tilting down", "ar": "والكاميرا تميل إلى أسفل"},
    "orbit_left": {"en": "the camera orbiting left", "ar": "والكاميرا تدور حول المشهد نحو اليسار"},
    "orbit_right": {"en": "the camera orbiting right", "ar": "والكاميرا تدور حول المشهد نحو اليمين"},
    "push_in": {"en": "the camera pushing in", "ar": "والكاميرا تقترب"},
    "pull_out": {"en": "the camera pulling out", "ar": "والكاميرا تبتعد"},
    "crane_up": {"en": "the camera craning up", "ar": "والكاميرا ترتفع"},
    "crane_down": {"en": "the camera craning down", "ar": "والكاميرا تنخفض"},
}
"""Names are those of `worlds.scene.CameraMove`, with `_` for spaces; words are those that its captions use."""
MOVES = tuple(SAID)


def in_canvas(move: str) -> str:
    """How a canvas calls a move (`core.canvas.CameraPath`)."""
    return move.replace("_", " ")


def _to(side: str) -> str:
    return rf"(?:\s+to|\s+towards?)?(?:\s+the)?\s+{side}(?:wards?)?"


def _around(side: str) -> str:
    verb = r"(?:orbit(?:s|ing)?|circl(?:es?|ing)|arc(?:s|ing)?|mov(?:es?|ing)\s+around)"
    return rf"{verb}(?:\s+around)?(?:\s+the\s+\w+)?{_to(side)}"


WITH_CAMERA: Mapping[str, str] = {
    "still": r"(?:(?:stay|remain|hold|keep)(?:s|ing)?\s+)?(?:still|fixed|static|in\s+place|locked(?:[- ]off)?)",
    "pan_left": rf"(?:pan|turn|swivel)(?:s|n?ing)?{_to('left')}",
    "pan_right": rf"(?:pan|turn|swivel)(?:s|n?ing)?{_to('right')}",
    "tilt_up": r"(?:(?:tilt|look)(?:s|ing)?|angl(?:es?|ing)|tip(?:s|ping)?\s+its\s+view)\s+up(?:wards?)?",
    "tilt_down": r"(?:(?:tilt|look)(?:s|ing)?|angl(?:es?|ing)|tip(?:s|ping)?\s+its\s+view)\s+down(?:wards?)?",
    "orbit_left": _around("left"),
    "orbit_right": _around("right"),
    "push_in": r"(?:(?:push|doll[yi]|mov|track)(?:e?s|ing|e)?\s+(?:in\s+closer|in|closer|forwards?)"
    r"|approach(?:es|ing)?)",
    "pull_out": r"(?:pull|doll[yi]|mov|back)(?:e?s|ing|e)?\s+(?:out|away|back(?:wards?)?)",
    "crane_up": r"(?:(?:cran|mov)(?:es?|ing)\s+up(?:wards?)?|ris(?:es?|ing)|lift(?:s|ing)?\s+up|ascend(?:s|ing)?)",
    "crane_down": r"(?:(?:cran|mov)(?:es?|ing)\s+down(?:wards?)?|sink(?:s|ing)?|lower(?:s|ing)?\s+itself"
    r"|descend(?:s|ing)?)",
}
ALONE: Mapping[str, str] = {
    "still": r"(?:static|still|fixed|locked(?:[- ]off)?)\s+(?:camera|shot)|locked[- ]off",
    "pan_left": rf"pan(?:ning)?{_to('left')}",
    "pan_right": rf"pan(?:ning)?{_to('right')}",
    "tilt_up": r"tilt(?:ing)?\s+up",
    "tilt_down": r"tilt(?:ing)?\s+down",
    "orbit_left": rf"orbit(?:ing)?{_to('left')}",
    "orbit_right": rf"orbit(?:ing)?{_to('right')}",
    "push_in": r"(?:push|dolly)(?:ing)?[- ]in",
    "pull_out": r"(?:pull|dolly)(?:ing)?[- ](?:out|back)",
    "crane_up": r"cran(?:e|ing)[- ]up",
    "crane_down": r"cran(?:e|ing)[- ]down",
}
"""Words of the trade, where nothing else stands beside them: a ball may pan out as well."""

ARABIC_ALONE: Mapping[str, str] = {
    "pan_left": "التفات (?:يسارا|(?:نحو|الى) اليسار)",
    "pan_right": "التفات (?:يمينا|(?:نحو|الى) اليمين)",
    "tilt_up": "امالة (?:للاعلى|الى (?:ال)?اعلى)",
    "tilt_down": "امالة (?:للاسفل|الى (?:ال)?اسفل)",
    "orbit_left": "دوران (?:يسارا|(?:نحو|الى) اليسار)",
    "orbit_right": "دوران (?:يمينا|(?:نحو|الى) اليمين)",
    "push_in": "اقتراب",
    "pull_out": "ابتعاد",
    "crane_up": "ارتفاع",
    "crane_down": "انخفاض",
}
"""The same in Arabic, as the studio calls them."""
_UP, _DOWN = "(?:الى|نحو) (?:ال)?اعلى", "(?:الى|نحو) (?:ال)?اسفل"
ARABIC: Mapping[str, tuple[str, str]] = {
    "still": ("(?:تبقى|تظل|تثبت|تقف)", "(?: (?:ثابتة|في مكانها|بلا حركة))?"),
    "pan_left": ("(?:تلتفت|تستدير|تدور)", "(?: في مكانها)? (?:نحو|الى) اليسار"),
    "pan_right": ("(?:تلتفت|تستدير|تدور)", "(?: في مكانها)? (?:نحو|الى) اليمين"),
    "tilt_up": ("(?:تميل|تلتفت|ترفع)", f"(?: نظرها)? {_UP}"),
    "tilt_down": ("(?:تميل|تلتفت|تخفض)", f"(?: نظرها)? {_DOWN}"),
    "orbit_left": ("(?:تدور|تطوف|تلتف|تحوم|تتحرك)", r" حول \w+(?: في قوس)? (?:نحو|الى) اليسار"),
    "orbit_right": ("(?:تدور|تطوف|تلتف|تحوم|تتحرك)", r" حول \w+(?: في قوس)? (?:نحو|الى) اليمين"),
    "push_in": ("(?:تقترب|تتقدم|تدنو)", "(?: الى الامام)?"),
    "pull_out": ("(?:تبتعد|تتراجع|تنسحب)", "(?: الى (?:الخلف|الوراء))?"),
    "crane_up": ("(?:ترتفع|تصعد|تعلو)", f"(?: {_UP})?"),
    "crane_down": ("(?:تنخفض|تهبط|تنزل)", f"(?: {_DOWN})?"),
}
"""The verb, and what comes after it; the camera stands before or between them."""


def _english(name: str) -> str:
    before = r"(?:[,;]?\s*\b(?:and|as|while|with|meanwhile|then)\s+)?(?:\ball\s+the\s+while\s+)?(?:\b(?:the|a)\s+)?"
    how = r"(?:(?:is|slowly|gently|quickly|then)\s+){0,3}"
    return rf"{before}\bcamera\s+{how}{WITH_CAMERA[name]}\b"


def _alone(name: str) -> str:
    begins, ends = r"(?:^|(?<=[.,;:|(\[—–،؛]))\s*", r"(?=\s*(?:$|[.,;:|)\]—–،؛]))"
    english = rf"(?:camera\s*:\s*)?(?:(?:slow|gentle|quick|an?)\s+){{0,2}}(?:{ALONE[name]})"
    ways = [english, arabic(f"{ARABIC_ALONE[name]}(?: (?:بطيء|سريع))?")] if name in ARABIC_ALONE else [english]
    return f"{begins}(?:{'|'.join(ways)}){ends}"


def _arabic(name: str) -> str:
    verb, rest = ARABIC[name]
    before = r"(?:[،,]?\s*(?<!\w)(?:بينما|فيما|في حين|مع|ثم|طوال المشهد)\s+)?(?:[،,]?\s*(?<!\w)و)?"
    camera = "(?:ال)?كاميرا"
    ways = [f"{before}{verb} {camera}{rest}", f"{before}{camera} {verb}{rest}"]
    ways += [f"{before}{camera} ثابتة", "(?:ب|في )?لقطة ثابتة"] if name == "still" else []
    return "|".join(rf"(?:{arabic(way)}(?!\w))" for way in ways)


HOW = re.compile(r"^\s+(?:very\s+)?(?:slowly|gently|quickly|" + arabic("ببطء|بهدوء|بسرعة") + r")(?!\w)", re.IGNORECASE)
WHAT = re.compile(
    r"(?P<what>(?P<to>\s+(?:to|on|at|towards?|into|from|من|عن|نحو|إلى)\s+|\s+(?=the\b))"
    r"(?:(?!\b(?:and|while|as|then|where)\b)[^.,;،؛!?؟\n])*)",
    re.IGNORECASE,
)
"""What a camera comes nearer to, or leaves."""


@cache
def _patterns() -> Mapping[str, re.Pattern[str]]:
    """By move; a fifth of a second to compile, which whoever only starts does not pay."""
    return {name: re.compile(f"{_english(name)}|{_alone(name)}|{_arabic(name)}", re.IGNORECASE) for name in MOVES}


def find_move(text: str) -> tuple[str | None, str]:
    """The camera move that a text tells first, and the text without it.

    >>> find_move("a red ball bounces while the camera pans to the left")
    ('pan_left', 'a red ball bounces')
    >>> find_move("كرة حمراء ترتد، والكاميرا تقترب")
    ('push_in', 'كرة حمراء ترتد')
    """
    if (found := first_of(_patterns(), text)) is None:
        return None, text
    name, match = found
    before, after = text[: match.start()].rstrip(), HOW.sub("", text[match.end() :], count=1)
    if (what := WHAT.match(after)) is not None:
        after = after[what.end("to" if _is_end(before) else "what") :]
    return name, before + after


def _is_end(before: str) -> bool:
    """Whether what comes next is said by itself: then what the camera looks at is what is seen."""
    return not re.search(r"\w[^.!?؟]*$", before)
