"""How the camera moves: by the flow of the background, as a plane's flow under a moving camera, and of the bodies."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from scipy import ndimage

from manazir.evaluation.detectors.bodies import Mask, Track
from manazir.evaluation.detectors.pixels import Looks
from manazir.evaluation.detectors.readout import Floats, load_readout
from manazir.evaluation.detectors.ways import course, way_length

SIDE = 64
"""Pixels of the short side at which the flow is measured."""
STAGES = 6
"""The clip is cut into so many; the flow of each is measured from its first to its last frame."""
ROUNDS = 3
"""Of Gauss and Newton."""
STIFFNESS = 0.02
"""Pulls the flow to zero where the background is too plain to show it."""
BODIES = 3


def camera_measures(look: Looks, tracks: Sequence[Track]) -> Floats:
    """Return the flow of the background over the whole clip, its certainty, and how the stillest bodies move."""
    pictures, free = _small(look, tracks)
    at = np.linspace(0, len(pictures) - 1, STAGES + 1).round().astype(int)
    flows, certain = zip(
        *(_plane_flow(pictures[a], pictures[b], free[a] & free[b]) for a, b in pairwise(at)),
        strict=True,
    )
    still = sorted(tracks, key=way_length)[:BODIES]
    bodies = [_body_measures(track) for track in still] + [np.zeros(6)] * (BODIES - len(still))
    return np.concatenate([np.sum(flows, axis=0), np.median(flows, axis=0) * STAGES, certain[0], *bodies])


def camera_shares(measures: Floats) -> Floats:
    """Return how likely each move is, in the order of the readout's answers."""
    return load_readout("camera").shares(measures)


def _small(look: Looks, tracks: Sequence[Track]) -> tuple[Floats, Mask]:
    """Return the pictures `[t, h, w, 3]` at a small size, and where no body is."""
    factor = max(1, min(look.shape[1:3]) // SIDE)
    smooth = ndimage.uniform_filter(look, (0, factor, factor, 0))[:, ::factor, ::factor]
    taken = np.zeros(look.shape[:3], np.bool_)
    for track in tracks:
        taken |= track.masks
    wide = ndimage.maximum_filter(taken, (0, 7, 7))[:, ::factor, ::factor]
    return ndimage.gaussian_filter(smooth, (0, 1, 1, 0)).astype(np.float64), ~wide


def _plane_flow(one: Floats, other: Floats, free: Mask) -> tuple[Floats, Floats]:
    """Return the eight numbers of a plane's flow from one picture to another, and how certain each is."""
    h, w = one.shape[:2]
    y, x = np.mgrid[:h, :w]
    x, y = (x - (w - 1) / 2) / SIDE, (y - (h - 1) / 2) / SIDE
    zero, unit = np.zeros_like(x), np.ones_like(x)
    basis_x = np.stack([unit, x, y, zero, zero, zero, x * x, x * y])
    basis_y = np.stack([zero, zero, zero, unit, x, y, x * y, y * y])
    flow, normal = np.zeros(8), np.eye(8)
    for _ in range(ROUNDS):
        moved = _moved(other, np.tensordot(flow, basis_x, 1), np.tensordot(flow, basis_y, 1))
        down, right = (np.gradient((one + moved) / 2, axis=axis) * SIDE for axis in (0, 1))
        lines = np.stack([right[..., k] * basis_x + down[..., k] * basis_y for k in range(3)])
        miss = np.moveaxis(moved - one, -1, 0)
        weight = free / (1.0 + (np.abs(miss).max(axis=0) / 0.1) ** 2)
        weighted = lines * weight
        normal = np.einsum("kihw,kjhw->ij", weighted, lines) / (h * w)
        right_hand = np.einsum("kihw,khw->i", weighted, miss) / (h * w)
        flow = flow - np.linalg.solve(normal + STIFFNESS * np.eye(8), right_hand + STIFFNESS * flow * 0.1)
        flow = np.clip(flow, -0.5, 0.5)
    return flow, np.log(np.diag(normal)[[0, 2, 3]] + 1e-4)


def _moved(picture: Floats, right: Floats, down: Floats) -> Floats:
    """Return a picture read at places displaced by a flow."""
    h, w = picture.shape[:2]
    y, x = np.mgrid[:h, :w]
    at = np.stack([y + down * SIDE, x + right * SIDE])
    channels = [ndimage.map_coordinates(picture[..., k], at, order=1, mode="nearest") for k in range(3)]
    return np.stack(channels, axis=-1)


def _body_measures(track: Track) -> Floats:
    """Return where a body starts, and how it moves and grows over the clip."""
    way = course(track)
    area = 0.5 * np.log(track.areas[track.is_seen].astype(np.float64))
    return np.array([1.0, *way[0], *(way[-1] - way[0]), area[-3:].mean() - area[:3].mean()])
