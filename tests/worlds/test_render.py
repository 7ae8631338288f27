import numpy as np
import pytest
from numpy.testing import assert_array_equal
from tests.worlds.pictures import crowded, flat_ball, straight

from manazir.core.errors import SceneError, ShapeError, UnsupportedError
from manazir.worlds.pack import pack
from manazir.worlds.raycast_torch import trace
from manazir.worlds.render import render, render_frames
from manazir.worlds.scene import Scene
from manazir.worlds.tonemap import to_display


def test_the_parts_of_a_rendering_have_their_shapes_and_types() -> None:
    scene = crowded()
    seen = render(scene, straight(scene, 3), 40, 24)
    assert (seen.radiance.shape, seen.radiance.dtype) == ((3, 24, 40, 3), np.float32)
    assert (seen.depth.shape, seen.depth.dtype) == ((3, 24, 40), np.float32)
    assert (seen.segmentation.shape, seen.segmentation.dtype) == ((3, 24, 40), np.int16)
    assert {-1000, -100, -2, -1, 0, 1, 2, 3, 4, 5} <= set(np.unique(seen.segmentation).tolist())
    assert_array_equal(np.isinf(seen.depth), seen.segmentation == -1000)


@pytest.mark.parametrize("camera_speed", [0.0, 0.5])
def test_frames_are_the_radiance_tone_mapped(camera_speed: float) -> None:
    scene = crowded()
    motion = straight(scene, 3, camera_speed)
    assert_array_equal(render_frames(scene, motion, 40, 24), to_display(render(scene, motion, 40, 24).radiance))


@pytest.mark.parametrize("camera_speed", [0.0, 0.5])
def test_threads_do_not_change_a_byte(camera_speed: float) -> None:
    scene = crowded()
    motion = straight(scene, 5, camera_speed)
    alone = render_frames(scene, motion, 40, 24, threads=1)
    for threads in (1, 2, 7):
        assert_array_equal(render_frames(scene, motion, 40, 24, threads=threads), alone)


def test_an_empty_scene_is_ground_and_sky() -> None:
    scene = Scene(bodies=(), event=crowded().event)
    for backend in ("numba", "torch"):
        seen = render(scene, straight(scene, 1), 16, 16, backend=backend)
        assert set(np.unique(seen.segmentation).tolist()) == {-1000, -1}
        assert np.isfinite(seen.radiance).all()


def test_torch_takes_many_clips_and_little_memory() -> None:
    scenes = [flat_ball(), crowded()]
    packs = [pack(scene, straight(scene, 2), 24, 16) for scene in scenes]
    together = trace(packs, 24, 16)
    in_chunks = trace(packs, 24, 16, memory_bytes=1)
    for index, scene in enumerate(scenes):
        alone = render(scene, straight(scene, 2), 24, 16, backend="torch")
        np.testing.assert_allclose(together.radiance[index].numpy(), alone.radiance, atol=1e-5)
        np.testing.assert_allclose(in_chunks.radiance[index].numpy(), alone.radiance, atol=1e-5)
        assert_array_equal(together.segmentation[index].numpy(), alone.segmentation)


def test_what_cannot_be_rendered_is_refused() -> None:
    scene = flat_ball()
    motion = straight(scene, 1)
    with pytest.raises(ShapeError, match="0x16 pixels; each side must be 1 to 8192"):
        render_frames(scene, motion, 0, 16)
    with pytest.raises(UnsupportedError, match="no backend 'opengl'"):
        render(scene, motion, 8, 8, backend="opengl")
    with pytest.raises(UnsupportedError, match="numba on cpu"):
        render(scene, motion, 8, 8, device="cuda")
    with pytest.raises(ShapeError, match="of one length"):
        trace([], 8, 8)
    with pytest.raises(SceneError, match="motion is of 1 bodies"):
        render_frames(crowded(), motion, 8, 8)
