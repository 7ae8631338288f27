import numpy as np
import pytest

from manazir.core.errors import MediaError
from manazir.media.clip import Clip, Sound
from manazir.media.sheet import GAP, INK, MARGIN, WAVE, contact_sheet


def grey_clip(levels, sound=None):
    return Clip(np.stack([np.full((20, 30, 3), level, np.uint8) for level in levels]), 10.0, sound)


def test_frames_are_evenly_spaced_from_first_to_last():
    sheet = contact_sheet([grey_clip(range(0, 110, 10))], columns=3)
    assert sheet.shape == (20 + 2 * MARGIN, 3 * 30 + 2 * GAP + 2 * MARGIN, 3)
    middles = [sheet[MARGIN + 10, MARGIN + 15 + index * (30 + GAP), 0] for index in range(3)]
    assert middles == [0, 50, 100]


def test_clips_of_other_sizes_share_a_height():
    tall = Clip(np.zeros((4, 80, 40, 3), np.uint8), 10.0)
    sheet = contact_sheet([grey_clip([0, 1]), tall], columns=2, cell_height=40)
    assert sheet.shape[0] == 2 * 40 + 3 * MARGIN
    assert sheet.shape[1] == 2 * 60 + GAP + 2 * MARGIN


def test_english_stands_left_and_arabic_right():
    clip = Clip(np.zeros((4, 40, 160, 3), np.uint8), 10.0)

    def ink_columns(label):
        sheet = contact_sheet([clip], labels=[label], columns=4)
        rows = sheet[MARGIN : -40 - MARGIN - 2]
        return np.flatnonzero((np.abs(rows.astype(int) - INK).sum(axis=2) < 90).any(axis=0)) / sheet.shape[1]

    assert ink_columns("a red ball").max() < 0.3
    assert ink_columns("كرة حمراء").min() > 0.7


def test_long_labels_are_broken_into_lines():
    short = contact_sheet([grey_clip([0])], labels=["one"], columns=4)
    long = contact_sheet([grey_clip([0])], labels=["one long label that goes on and on"], columns=4)
    assert long.shape[0] > short.shape[0]
    assert long.shape[1] == short.shape[1]


def test_the_wave_is_drawn_when_it_sounds():
    samples = np.zeros((8000, 1), np.float32)
    samples[4000:6000] = 0.9
    sheet = contact_sheet([grey_clip(range(5), Sound(samples, 16_000))], columns=4, waveform_height=20)
    strip = (sheet[MARGIN + 20 + GAP : -MARGIN] == WAVE).all(axis=2).sum(axis=0)
    inside = strip[MARGIN:-MARGIN]
    loud = np.flatnonzero(inside > 10) / len(inside)
    assert loud.min() == pytest.approx(0.5, abs=0.02)
    assert loud.max() == pytest.approx(0.75, abs=0.02)
    assert inside.min() == 1  # a line where it is silent


def test_what_makes_no_sheet_is_said():
    with pytest.raises(MediaError, match="at least one clip"):
        contact_sheet([])
    with pytest.raises(MediaError, match="2 labels for 1 clips"):
        contact_sheet([grey_clip([0])], labels=["a", "b"])
