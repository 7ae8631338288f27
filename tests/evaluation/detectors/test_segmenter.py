from pathlib import Path

import pytest
import torch

from manazir.core.errors import CheckpointError
from manazir.evaluation.detectors import segmenter as module
from manazir.evaluation.detectors.segmenter import CLASSES, FILE, KINDS_OF_PIXEL, Segmenter, load_segmenter
from manazir.evaluation.detectors.shape import SHAPES
from manazir.models.codecs.levels import to_pictures
from manazir.worlds.families import draw
from manazir.worlds.render import render
from manazir.worlds.scene import Event, Shape
from manazir.worlds.tonemap import to_display


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(module, "FITTED", tmp_path)
    load_segmenter.cache_clear()
    return tmp_path


@pytest.mark.parametrize("size", [(16, 16), (13, 21)])
def test_every_pixel_of_any_size_is_told(size: tuple[int, int]) -> None:
    said = Segmenter((4, 4, 4))(torch.zeros(2, 3, *size))
    assert said.colours.shape == (2, len(CLASSES), *size)
    assert said.kinds.shape == (2, len(KINDS_OF_PIXEL), *size)
    assert KINDS_OF_PIXEL[SHAPES] == tuple(shape.value for shape in Shape)


def test_most_pixels_of_rendered_bodies_are_told_right() -> None:
    colours, kinds, backgrounds = [], [], []
    for seed in range(6):
        scene, motion = draw(seed, {Event.ROLL: 1.0})
        drawn = render(scene, motion, 128, 128, threads=1)
        frame, owners = torch.from_numpy(to_display(drawn.radiance[:1])), torch.from_numpy(drawn.segmentation[:1])
        with torch.no_grad():
            said = load_segmenter()(to_pictures(frame))
        own, actor = owners == scene.actor, scene.bodies[scene.actor]
        colours.append((said.colours.argmax(1)[own] == CLASSES.index(actor.colour)).float().mean())
        kinds.append((said.kinds.argmax(1)[own] == KINDS_OF_PIXEL.index(actor.shape.value)).float().mean())
        backgrounds.append((said.colours.argmax(1)[owners == -1] == 0).float().mean())
    assert torch.stack(colours).mean() > 0.8
    assert torch.stack(kinds).mean() > 0.5
    assert min(backgrounds) > 0.98


def test_an_absent_segmenter_is_refused(folder: Path) -> None:
    with pytest.raises(CheckpointError, match=rf"no {FILE} in .*fit_detectors"):
        load_segmenter()
    assert not list(folder.iterdir())


def test_a_damaged_segmenter_is_refused(folder: Path) -> None:
    (folder / FILE).write_bytes(b"not tensors")
    with pytest.raises(CheckpointError, match=r"damaged.*fit_detectors"):
        load_segmenter()
