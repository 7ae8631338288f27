"""Contact sheets: many clips, and their sound, seen at a glance."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from manazir.core.errors import MediaError
from manazir.media.clip import Clip, Sound
from manazir.media.text import Ink, draw_lines, line_height, wrapped

PAPER: Ink = (250, 250, 248)
INK: Ink = (32, 33, 36)
WAVE: Ink = (60, 110, 170)
STRIP: Ink = (236, 238, 240)
MARGIN = 8
GAP = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One clip, laid out."""

    cells: list[Image.Image]
    lines: list[str]
    sound: Sound | None
    duration_seconds: float

    @property
    def width(self) -> int:
        """Of the frames with the gaps between them."""
        return sum(cell.width for cell in self.cells) + GAP * (len(self.cells) - 1)


def contact_sheet(
    clips: Sequence[Clip],
    *,
    labels: Sequence[str] | None = None,
    columns: int = 6,
    cell_height: int | None = None,
    waveform_height: int = 0,
    text_size: int = 14,
) -> NDArray[np.uint8]:
    """One row a clip: its label, `columns` frames evenly spaced from the first to the last, and its sound's loudness.

    Args:
        labels: one a clip, English or Arabic; "" for none.
        cell_height: of a frame, in pixels; None is the height of the first clip.
        waveform_height: in pixels; 0 leaves the sound out. The strip spans the clip from start to end.

    Raises:
        MediaError: no clips, an empty clip, or as many labels as there are not clips.
    """
    _refuse(clips, labels, columns)
    height = cell_height or clips[0].height
    cells = [_cells(clip, columns, height) for clip in clips]
    width = max(sum(cell.width for cell in row) + GAP * (len(row) - 1) for row in cells)
    names = labels or [""] * len(clips)
    rows = [
        Row(cells=row, lines=wrapped(name, width, text_size), sound=clip.sound, duration_seconds=clip.duration_seconds)
        for clip, row, name in zip(clips, cells, names, strict=True)
    ]
    heights = [len(row.lines) * line_height(text_size) + height + _strip(waveform_height) + MARGIN for row in rows]
    sheet = Image.new("RGB", (width + 2 * MARGIN, sum(heights) + MARGIN), PAPER)
    top = MARGIN
    for row, row_height in zip(rows, heights, strict=True):
        _draw_row(sheet, row, top, width, waveform_height, text_size)
        top += row_height
    return np.array(sheet)


def _refuse(clips: Sequence[Clip], labels: Sequence[str] | None, columns: int) -> None:
    if not clips or columns < 1 or any(not clip.frames.size for clip in clips):
        raise MediaError("a contact sheet needs at least one clip, one column, and a frame in every clip")
    if labels is not None and len(labels) != len(clips):
        raise MediaError(f"there are {len(labels)} labels for {len(clips)} clips; give one for each")


def _strip(waveform_height: int) -> int:
    return waveform_height + GAP if waveform_height else 0


def _cells(clip: Clip, columns: int, height: int) -> list[Image.Image]:
    chosen = np.linspace(0, len(clip.frames) - 1, columns).round().astype(int)
    width = max(1, round(clip.width * height / clip.height))
    images = [Image.fromarray(clip.frames[index]) for index in chosen]
    return [image.resize((width, height), Image.Resampling.LANCZOS) for image in images]


def _draw_row(sheet: Image.Image, row: Row, top: int, width: int, waveform_height: int, text_size: int) -> None:
    pen = ImageDraw.Draw(sheet)
    draw_lines(pen, row.lines, MARGIN, MARGIN + width, top, text_size, INK)
    top += len(row.lines) * line_height(text_size)
    left = MARGIN
    for cell in row.cells:
        sheet.paste(cell, (left, top))
        left += cell.width + GAP
    if waveform_height:
        top += row.cells[0].height + GAP
        pen.rectangle((MARGIN, top, MARGIN + row.width - 1, top + waveform_height - 1), fill=STRIP)
        if row.sound is not None:
            _draw_wave(pen, row.sound, row.duration_seconds, MARGIN, top, row.width, waveform_height)


def _draw_wave(
    pen: ImageDraw.ImageDraw, sound: Sound, seconds: float, left: int, top: int, width: int, height: int
) -> None:
    """The peak in each column of pixels, on a square-root scale, so that a soft sound is seen too."""
    mono = np.abs(sound.samples).max(axis=1)
    edges = np.linspace(0, seconds * sound.sample_rate, width + 1).astype(int)
    for column in range(width):
        part = mono[edges[column] : max(edges[column] + 1, edges[column + 1])]
        if part.size:
            half = float(np.sqrt(min(1.0, float(part.max())))) * (height - 1) / 2
            middle = top + (height - 1) / 2
            pen.line((left + column, round(middle - half), left + column, round(middle + half)), fill=WAVE)
