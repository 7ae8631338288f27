"""Where one shot of a brief ends and the next begins: a list stays as long as it is, prose is cut by its sentences."""

import re
from collections.abc import Sequence

from manazir.core.script import arabic
from manazir.director.lines import QUOTED

_ORDINALS = arabic("ال(?:اولى|اول|ثانية|ثاني|ثالثة?|رابعة?|خامسة?|سادسة?|سابعة?|ثامنة?|تاسعة?|عاشرة?|اخيرة?)")
POINT = re.compile(
    r"[ \t]*(?:[-*•‣●▪–—][ \t]+"
    r"|[(\[]?\d{1,3}[ \t]*(?:[.)\]:](?!\d)|[-–—ـ](?=\s))[ \t]*"
    rf"|(?:shot|scene|(?:ال)?لقطة|(?:ال)?مشهد)[ \t]+(?:رقم[ \t]*)?(?:#?\d{{1,3}}|{_ORDINALS})(?!\w)"
    r"[ \t]*[:.)\-–—،]?[ \t]*)",
    re.IGNORECASE,
)
END = re.compile(r"[.!?؟…۔]+[\"”»)\]]*(?=\s|$)")
SHORT = re.compile(r"(?:\b(?:e\.g|i\.e|vs|mr|mrs|ms|dr|approx|no|st)|\b[A-Za-z])\.$", re.IGNORECASE)
"""What ends in a full stop and ends no sentence."""
NARROWEST_PAGE = 40
"""Characters."""
PROSE_SENTENCES = 2.0
"""In a line, on average: with more, lines are paragraphs and no list."""


def pieces(text: str) -> tuple[list[str], bool]:
    """The parts of a brief, and whether they are a list, each of whose parts is a shot whatever it says."""
    lines = [line.rstrip() for line in text.split("\n")]
    told = [line for line in lines if line.strip()]
    points = [line for line in told if POINT.match(line)]
    if len(points) >= 2 or (points and points[0] is told[0]):
        return _points(lines), True
    if len(told) > 1 and _is_wrapped(told):
        return sentences(" ".join(map(str.strip, told))), False
    cut = [sentences(line) for line in told]
    if len(told) == 1 or sum(map(len, cut)) > PROSE_SENTENCES * len(told):
        return [one for line in cut for one in line], False
    return [line.strip() for line in told], True


def sentences(text: str) -> list[str]:
    """A text by its sentences; what is quoted is not cut.

    >>> sentences('A ball falls. "Stop! Now." It is 2.5 s long.')
    ['A ball falls.', '"Stop! Now."', 'It is 2.5 s long.']
    """
    masked = QUOTED.sub(lambda match: match[0][0] + "x" * (len(match[0]) - 2) + match[0][-1], text)
    ends = [
        match.end() for match in END.finditer(masked) if not SHORT.search(masked[max(0, match.end() - 8) : match.end()])
    ]
    ends += [match.end() for match in QUOTED.finditer(text) if re.search(r"[.!?؟…]\W$", match[0])]
    parts, begin = [], 0
    for end in [*sorted(set(ends)), len(text)]:
        if text[begin:end].strip():
            parts.append(text[begin:end].strip())
        begin = end
    return parts


def _points(lines: Sequence[str]) -> list[str]:
    """Items of a list, with lines that go on below them; what stands before it, or apart from it, is no shot."""
    items: list[str] = []
    indent, is_apart = _indent(next(line for line in lines if POINT.match(line))), False
    for line in lines:
        match = POINT.match(line)
        if match is not None and _indent(line) < indent + 2:
            items.append(line[match.end() :].strip())
        elif items and line.strip() and not (is_apart and items[-1]):
            items[-1] = f"{items[-1]}\n{line[match.end() if match else 0 :].strip()}".strip()
        is_apart = not line.strip() or (is_apart and match is None)
    return items


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _is_wrapped(lines: Sequence[str]) -> bool:
    """Whether lines end where a page did: they are long, sentences end within them, and few lines with one."""
    open_ends = [line for line in lines[:-1] if not END.search(line[-3:])]
    has_inner_end = any(END.search(line[:-3] + "x") for line in lines)
    latin = [line.lstrip()[0] for line in lines[1:] if re.match(r"\s*[A-Za-z]", line)]
    is_open = len(open_ends) * 2 > len(lines) - 1 and all(len(line) >= NARROWEST_PAGE for line in open_ends)
    return is_open and has_inner_end and (not latin or any(map(str.islower, latin)))
