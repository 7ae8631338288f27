"""Lines of text on pictures, in English and Arabic: shaped, right-to-left where the text is, in one font for both."""

import functools
import importlib.resources
import unicodedata

from PIL import ImageDraw, ImageFont

Ink = tuple[int, int, int]

PACKAGE = "fontpkg_ibm_plex_sans_arabic"
FILE = "files/IBMPlexSansArabic-Regular.ttf"
"""IBM Plex Sans Arabic (OFL) has Latin letters too, so that mixed lines look like one; no system font is needed."""


@functools.cache
def font(size: int) -> ImageFont.FreeTypeFont:
    """The font at a size in pixels, laid out by Raqm: Arabic letters join, and directions mix."""
    path = importlib.resources.files(PACKAGE) / FILE
    return ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.RAQM)


def is_right_to_left(text: str) -> bool:
    """Whether the first letter with a direction is written from the right.

    >>> is_right_to_left("1. كرة red"), is_right_to_left("red كرة")
    (True, False)
    """
    strong = (unicodedata.bidirectional(letter) for letter in text)
    return next((direction != "L" for direction in strong if direction in ("L", "R", "AL")), False)


def line_height(size: int) -> int:
    """Pixels from one line to the next."""
    ascent, descent = font(size).getmetrics()
    return ascent + descent


def wrapped(text: str, width: int, size: int) -> list[str]:
    """Break a text between words into lines no wider than `width` pixels; a longer word stands alone."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and font(size).getlength(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def draw_lines(
    canvas: ImageDraw.ImageDraw, lines: list[str], left: int, right: int, top: int, size: int, ink: Ink
) -> None:
    """Write lines from `top` down: against the right edge if the first is Arabic, else against the left."""
    from_right = is_right_to_left(" ".join(lines))
    for index, line in enumerate(lines):
        canvas.text(
            (right if from_right else left, top + index * line_height(size)),
            line,
            font=font(size),
            fill=ink,
            anchor="ra" if from_right else "la",
            direction="rtl" if from_right else "ltr",
        )
