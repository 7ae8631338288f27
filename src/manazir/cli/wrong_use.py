"""Wrong use of a verb's options in one line, as every mistake is told: tyro draws a box around it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from io import StringIO

from manazir.core.errors import UnsupportedError

WRONG_USE = 2
"""tyro's exit code after it."""
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
RULE = re.compile(r"[─-]{3,}")
PYTHONS = {
    r"invalid literal for int\(\) with base 10: ('.*')": r"\1 is no whole number",
    r"could not convert string to float: ('.*')": r"\1 is no number",
}
"""What Python says of a number that is none, and what people say."""


@contextmanager
def wrong_use_in_a_line(verb: str) -> Iterator[None]:
    """Within, tyro's refusals are errors of ours.

    Raises:
        UnsupportedError: says what is wrong, what may have been meant, and which help has the rest.
    """
    said = StringIO()
    try:
        with redirect_stderr(said):
            yield
    except SystemExit as stop:
        if stop.code != WRONG_USE:
            raise
        raise UnsupportedError(f"{line_of(said.getvalue())}; see `manazir {verb} --help`") from None


def line_of(box: str) -> str:
    r"""What a box says, without how it is drawn, and without the help of the option that it is about.

    >>> line_of("╭─ Value error ─╮\n│ Error in --steps: │\n│ 'x' is none │\n│ ──── │\n│ More │\n╰────╯")
    "Error in --steps: 'x' is none"
    """
    parts = _parts(COLOUR.sub("", box))
    meant = [f"; perhaps you meant {part[1]}" for part in parts if part[:1] == ["Perhaps you meant:"] and part[1:]]
    told = " ".join(parts[0]).replace(" (required)", "").rstrip(".")
    for said, better in PYTHONS.items():
        told = re.sub(said, better, told)
    return told + "".join(meant[:1])


def _parts(box: str) -> list[list[str]]:
    """Its lines between rules; where letters beyond ASCII cannot be shown it has no sides, and its title is a part."""
    parts: list[list[str]] = [[]]
    for line in box.splitlines():
        row = line.strip("│ ")
        if RULE.fullmatch(row):
            parts.append([])
        elif row and row[0] not in "╭╰":
            parts[-1].append(row)
    return parts if "╭" in box else parts[1:]
