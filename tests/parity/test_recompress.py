"""Pictures lose what diffusers' LTX-2 pipelines have them lose before they are encoded."""

import numpy as np
import pytest
from diffusers.pipelines.ltx2.utils import apply_image_conditioning_crf

from manazir.media.recompress import recompressed


@pytest.mark.parametrize("size", [(64, 96), (33, 51)])
@pytest.mark.parametrize("crf", [0, 18, 33])
def test_pictures_are_recompressed_as_diffusers_does_it(size: tuple[int, int], crf: int) -> None:
    rows, columns = np.mgrid[: size[0], : size[1]]
    waves = [np.sin(rows / 7) + np.cos(columns / 5), np.sin(rows * columns / 99), np.cos(rows / 3)]
    noise = np.random.default_rng(1).normal(0, 8, (*size, 3))
    picture = (np.stack(waves, axis=2) * 50 + 128 + noise).clip(0, 255).astype(np.uint8)
    made = recompressed(picture, crf)
    assert np.array_equal(made, apply_image_conditioning_crf(picture, crf))
    assert np.array_equal(made, recompressed(picture, crf))
    assert np.array_equal(made, picture) == (crf == 0)
