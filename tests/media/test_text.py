import doctest

import numpy as np
from PIL import Image, ImageDraw

from manazir.media import text
from manazir.media.text import draw_lines, font, wrapped


def drawn(line, left=0, right=300):
    image = Image.new("RGB", (300, 40), (255, 255, 255))
    draw_lines(ImageDraw.Draw(image), [line], left, right, 0, 24, (0, 0, 0))
    return 255 - np.array(image)[..., 0].astype(int)


def test_examples_hold():
    assert doctest.testmod(text).failed == 0


def test_every_letter_that_captions_use_is_in_the_font():
    """A letter that the font lacks is drawn as the box that stands for all of them."""
    missing = bytes(font(20).getmask("\U0010fffd"))
    letters = "abcxyzABCXYZ0123456789.,:;()×°→·ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهويى٠١٢٣٤٥٦٧٨٩،؟"
    assert [letter for letter in letters if bytes(font(20).getmask(letter)) == missing] == []


def test_arabic_letters_join():
    joined = font(24).getlength("كرة", direction="rtl")
    apart = sum(font(24).getlength(letter) for letter in "كرة")
    assert joined < 0.95 * apart


def test_a_mixed_line_reads_from_its_own_side():
    arabic = drawn("كرة red")
    columns = np.flatnonzero(arabic.sum(axis=0))
    assert columns.max() > 290
    latin = drawn("red")
    width = np.flatnonzero(latin.sum(axis=0)).max() + 1
    begin = int(columns.min())
    parts = [arabic[:, begin + shift : begin + shift + width] for shift in range(-3, 4)]
    likeness = [np.corrcoef(part.ravel(), latin[:, :width].ravel())[0, 1] for part in parts]
    assert max(likeness) > 0.8  # "red" stands at the left end


def test_lines_break_between_words():
    lines = wrapped("one two three four", 60, 14)
    assert " ".join(lines) == "one two three four"
    assert all(font(14).getlength(line) <= 60 for line in lines)
    assert wrapped("", 60, 14) == []
    assert wrapped("unbreakable", 5, 14) == ["unbreakable"]
