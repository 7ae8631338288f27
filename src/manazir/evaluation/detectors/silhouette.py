"""The outline and the shading of a body in one frame, in numbers that do not depend on where and how large it is."""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull, QhullError

from manazir.evaluation.detectors.bodies import Mask
from manazir.evaluation.detectors.readout import Floats

STRIPS = np.linspace(0.06, 0.94, 8)
"""Where along the height, the width and the longest axis the outline is measured, as shares of each."""
PATCHES = 4
"""Shading is measured on a grid of so many by so many patches."""


def silhouette(mask: Mask, light: NDArray[np.floating]) -> Floats:
    """Return the measures of a body with pixels `mask` `[h, w]`, in a picture of log luminance `light` `[h, w]`."""
    y, x = np.nonzero(mask)
    top, left = y.min(), x.min()
    crop = mask[top : y.max() + 1, left : x.max() + 1]
    shade = light[top : y.max() + 1, left : x.max() + 1]
    root = np.sqrt(float(len(x)))
    places = np.stack([x - x.mean(), y - y.mean()], axis=1) / root
    return np.concatenate(
        [
            [np.log(root), np.log(crop.shape[0] / crop.shape[1]), crop.mean(), _hull_fill(places, root)],
            _moments(places),
            _edges(crop, root),
            _edges(crop.T, root),
            _long_profile(places, root),
            _shading(crop, shade),
        ]
    )


def _hull_fill(places: Floats, root: float) -> float:
    """Return the area as a share of the convex hull's."""
    try:
        hull = ConvexHull(places).volume
    except QhullError:  # a line of pixels has no hull of any area
        return 1.0
    return float(1.0 / (hull + 1.0 / root))  # the hull goes through the middles of pixels


def _moments(places: Floats) -> Floats:
    """Return the second and third moments."""
    x, y = places.T
    seconds = [np.mean(x * x), np.mean(y * y), np.mean(x * y)]
    thirds = [np.mean(x**3), np.mean(y**3), np.mean(x * x * y), np.mean(x * y * y)]
    return np.array([*(12.0 * np.array(seconds)), *(60.0 * np.array(thirds))])


def _edges(crop: Mask, root: float) -> Floats:
    """Return where the outline begins and ends along the rows: offsets from the middle of the box."""
    columns = crop.shape[1]
    first = crop.argmax(axis=1)
    last = columns - 1 - crop[:, ::-1].argmax(axis=1)
    rows = (np.arange(len(crop)) + 0.5) / len(crop)
    offsets = np.stack([first, last + 1]) - columns / 2
    return np.concatenate([np.interp(STRIPS, rows, line) for line in offsets / root])


def _long_profile(places: Floats, root: float) -> Floats:
    """Return the width at places along the longest axis, from the wider end."""
    values, vectors = np.linalg.eigh(places.T @ places / len(places) + 1e-9 * np.eye(2))
    along = places @ vectors[:, 1]
    spread = max(float(along.max() - along.min()), 1.0 / root)
    bins = np.minimum(((along - along.min()) / spread * len(STRIPS)).astype(int), len(STRIPS) - 1)
    widths = np.bincount(bins, minlength=len(STRIPS)) / (root * root) / spread * len(STRIPS)
    widths = widths if widths[: len(STRIPS) // 2].sum() >= widths[len(STRIPS) // 2 :].sum() else widths[::-1]
    return np.concatenate([widths, [np.sqrt(values[0] / values[1])]])


def _shading(crop: Mask, shade: NDArray[np.floating]) -> Floats:
    """Return how patches of the box differ from the mean shade, and how much it varies within and between them."""
    rows = np.arange(crop.shape[0]) * PATCHES // crop.shape[0]
    columns = np.arange(crop.shape[1]) * PATCHES // crop.shape[1]
    patch = (rows[:, None] * PATCHES + columns[None, :])[crop]
    inside = shade[crop] - shade[crop].mean()
    count = np.bincount(patch, minlength=PATCHES**2)
    means = np.bincount(patch, inside, minlength=PATCHES**2) / np.maximum(count, 1)
    within = np.sqrt(np.mean((inside - means[patch]) ** 2))
    return np.concatenate([means, [within, inside.std()]])
