"""Camera moves: the eleven that worlds are filmed with, the words for them, and how texts tell of them."""

import re
from collections.abc import Mapping
from functools import cache

from manazir.core.script import arabic, first_of, language_of

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


KNOWN_MOVES = tuple(in_canvas(move) for move in MOVES)
"""As a canvas calls them."""


def _to(side: str) -> str:
    return rf"(?:\s+to|\s+towards?)?(?:\s+the)?\s+{side}(?:wards?)?"


ORBITS = (
    r"(?:orbit(?:s|ing)?|circl(?:es?|ing)|arc(?:s|ing)?|(?:mov|rotat|revolv)(?:es?|ing)\s+around"
    r"|(?:go(?:es|ing)?|(?:turn|swing|sweep|spin)(?:s|n?ing)?|travel(?:s|l?ing)?|walk(?:s|ing)?)\s+around)"
)


def _around(side: str) -> str:
    return rf"{ORBITS}(?:\s+around)?(?:\s+the\s+\w+)?{_to(side)}"


WITH_CAMERA: Mapping[str, str] = {
    "still": r"(?:(?:stay|remain|hold|keep)(?:s|ing)?\s+)?(?:still|fixed|static|in\s+place|locked(?:[- ]off)?)",
    "pan_left": rf"(?:pan|turn|swivel)(?:s|n?ing)?{_to('left')}",
    "pan_right": rf"(?:(?:pan|turn|swivel)(?:s|n?ing)?{_to('right')}|pan(?:s|ning)?)",
    "tilt_up": r"(?:(?:tilt|look)(?:s|ing)?|angl(?:es?|ing)|tip(?:s|ping)?\s+its\s+view)\s+up(?:wards?)?",
    "tilt_down": r"(?:(?:tilt|look)(?:s|ing)?|angl(?:es?|ing)|tip(?:s|ping)?\s+its\s+view)\s+down(?:wards?)?",
    "orbit_left": rf"(?:{_around('left')}|{ORBITS})",
    "orbit_right": _around("right"),
    "push_in": r"(?:(?:push|doll[yi]|mov|track|zoom|clos|com|gett?|go|creep|glid|drift|slid)(?:e?s|ing|e)?"
    r"\s+(?:in\s+closer|in|closer|nearer|forwards?)|(?:push|zoom|mov|fl[yi]|glid|drift|slid)(?:e?s|ing|e)?(?=\s+(?:into|towards?)\b)"
    r"|approach(?:es|ing)?)",
    "pull_out": r"(?:(?:pull|doll[yi]|mov|back|zoom|glid|drift|slid)(?:e?s|ing|e)?\s+(?:out|away|back(?:wards?)?)"
    r"|(?:reced|retreat|withdraw)(?:e?s|ing|e)?)",
    "crane_up": r"(?:(?:cran|mov|boom|pedestal)(?:e?s|ing|e)?\s+up(?:wards?)?|ris(?:es?|ing)|lift(?:s|ing)?\s+up"
    r"|ascend(?:s|ing)?)",
    "crane_down": r"(?:(?:cran|mov|boom|pedestal)(?:e?s|ing|e)?\s+down(?:wards?)?|sink(?:s|ing)?"
    r"|lower(?:s|ing)?\s+itself|descend(?:s|ing)?)",
}
"""After "the camera", or "we". Sides that are not told are chosen: a pan goes to the right, an orbit to the left."""
ALONE: Mapping[str, str] = {
    "still": r"(?:static|still|fixed|locked(?:[- ]off)?|tripod)(?:\s+camera|(?=\s+shot\b))|locked[- ]off",
    "pan_left": rf"pan(?:ning)?{_to('left')}",
    "pan_right": rf"pan(?:ning)?{_to('right')}|panning|pan(?=\s+(?:shot|across|along)\b)",
    "tilt_up": r"tilt(?:ing)?[- ]up",
    "tilt_down": r"tilt(?:ing)?[- ]down",
    "orbit_left": rf"orbit(?:ing)?{_to('left')}|orbit(?:ing)?",
    "orbit_right": rf"orbit(?:ing)?{_to('right')}",
    "push_in": r"(?:push|dolly|zoom|clos[ei])(?:ing)?[- ]in|push(?=\s+towards?\b)",
    "pull_out": r"(?:pull|dolly|zoom)(?:ing)?[- ](?:out|back)",
    "crane_up": r"cran(?:e|ing)[- ]up|crane(?=\s+shot\b)",
    "crane_down": r"cran(?:e|ing)[- ]down",
}
"""Words of the trade, where nothing else stands before them: a ball may pan out as well."""

ARABIC_ALONE: Mapping[str, str] = {
    "pan_left": "التفات (?:يسارا|(?:نحو|الى) اليسار)",
    "pan_right": "التفات (?:يمينا|(?:نحو|الى) اليمين)",
    "tilt_up": "امالة (?:للاعلى|الى (?:ال)?اعلى)",
    "tilt_down": "امالة (?:للاسفل|الى (?:ال)?اسفل)",
    "orbit_left": "دوران (?:يسارا|(?:نحو|الى) اليسار)|دوران(?= حول)",
    "orbit_right": "دوران (?:يمينا|(?:نحو|الى) اليمين)",
    "push_in": "اقتراب|تقريب|تكبير|زوم",
    "pull_out": "ابتعاد|ابعاد|زوم (?:للخارج|الى الخارج)",
    "crane_up": "ارتفاع",
    "crane_down": "انخفاض",
}
"""The same in Arabic, as the studio calls them."""
_UP, _DOWN = "(?:الى|نحو) (?:ال)?اعلى", "(?:الى|نحو) (?:ال)?اسفل"
ARABIC: Mapping[str, tuple[str, str]] = {
    "still": ("(?:تبقى|تظل|تثبت|تقف)", "(?: (?:ثابتة|في مكانها|بلا حركة))?"),
    "pan_left": ("(?:تلتفت|تستدير|تدور|تتحرك)", "(?: (?:في مكانها|افقيا))? (?:نحو|الى) اليسار"),
    "pan_right": ("(?:تلتفت|تستدير|تدور|تتحرك)", "(?: (?:في مكانها|افقيا))? (?:نحو|الى) اليمين"),
    "tilt_up": ("(?:تميل|تلتفت|ترفع)", f"(?: نظرها)? {_UP}"),
    "tilt_down": ("(?:تميل|تلتفت|تخفض)", f"(?: نظرها)? {_DOWN}"),
    "orbit_left": (
        "(?:تدور|تطوف|تلتف|تلف|تحوم|تتحرك)",
        r"(?: حول \w+(?: في قوس)? (?:نحو|الى) اليسار| حول(?:ها|ه|هما|هم)|(?= حول ))",
    ),
    "orbit_right": ("(?:تدور|تطوف|تلتف|تحوم|تتحرك)", r" حول \w+(?: في قوس)? (?:نحو|الى) اليمين"),
    "push_in": ("(?:تقترب|تتقدم|تدنو)", "(?: الى الامام)?"),
    "pull_out": ("(?:تبتعد|تتراجع|تنسحب)", "(?: الى (?:الخلف|الوراء))?"),
    "crane_up": ("(?:ترتفع|تصعد|تعلو)", f"(?: {_UP})?"),
    "crane_down": ("(?:تنخفض|تهبط|تنزل)", f"(?: {_DOWN})?"),
}
"""The verb, and what comes after it; the camera stands before or between them."""
_END = r"\s*(?:$|[.,;:|)\]—–،؛])"


def _english(name: str) -> str:
    before = r"(?:[,;]?\s*\b(?:and|as|while|with|meanwhile|then)\s+)?(?:\ball\s+the\s+while\s+)?(?:\b(?:the|a|our)\s+)?"
    how = r"(?:(?:is|are|slowly|gently|quickly|then)\s+){0,3}"
    return rf"{before}\b(?:camera|we)\s+{how}{WITH_CAMERA[name]}\b"


def _alone(name: str) -> str:
    begins = r"(?:^|(?<=[.,;:|(\[—–،؛])|\b(?:and\s+)?then\b)\s*"
    to = arabic(r"\s+(?:on|to|towards?|into|from|over|across|along|around|above|على|من|نحو|إلى|حول|فوق)(?!\w)")
    ends = rf"(?:\s+shot(?=\s+of\b|{_END})|(?={_END}|{to}))"
    how = r"(?:(?:slow|slowly|gentle|quick|fast|smooth|steady|cinematic|whip|an?)\s+){0,3}"
    english = rf"(?:camera\s*:\s*)?{how}(?:{ALONE[name]})(?:\s+(?:slowly|gently|quickly))?"
    ways = [english]
    if name in ARABIC_ALONE:
        ways.append(arabic(f"(?:{ARABIC_ALONE[name]})(?: (?:بطيء|سريع))?"))
    return f"{begins}(?:{'|'.join(ways)}){ends}"


def _arabic(name: str) -> str:
    verb, rest = ARABIC[name]
    before = r"(?:[،,]?\s*(?<!\w)(?:بينما|فيما|في حين|مع|ثم|طوال المشهد)\s+)?(?:[،,]?\s*(?<!\w)و)?"
    camera = "(?:(?:ال)?(?:كاميرا|عدسة)|التصوير)"
    ways = [f"{before}{verb} {camera}{rest}", f"{before}{camera} {verb}{rest}"]
    ways += [f"{before}{camera} ثابتة", "(?:ب|في )?لقطة ثابتة"] if name == "still" else []
    return "|".join(rf"(?:{arabic(way)}(?!\w))" for way in ways)


SPACES = re.compile(r"\s{2,}")
"""Runs of them are looked at as one: patterns would try each of thousands as a beginning, and go to the end from it."""
HOW = re.compile(r"^\s+(?:very\s+)?(?:slowly|gently|quickly|" + arabic("ببطء|بهدوء|بسرعة") + r")(?!\w)", re.IGNORECASE)
WHAT = re.compile(
    r"(?P<what>(?P<to>\s+(?:to|on|of|at|towards?|into|from|across|over|along|around|past|above"
    r"|من|عن|نحو|إلى|على|حول|فوق)\s+|\s+(?=(?:the|an?|it|them)\b))"
    r"(?:(?!\b(?:and|while|as|then|where)\b)[^.,;،؛!?؟\n])*)",
    re.IGNORECASE,
)
"""What a camera comes nearer to, leaves, or goes around."""


HINT = re.compile(
    r"\b(?:camera|we|pan|tilt|orbit|push|pull|dolly|zoom|clos|cran|static|still|fixed|locked|tripod)|"
    + arabic("كاميرا|عدسة|تصوير|لقطة|التفات|امالة|دوران|اقتراب|تقريب|تكبير|زوم|ابتعاد|ابعاد|ارتفاع|انخفاض"),
    re.IGNORECASE,
)
"""Some word of every pattern: without one of them none needs to be compiled."""


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
    if not HINT.search(text):
        return None, text
    narrow = SPACES.sub(lambda run: "\n" if "\n" in run[0] else " ", text)
    if (found := first_of(_patterns(), narrow)) is None:
        return None, text
    text, (name, match) = narrow, found
    before, after = text[: match.start()].rstrip(), HOW.sub("", text[match.end() :], count=1)
    if (what := WHAT.match(after)) is not None:
        after = after[what.end("to" if _is_end(before) else "what") :]
    return name, before + after


def with_move(prompt: str, move: str) -> str:
    """A prompt that also tells of a move, in the words of captions and in its own language.

    >>> with_move("a red ball bounces", "pan_left")
    'a red ball bounces, the camera panning left'
    """
    prompt, language = prompt.strip(" \t\n.,،;؛:"), language_of(prompt)
    return ("، " if language == "ar" else ", ").join((prompt, SAID[move][language]))


def _is_end(before: str) -> bool:
    """Whether what comes next is said by itself: then what the camera looks at is what is seen."""
    return not re.search(r"\w[^.!?؟]*$", before)
