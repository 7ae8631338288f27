"""Pictures of 32x32 with one ball; the model draws them grey, and what is given shows more."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from manazir.core import layout as at
from manazir.inference.noor.carrying import carried, nearest, used
from manazir.inference.noor.tracing import trace

SIDE = 32


def _known(count: int, *frames: int) -> NDArray[np.bool_]:
    result = np.zeros(count, np.bool_)
    result[list(frames)] = True
    return result


def _layout(across: list[float], *, shape: int = 0, axis: tuple[float, ...] = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)) -> Tensor:
    """A body before nothing, seen by a camera that stands still; its shadow falls out of the picture."""
    layout = torch.zeros(len(across), at.SLOTS, at.FEATURES)
    layout[..., at.PRESENT] = -1.0
    layout[:, at.SET, [at.PRESENT, at.FLAT]] = 1.0
    body = layout[:, at.BODIES.start]
    body[:, at.PRESENT] = 1.0
    body[:, at.ACROSS] = torch.tensor(across) * at.PLACE_SCALE
    body[:, at.BULK] = (np.log(0.3) - at.BULK_CENTRE) * at.BULK_SCALE
    body[:, at.SHADOW_UP] = -20.0
    body[:, at.SHAPE.start + shape] = at.KIND
    body[:, at.TURN] = torch.tensor(axis) * at.TURN_SCALE
    return layout


def _drawn(across: list[float], *, wide: int = SIDE, radii: tuple[float, ...] = ()) -> Tensor:
    """As the model draws it: a white disc on grey."""
    x, y = ((torch.arange(side) - (side - 1) / 2) * 2 / SIDE for side in (wide, SIDE))
    sizes = radii or (0.3,) * len(across)
    inside = [
        (x[None] - place).square() + y[:, None].square() < size**2 for place, size in zip(across, sizes, strict=True)
    ]
    return torch.where(torch.stack(inside)[:, None], 0.5, 0.0).expand(-1, 3, -1, -1).clone()


def test_unknown_frames_look_to_the_known_ones_around_them() -> None:
    assert nearest(_known(5, 0, 1, 4)) == [[], [], [(1, 1), (4, 2)], [(1, 2), (4, 1)], []]
    assert nearest(_known(3, 2)) == [[(2, 2)], [(2, 1)], []]
    assert nearest(_known(2)) == [[], []]
    assert nearest(_known(4, 1), is_loop=True) == [[(1, 3), (1, 1)], [], [(1, 1), (1, 3)], [(1, 2), (1, 2)]]
    assert used([[], [], [(1, 1)], []]) == [1, 2]


def test_what_stands_still_stays_as_it_was_given_but_not_where_something_moves_in() -> None:
    layout, drawn = _layout([-0.6, -0.6, 0.6]), _drawn([-0.6, -0.6, 0.6])
    given = drawn.clone()
    given[0, :, ::4] += 0.2  # stripes on everything
    result = carried(drawn, layout, given, nearest(_known(3, 0)))
    torch.testing.assert_close(result[0], given[0])
    torch.testing.assert_close(result[1], given[0])
    open_ground = slice(13, 19)  # where no body ever is
    torch.testing.assert_close(result[2, :, :, open_ground], given[0, :, :, open_ground], atol=1e-3, rtol=0)
    left_behind = result[2, :, 14:18, 5:8]  # the ball has gone: its stripes have not stayed on the ground
    assert left_behind.abs().max() < 0.15


def test_a_thing_takes_along_how_it_looked() -> None:
    layout, drawn = _layout([-0.6, 0.6]), _drawn([-0.6, 0.6])
    given = drawn.clone()
    given[0, 0, :, :16][drawn[0, 0, :, :16] > 0.4] = 0.9  # redder than the model drew it
    given[0, 0, :16] = torch.where(drawn[0, 0, :16] > 0.4, 0.7, given[0, 0, :16])  # less so above
    result = carried(drawn, layout, given, nearest(_known(2, 0)))
    torch.testing.assert_close(result[1, 0, 18:20, 24:28], torch.full((2, 4), 0.9), atol=0.03, rtol=0)
    torch.testing.assert_close(result[1, 0, 12:14, 24:28], torch.full((2, 4), 0.7), atol=0.03, rtol=0)
    torch.testing.assert_close(result[1, 1], drawn[1, 1], atol=0.03, rtol=0)


def test_a_thing_that_turned_keeps_its_colour_only() -> None:
    before, after = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0], [0.0, 1.0, 0.0, -1.0, 0.0, 0.0]
    layout = torch.cat([_layout([-0.6], shape=3, axis=tuple(before)), _layout([0.6], shape=3, axis=tuple(after))])
    drawn = _drawn([-0.6, 0.6])
    given = drawn.clone()
    inside = drawn[0, 0] > 0.4
    given[0, 0][inside] = 0.8
    given[0, 0, 16][inside[16]] = -0.5  # a line on it
    result = carried(drawn, layout, given, nearest(_known(2, 0)))
    assert (result[1, 0, 15:18, 25:27] > 0.75).all()


def test_between_known_frames_the_nearer_one_counts_for_more() -> None:
    layout, drawn = _layout([0.0] * 5), _drawn([0.0] * 5)
    given = drawn.clone()
    given[4] += 0.04
    result = carried(drawn, layout, given, nearest(_known(5, 0, 4)))
    gained = (result - drawn).mean((1, 2, 3))
    torch.testing.assert_close(gained[1:4], torch.tensor([0.01, 0.02, 0.03]), atol=1e-3, rtol=0)


def test_what_a_layout_misses_of_a_thing_is_not_left_behind_on_the_ground() -> None:
    layout, drawn = _layout([-0.4, 0.6]), _drawn([-0.4, 0.6])
    given = drawn.clone()
    given[0, :, 14:18, 14:16] = 0.9  # the thing is longer than the layout says
    given[0, :, :, 30:] += 0.3  # far from it, a stripe of the backdrop
    result = carried(drawn, layout, given, nearest(_known(2, 0)))
    assert result[1, :, 14:18, 14:16].abs().max() < 0.1
    torch.testing.assert_close(result[1, :, 2:8, 30:], given[0, :, 2:8, 30:], atol=0.02, rtol=0)


def test_a_changed_clip_keeps_what_it_showed_frame_by_frame() -> None:
    was, now = _layout([-0.6, -0.6]), _layout([0.6, 0.6])
    drawn = torch.cat([_drawn([0.6, 0.6]), _drawn([-0.6, -0.6])])
    given = drawn.clone()
    given[2, :, :8] += 0.05
    given[3, :, :8] -= 0.05
    result = carried(drawn, torch.cat([now, was]), given, [[(2, 1)], [(3, 1)], [], []])
    gained = (result - drawn)[:2, :, :6].mean((1, 2, 3))
    torch.testing.assert_close(gained, torch.tensor([0.05, -0.05]), atol=5e-3, rtol=0)
    torch.testing.assert_close(result[:2, :, 14:18, 24:28], drawn[:2, :, 14:18, 24:28], atol=0.02, rtol=0)


def test_a_mark_on_the_ground_goes_with_the_camera() -> None:
    layout = torch.zeros(2, at.SLOTS, at.FEATURES)
    layout[..., at.PRESENT] = -1.0
    scenery = layout[:, at.SET]
    scenery[:, at.PRESENT], scenery[:, at.FLAT], scenery[:, at.GROUND.start] = 1.0, -1.0, 1.0
    scenery[:, at.FORWARD_UP] = at.FORWARD_UP_CENTRE - 0.3 * at.FORWARD_UP_SCALE
    scenery[1, at.CAMERA.start] = 0.5  # metres to the right: what is seen goes to the left
    drawn = torch.zeros(2, 3, 32, 56)
    given = drawn.clone()
    given[0, :, :, 28:30] = 0.5
    result = carried(drawn, layout, given, nearest(_known(2, 0)))
    near, far = (result[1, 0, row].argmax().item() for row in (30, 20))
    assert near < far < 28  # the nearer, the more


def test_an_even_tint_stays_even_wherever_things_go() -> None:
    layout, drawn = _layout([-0.6, 0.6]), _drawn([-0.6, 0.6])
    result = carried(drawn, layout, drawn + 0.2, nearest(_known(2, 0)))
    torch.testing.assert_close(result, drawn + 0.2, atol=2e-3, rtol=0)
    turned = _layout([0.6], shape=3, axis=(0.0, 1.0, 0.0, -1.0, 0.0, 0.0))
    layout = torch.cat([_layout([-0.6], shape=3), turned])
    torch.testing.assert_close(
        carried(drawn, layout, drawn + 0.2, nearest(_known(2, 0)))[1], drawn[1] + 0.2, atol=2e-3, rtol=0
    )


def test_a_thing_that_was_made_another_keeps_nothing_of_what_it_was() -> None:
    was, now = _layout([0.0]), _layout([0.0], shape=1)
    drawn = _drawn([0.0, 0.0])
    drawn[0] -= 0.3
    given = drawn.clone()
    given[1][drawn[1] > 0.4] = 0.9
    result = carried(drawn, torch.cat([now, was]), given, [[(1, 1)], []])
    torch.testing.assert_close(result[0, :, 15:17, 15:17], drawn[0, :, 15:17, 15:17], atol=0.01, rtol=0)


def test_a_thing_that_the_eye_made_up_takes_no_ground_along() -> None:
    layout, drawn = _layout([-0.6, 0.6]), _drawn([-0.6, 0.6])
    given = torch.full_like(drawn, -0.6)  # there is nothing but dark ground
    result = carried(drawn + 0.5, layout, given, nearest(_known(2, 0)))
    assert (result[1, :, 15:17, 25:27] > 0.5).all()


def test_in_a_wide_picture_a_thing_takes_its_looks_along_as_it_comes_nearer() -> None:
    layout = _layout([-1.2, 1.0])
    layout[1, at.BODIES.start, at.BULK] = (np.log(0.6) - at.BULK_CENTRE) * at.BULK_SCALE
    drawn = _drawn([-1.2, 1.0], wide=56, radii=(0.3, 0.6))
    given = drawn.clone()
    given[0, 0, :16] = torch.where(drawn[0, 0, :16] > 0.4, 0.9, given[0, 0, :16])  # its upper half is redder
    result = carried(drawn, layout, given, nearest(_known(2, 0)))
    red = result[1, 0, :, 43:45]  # through its middle, at 1.0 of half a side from that of the picture
    torch.testing.assert_close(red[9:14], torch.full((5, 2), 0.9), atol=0.03, rtol=0)
    torch.testing.assert_close(red[18:23], torch.full((5, 2), 0.5), atol=0.03, rtol=0)


def test_a_thing_looks_as_in_the_known_frame_that_shows_it() -> None:
    layout, drawn = _layout([0.0] * 5), _drawn([0.0] * 5)
    body = layout[:, at.BODIES.start]
    body[0, at.PRESENT] = body[0, at.BULK] = -1.0  # not yet there
    drawn[0] = 0.0
    given = drawn.clone()
    given[4, 0][drawn[4, 0] > 0.4] = 0.9
    result = carried(drawn, layout, given, nearest(_known(5, 0, 4)))
    torch.testing.assert_close(result[1, 0, 14:18, 14:18], torch.full((4, 4), 0.9), atol=0.06, rtol=0)
    torch.testing.assert_close(result[1, 0, :4], drawn[1, 0, :4], atol=0.02, rtol=0)


def test_a_ramp_shows_what_it_showed_while_the_camera_goes_by() -> None:
    layout = torch.zeros(2, at.SLOTS, at.FEATURES)
    layout[..., at.PRESENT] = -1.0
    layout[:, at.SET, [at.PRESENT, at.FLAT]] = 1.0
    ramp = layout[:, at.RAMP]
    ramp[:, at.PRESENT], ramp[:, at.SHAPE.stop - 1], ramp[:, at.SHADOW_UP] = 1.0, at.KIND, -20.0
    ramp[:, at.TURN] = torch.tensor([1.0, 0.0, 0.0, 1.0, 1.0, 1.0]) * at.TURN_SCALE
    ramp[:, at.BULK] = (np.log(0.4) - at.BULK_CENTRE) * at.BULK_SCALE
    ramp[:, at.ACROSS] = torch.tensor([-0.4, 0.4]) * at.PLACE_SCALE
    traced = trace(layout, SIDE, SIDE)
    inside = (traced.edge[..., at.RAMP - 1] < 0).view(2, SIDE, SIDE)
    assert inside.flatten(1).sum(1).min() > 30
    drawn = torch.where(inside[:, None], 0.5, 0.0).expand(-1, 3, -1, -1).clone()
    given = drawn.clone()
    given[0, 1][inside[0]] = 0.8
    result = carried(drawn, layout, given, nearest(_known(2, 0)))
    assert (result[1, 1][inside[1]].median() - 0.8).abs() < 0.05
    assert result[1, 0].sub(drawn[1, 0]).abs().max() < 0.05
