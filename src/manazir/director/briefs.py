"""A brief becomes shots: what each shows, how it is framed and moved, how long it lasts, what is spoken in it.

Only what the words say: nothing is added, and what is found is taken out of what is shown.
"""

import re
from dataclasses import dataclass, replace

from manazir.core.moves import SAID as MOVE_WORDS
from manazir.core.moves import find_move
from manazir.core.script import language_of, plain
from manazir.director.cutting import pieces
from manazir.director.durations import find_duration
from manazir.director.framings import SAID as FRAMING_WORDS
from manazir.director.framings import find_framing
from manazir.director.lines import find_line

LONGEST_BRIEF = 20_000
"""Characters."""
TITLE = re.compile(r"\s*\*\*([^*\n]{1,200})\*\*\s*[:—–-]?\s*")
SEPARATOR = r"[,،;؛|—–]"


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedShot:
    """A shot as a brief tells it."""

    prompt: str = ""
    """What is seen; empty if the brief tells nothing but how."""
    title: str = ""
    framing: str | None = None
    """One of `FRAMINGS`."""
    move: str | None = None
    """One of `MOVES`."""
    duration_seconds: float | None = None
    line: str = ""
    """What is spoken."""


def read_brief(text: str) -> tuple[PlannedShot, ...]:
    r"""The shots of a brief, in English, Arabic or both: a list of N points is N shots; prose is cut by its sentences.

    >>> [shot.prompt for shot in read_brief("1. Wide shot: a red ball bounces, 2 s. 'Boing'\n2. A cube slides.")]
    ["a red ball bounces. 'Boing'", 'A cube slides']
    """
    parts, is_list = pieces(plain(text))
    shots = [_shot(part) for part in parts if re.search(r"\w", part)]
    return tuple(shots if is_list else _joined(shots))


def said(prompt: str, framing: str | None, move: str | None, language: str = "en") -> str:
    """A prompt that also says framing and move, in its own language, unless it does already.

    Args:
        language: of a prompt without letters.
    """
    language = language_of(prompt) if re.search(r"[^\W\d_]", prompt) else language
    words = []
    if framing is not None and find_framing(prompt)[0] is None:
        words.append(FRAMING_WORDS[framing][language])
    if move is not None and find_move(prompt)[0] is None:
        words.append(MOVE_WORDS[move][language])
    return ("، " if language == "ar" else ", ").join(filter(None, [prompt.strip(), *words]))


def _shot(part: str) -> PlannedShot:
    title = TITLE.match(part)
    rest = part[title.end() :] if title is not None else part
    line, rest = find_line(rest)
    duration, rest = find_duration(rest)
    move, rest = find_move(rest)
    framing, rest = find_framing(_tidy(rest))
    return PlannedShot(
        prompt=_tidy(rest),
        title="" if title is None else title[1].strip(" :"),
        framing=framing,
        move=move,
        duration_seconds=duration,
        line=line,
    )


def _tidy(text: str) -> str:
    """What is left, without the marks that stood around what was taken out."""
    text = re.sub(r"\s+", " ", re.sub(r"[(\[][\s,،;؛:.]*[)\]]", " ", text.replace("**", "")))
    text = re.sub(rf"\s*(?:{SEPARATOR}\s*)+({SEPARATOR}|:)", r"\1", text)
    text = re.sub(rf"\s*(?:{SEPARATOR}|[:])\s*(?=[.!?؟۔])", "", text)
    text = re.sub(r"([.!?؟۔])(?:\s*[.])+(?=\s|$)", r"\1", text)
    text = re.sub(r"\s+([.,،;؛:!?؟])", r"\1", text)
    return re.sub(rf"^(?:{SEPARATOR}|[\s:.\-])+|(?:{SEPARATOR}|[\s:.۔\-])+$", "", text)


def _joined(shots: list[PlannedShot]) -> list[PlannedShot]:
    """Sentences of prose that only say how belong to the one before, or at the beginning to the one after."""
    joined: list[PlannedShot] = []
    for shot in shots:
        if joined and not (shot.prompt and joined[-1].prompt):
            joined[-1] = _with(joined[-1], shot)
        else:
            joined.append(shot)
    return joined


def _with(one: PlannedShot, other: PlannedShot) -> PlannedShot:
    return replace(
        one,
        prompt=one.prompt or other.prompt,
        title=one.title or other.title,
        framing=one.framing or other.framing,
        move=one.move or other.move,
        duration_seconds=one.duration_seconds or other.duration_seconds,
        line=" ".join(filter(None, [one.line, other.line])),
    )
