import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from manazir.core import layout as at
from manazir.models.noor import raster
from manazir.models.noor.silhouettes import (
    CAPSULE_RADIUS,
    CAPSULE_STRAIGHT,
    CONE_HALF,
    CONE_RADIUS,
    CUBE,
    DRUM_HALF,
    DRUM_RADIUS,
    outside,
)
from manazir.models.noor.surfaces import FACES, surfaces
from manazir.worlds.families import draw_scene
from manazir.worlds.layout import layout_of
from manazir.worlds.physics import simulate
from manazir.worlds.render import render_frames
from manazir.worlds.scene import Event, Material, Shape


def _things(shape: int) -> torch.Tensor:
    things = torch.zeros(1, 5, at.FEATURES)
    things[..., at.SHAPE.start + shape] = 3 * at.KIND  # beyond doubt
    things[..., at.BULK] = -at.BULK_CENTRE * at.BULK_SCALE  # of radius one
    return things


def _turns(seed: int) -> torch.Tensor:
    axes = torch.linalg.qr(torch.randn(1, 5, 3, 3, generator=torch.Generator().manual_seed(seed))).Q
    axes[..., 1, :] = torch.linalg.cross(axes[..., 2, :], axes[..., 0, :])
    return axes


def _off(shape: Shape, point: torch.Tensor) -> torch.Tensor:
    """How far a point is from the surface of a body of size one: its implicit function."""
    x, y, z = point.unbind(-1)
    across = (x.square() + y.square()).sqrt()
    match shape:
        case Shape.SPHERE:
            return point.norm(dim=-1) - 1
        case Shape.CUBE:
            return point.abs().amax(-1) - CUBE
        case Shape.CYLINDER:
            return torch.maximum(across - DRUM_RADIUS, z.abs() - DRUM_HALF)
        case Shape.CAPSULE:
            end = z - z.clamp(-CAPSULE_STRAIGHT, CAPSULE_STRAIGHT)
            return (across.square() + end.square()).sqrt() - CAPSULE_RADIUS
        case Shape.CONE:
            return torch.maximum(across - CONE_RADIUS * (CONE_HALF - z) / (2 * CONE_HALF), -z - CONE_HALF)


@pytest.mark.parametrize("shape", list(Shape))
def test_what_is_seen_lies_on_the_surface_and_faces_the_camera(shape: Shape) -> None:
    things = _things(list(Shape).index(shape))
    grid = torch.linspace(-1.2, 1.2, 25)
    near = torch.cartesian_prod(grid, grid)[None, :, None].expand(1, -1, 5, 2)
    for seed in range(8):
        turned = _turns(seed)
        inside = (
            outside(near, things, turned)[..., :4] < -0.15
        )  # the last thing is a ramp; outlines are not exact at corners
        seen = surfaces(near, turned, things, torch.zeros(1, at.FEATURES))[..., :4, :][inside]
        normal, point = seen[:, :3], seen[:, 5:]
        assert _off(shape, point).abs().max() < 0.01
        torch.testing.assert_close(normal.norm(dim=-1), torch.ones(len(normal)), atol=0.02, rtol=0)
        assert normal[:, 2].max() < 0.02  # towards the camera, against forward


def test_a_ramp_faces_up_its_slope() -> None:
    things = _things(len(Shape))
    down = 0.5  # the camera looks down by so much, along a ramp's y
    cos, sin = math.cos(down), math.sin(down)
    turned = torch.tensor([[1.0, 0, 0], [0, sin, cos], [0, cos, -sin]]).expand(
        1, 5, 3, 3
    )  # x, y, z as (right, up, forward)
    seen = surfaces(torch.zeros(1, 1, 5, 2), turned, things, torch.zeros(1, at.FEATURES))[0, 0, 4]
    slope = math.atan2(0.8, 2.0)
    wanted = torch.tensor([math.sin(slope), 0.0, math.cos(slope)]) @ turned[0, 4]
    torch.testing.assert_close(seen[:3], wanted, atol=1e-4, rtol=0)


def test_bodies_are_bright_where_light_falls_squarely() -> None:
    found = []
    for seed in range(60):
        scene = draw_scene(Event.THROW, seed)
        if scene.bodies[0].material in (Material.METAL, Material.GLASS) or len(scene.bodies) > 1:
            continue
        motion = simulate(scene)
        layout = torch.from_numpy(layout_of(scene, motion))[::8]
        places, pitch = raster.squares_of(64, 64, layout.device)
        squares = raster.raster(layout, torch.zeros(len(layout), 3), places, pitch, faces=True)
        frames = torch.from_numpy(render_frames(scene, motion, 128, 128)[::8]).float().mean(-1)
        bright, light = F.avg_pool2d(frames, 2).flatten(1), squares[..., -FACES + 3]
        for moment in range(len(layout)):
            mine = squares[moment, :, raster.COLOURS] > 0.98
            if mine.sum() > 20 and light[moment, mine].std() > 0.2:
                found.append(float(np.corrcoef(light[moment, mine], bright[moment, mine])[0, 1]))
    assert len(found) > 10
    assert np.median(found) > 0.8
