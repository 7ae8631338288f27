import numpy as np
import torch
from numpy.testing import assert_allclose, assert_array_equal

from manazir.worlds.palette import COLOURS
from manazir.worlds.raycast_torch import to_display as to_display_torch
from manazir.worlds.tonemap import EXPOSURE, KNEE, WHITE, from_display, to_display


def test_darkness_is_black_and_the_brightest_is_white() -> None:
    assert_array_equal(to_display(np.zeros((1, 3))), [[0, 0, 0]])
    assert_array_equal(to_display(np.full((1, 3), WHITE / EXPOSURE)), [[255, 255, 255]])
    assert_array_equal(to_display(np.array([[-1.0, 50.0, 0.0]])), [[0, 255, 0]])


def test_below_the_knee_it_is_srgb_alone() -> None:
    light = np.full((1, 3), 0.2 / EXPOSURE)
    assert light[0, 0] * EXPOSURE < KNEE
    assert_array_equal(to_display(light), [[round(255 * (1.055 * 0.2 ** (1 / 2.4) - 0.055))] * 3])


def test_brighter_light_is_never_shown_darker() -> None:
    grey = to_display(np.linspace(0, 8, 5000)[:, None].repeat(3, axis=1)).astype(int)
    assert (np.diff(grey[:, 0]) >= 0).all()


def test_the_inverse_gives_back_what_was_shown() -> None:
    frames = np.random.default_rng(0).integers(0, 255, (4000, 3)).astype(np.uint8)
    assert_array_equal(to_display(from_display(frames)), frames)


def test_the_inverse_is_close_in_light() -> None:
    light = np.random.default_rng(1).uniform(0.02, 1.2, (2000, 3))
    assert_allclose(from_display(to_display(light)), light, rtol=0.06)


def test_bright_colours_keep_their_hue() -> None:
    dim, bright = np.array(COLOURS["orange"]) * 0.5, np.array(COLOURS["orange"]) * 2.0
    shown = from_display(to_display(np.stack([dim, bright])))
    assert_allclose(shown[0] / shown[0].max(), shown[1] / shown[1].max(), atol=0.02)


def test_palette_colours_stay_apart_when_shown() -> None:
    shown = to_display(np.array(list(COLOURS.values()))).astype(int)
    apart = np.abs(shown[:, None] - shown[None]).max(axis=-1) + 255 * np.eye(len(shown))
    assert apart.min() >= 40


def test_torch_shows_the_same_bytes() -> None:
    light = np.random.default_rng(2).uniform(0, 4, (5000, 3)).astype(np.float32)
    difference = to_display_torch(torch.from_numpy(light)).numpy().astype(int) - to_display(light).astype(int)
    assert np.abs(difference).max() <= 1
    assert (difference != 0).mean() < 0.001
