import numpy as np
import torch

from manazir.models.codecs.levels import to_frames, to_pictures


def test_levels_come_back_and_what_is_beyond_is_clamped() -> None:
    frames = np.random.default_rng(0).integers(0, 256, (2, 4, 6, 3)).astype(np.uint8)
    pictures = to_pictures(torch.from_numpy(frames))
    assert pictures.shape == (2, 3, 4, 6)
    assert (to_frames(pictures) == frames).all()
    assert to_frames(torch.full((1, 3, 1, 1), 1.5)).tolist() == [[[[255] * 3]]]
    assert to_frames(torch.full((1, 3, 1, 1), -1.5)).tolist() == [[[[0] * 3]]]
