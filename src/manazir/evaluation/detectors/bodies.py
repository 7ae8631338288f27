"""Bodies followed through a clip: one track for each body of each colour."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from manazir.evaluation.detectors.readout import Floats
from manazir.evaluation.detectors.segmenter import CLASSES

Mask = NDArray[np.bool_]

LEAST_AREA = 12
"""Pixels of a body, in a picture whose short side is 128."""
SUBSTANTIAL = 0.35
"""A second piece at least this large beside the largest counts as another body, if it lasts."""
EIGHT = np.ones((3, 3), np.bool_)


@dataclass(frozen=True, kw_only=True, slots=True)
class Track:
    """Where one body of one colour is."""

    colour: str
    masks: Mask
    """`[t, h, w]`; empty where it is not seen."""
    areas: NDArray[np.int64]
    """`[t]` pixels."""
    centres: Floats
    """`[t, 2]`: x and y of the middle of its pixels; NaN where it is not seen."""
    boxes: NDArray[np.int64]
    """`[t, 4]`: left, top, right and bottom, the last two beyond it; zeros where it is not seen."""

    @property
    def is_seen(self) -> Mask:
        """`[t]`: whether any of it is in the picture."""
        seen: Mask = np.greater(self.areas, 0)
        return seen

    @property
    def usual_area(self) -> float:
        """The median of its pixels, in the frames where it is seen."""
        return float(np.median(self.areas[self.is_seen]))


def make_track(colour: str, masks: Mask) -> Track:
    """Return a track with its measures taken."""
    columns, rows = masks.sum(axis=1), masks.sum(axis=2)
    areas = rows.sum(axis=1)
    weight = np.where(areas > 0, areas, np.nan)[:, None]
    x = (columns * np.arange(columns.shape[1])).sum(axis=1, keepdims=True) / weight
    y = (rows * np.arange(rows.shape[1])).sum(axis=1, keepdims=True) / weight
    (left, right), (top, bottom) = _ends(columns > 0), _ends(rows > 0)
    boxes = np.stack([left, top, right, bottom], axis=1) * (areas > 0)[:, None]
    return Track(colour=colour, masks=masks, areas=areas, centres=np.concatenate([x, y], axis=1), boxes=boxes)


def _ends(is_taken: Mask) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the first place that is taken along the last axis, and the one after the last."""
    return is_taken.argmax(axis=1), is_taken.shape[1] - is_taken[:, ::-1].argmax(axis=1)


def find_tracks(labels: NDArray[np.uint8]) -> tuple[Track, ...]:
    """Return everything coloured that lasts, bodies or not, the largest first; see `Reading.labels`."""
    least = LEAST_AREA * (min(labels.shape[1:]) / 128) ** 2
    tracks: list[Track] = []
    for label in np.unique(labels[labels > 0]):
        pieces = [_pieces(mask, least) for mask in labels == label]
        tracks += _tracks_of(CLASSES[label], pieces, labels.shape[1:])
    lasting = [track for track in tracks if track.is_seen.mean() >= 0.2]
    return tuple(sorted(lasting, key=lambda track: -int(track.areas.sum())))


def _pieces(mask: Mask, least: float) -> list[Mask]:
    """Return the connected parts that are large enough, the largest first, their holes filled."""
    labelled, count = ndimage.label(mask, EIGHT)
    areas = np.bincount(labelled.ravel(), minlength=count + 1)[1:]
    boxes = ndimage.find_objects(labelled)
    order = [int(i) for i in np.argsort(-areas) if areas[i] >= least]
    return [_filled(labelled, index + 1, boxes[index]) for index in order]


def _filled(labelled: NDArray[np.int32], index: int, box: tuple[slice, slice]) -> Mask:
    whole = np.zeros(labelled.shape, np.bool_)
    whole[box] = ndimage.binary_fill_holes(labelled[box] == index)
    return whole


def _tracks_of(colour: str, pieces: list[list[Mask]], size: tuple[int, ...]) -> list[Track]:
    """Return as many tracks as there mostly are substantial pieces."""
    counts = [sum(bool(p.sum() > SUBSTANTIAL * here[0].sum()) for p in here) for here in pieces if here]
    if not counts:
        return []
    number = int(np.median(counts))
    if number <= 1:
        masks = np.stack([_whole(here, size) for here in pieces])
        return [make_track(colour, masks)]
    return [make_track(colour, masks) for masks in _apart(pieces, number, size)]


def _whole(here: list[Mask], size: tuple[int, ...]) -> Mask:
    """Return the largest piece, with others of some size: what passes in front may have parted them."""
    if not here:
        return np.zeros(size, np.bool_)
    kept = [piece for piece in here if piece.sum() > SUBSTANTIAL * here[0].sum()]
    whole: Mask = np.logical_or.reduce(kept)
    return whole


def _apart(pieces: list[list[Mask]], number: int, size: tuple[int, ...]) -> list[Mask]:
    """Return the masks of several bodies of one colour: each frame's pieces go to the nearest places so far."""
    start = next(here for here in pieces if len(here) >= number)[:number]
    places = np.array([ndimage.center_of_mass(piece) for piece in start])
    masks = [np.zeros((len(pieces), *size), np.bool_) for _ in range(number)]
    for t, here in enumerate(pieces):
        free = set(range(number))
        for piece in here[:number]:
            centre = np.array(ndimage.center_of_mass(piece))
            nearest = min(free, key=lambda k: float(np.hypot(*(places[k] - centre))))
            free.remove(nearest)
            places[nearest] = centre
            masks[nearest][t] = piece
    return masks
