import pytest
import torch
import torch.nn.functional as F

from manazir.core import layout as at
from manazir.models.noor.eye import PLACES, Eye, Votes
from manazir.models.noor.gathering import gather
from manazir.models.noor.sketch import places_of
from manazir.models.noor.symmetry import likened

BALL, CUBE, DRUM, CAPSULE, CONE = range(5)


def _thing(across: float, up: float, red: float, *, is_ramp: bool = False) -> torch.Tensor:
    thing = torch.zeros(at.FEATURES)
    thing[at.PRESENT] = 1.0
    thing[at.ACROSS], thing[at.UP], thing[at.COLOUR.start] = across, up, red
    thing[at.SHAPE.stop - 1 if is_ramp else at.SHAPE.start] = at.KIND
    return thing


def _votes(*things: torch.Tensor, noise: float = 0.0) -> Votes:
    """What an eye would say of a frame of 4x4 cells: each thing covers what lies within 0.3 of its centre."""
    places = places_of(8, 8, torch.device("cpu"))
    covered, told = torch.full((1, 64), -9.0), torch.zeros(1, 64, at.FEATURES)
    for thing in things:
        near = (places * at.PLACE_SCALE - thing[[at.ACROSS, at.UP]]).norm(dim=-1) < 0.3 * at.PLACE_SCALE
        covered[0, near], told[0, near] = 3.0, thing
    torch.manual_seed(0)
    return Votes(covered, told + noise * torch.randn_like(told), torch.full((1, at.FEATURES), 0.3))


def test_votes_that_agree_make_things_and_the_set_comes_with_them() -> None:
    left, right = _thing(-1.0, 0.3, 1.0), _thing(0.9, -0.2, -1.0)
    layout = gather(_votes(left, right, noise=0.02))[0]
    bodies = layout[at.BODIES]
    assert bodies[:, at.PRESENT].tolist() == [1, 1, 0, 0]
    found = bodies[:2][bodies[:2, at.ACROSS].argsort()]
    torch.testing.assert_close(found, torch.stack([left, right]), atol=0.03, rtol=0)
    assert not layout[[3, 4, at.RAMP]].any()
    assert (layout[at.SET, 1:] == 0.3).all()
    assert layout[at.SET, at.PRESENT] == 1


def test_a_ramp_has_its_own_slot_and_nothing_makes_nothing() -> None:
    layout = gather(_votes(_thing(0.0, 0.0, 0.5, is_ramp=True)))[0]
    assert layout[:, at.PRESENT].tolist() == [1, 0, 0, 0, 0, 1]
    assert gather(_votes())[0, 1:].abs().sum() == 0


def test_bodies_side_by_side_stay_apart_by_their_looks() -> None:
    layout = gather(_votes(_thing(0.0, 0.0, 1.2), _thing(0.6, 0.0, -1.2)))[0]
    assert layout[at.BODIES][:, at.PRESENT].sum() == 2


def test_more_bodies_than_slots_are_left_out() -> None:
    corners = [_thing(x, y, 0.0) for x in (-1.4, 0.0, 1.4) for y in (-1.4, 1.4)]
    assert (gather(_votes(*corners))[0, at.BODIES, at.PRESENT] == 1).all()


def test_what_an_eye_says_of_the_unheard_of_is_within_what_layouts_are() -> None:
    strange = _thing(0.0, 0.0, 90.0)
    strange[at.HEIGHT] = -140.0
    votes = _votes(strange)
    layout = gather(Votes(votes.covered, votes.things, 100.0 * votes.scenery))[0]
    assert layout.abs().max() == at.LARGEST
    assert (layout[at.BODIES.start, [at.PRESENT, at.COLOUR.start, at.HEIGHT]] == torch.tensor([1.0, 4.0, -4.0])).all()


def test_an_eye_tells_places_from_where_it_looks() -> None:
    torch.manual_seed(0)
    eye = Eye((8, 8, 8))
    for weight in eye.leave.parameters():
        torch.nn.init.zeros_(weight)
    votes = eye(torch.randn(2, 3, 48, 80))
    assert votes.covered.shape == (2, 6 * 10)
    assert votes.scenery.shape == (2, at.FEATURES)
    here = places_of(6, 10, torch.device("cpu")) * at.PLACE_SCALE
    torch.testing.assert_close(votes.things[0, :, [at.ACROSS, at.UP]], here)
    kinds = [feature for group in at.KINDS for feature in range(group.start, group.stop)]
    rest = [feature for feature in range(at.FEATURES) if feature not in [*PLACES, *kinds]]
    assert not votes.things[:, :, rest].any()
    for group, told in ((at.SHAPE, votes.things), (at.MATERIAL, votes.things), (at.BACKDROP, votes.scenery)):
        torch.testing.assert_close(told[..., group].sum(-1), torch.full(told.shape[:-1], at.KIND))


def _turned(shape: int, seed: int) -> torch.Tensor:
    """A thing of a shape at some turn."""
    torch.manual_seed(seed)
    thing = torch.zeros(at.FEATURES)
    thing[at.SHAPE][shape] = at.KIND
    x, z = F.normalize(torch.randn(3), dim=0), torch.randn(3)
    z = F.normalize(z - (z @ x) * x, dim=0)
    thing[at.TURN] = torch.cat([x, z]) * at.TURN_SCALE
    return thing


def _axes(thing: torch.Tensor) -> torch.Tensor:
    x, z = (thing[at.TURN] / at.TURN_SCALE).view(2, 3)
    return torch.stack([x, torch.linalg.cross(z, x), z])


@pytest.mark.parametrize("seed", range(4))
def test_cubes_turned_by_a_quarter_are_likened_to_the_same(seed: int) -> None:
    thing = _turned(CUBE, seed)
    x, y, z = _axes(thing)
    same = [(y, -x, z), (z, y, -x), (-x, -y, z), (x, z, -y)]
    for first, _, last in same:
        other = thing.clone()
        other[at.TURN] = torch.cat([first, last]) * at.TURN_SCALE
        torch.testing.assert_close(likened(other), likened(thing), atol=1e-5, rtol=0)
    made = _axes(likened(thing))
    together = made @ torch.stack([x, y, z]).T  # a cube's own symmetries hold only zeros and ones
    torch.testing.assert_close(
        together.abs().sort(dim=-1).values, torch.tensor([[0.0, 0.0, 1.0]] * 3), atol=1e-5, rtol=0
    )


@pytest.mark.parametrize("shape", [DRUM, CAPSULE, CONE])
def test_what_is_round_about_its_axis_keeps_only_that(shape: int) -> None:
    thing = _turned(shape, 3)
    x, y, z = _axes(thing)
    made = _axes(likened(thing))
    torch.testing.assert_close((made[2] @ z).abs(), torch.tensor(1.0))
    assert (made[2] @ z > 0) or shape != CONE
    spun = thing.clone()
    spun[at.TURN] = torch.cat([0.6 * x + 0.8 * y, z]) * at.TURN_SCALE
    torch.testing.assert_close(likened(spun), likened(thing), atol=1e-5, rtol=0)


def test_turns_are_likened_to_those_of_the_frame_before() -> None:
    before, now = _turned(CUBE, 1), _turned(CUBE, 1)
    _, y, z = _axes(before)
    now[at.TURN] = torch.cat([-y, z]) * at.TURN_SCALE
    torch.testing.assert_close(likened(now, before[at.TURN])[at.TURN], before[at.TURN], atol=1e-5, rtol=0)


def test_a_ramp_is_not_turned() -> None:
    ramp = _thing(0.0, 0.0, 0.0, is_ramp=True)
    ramp[at.TURN] = torch.tensor([1.5, 0.0, 0.0, 0.7, -0.3, 0.2])
    torch.testing.assert_close(likened(ramp), ramp)


def _with_a_few_votes(votes: Votes, thing: torch.Tensor, count: int) -> Votes:
    """Some of the places that are covered speak of another thing."""
    chosen = (votes.covered[0] > 0).nonzero()[:count, 0]
    votes.things[0, chosen] = thing
    return votes


def test_a_few_votes_for_something_within_a_thing_are_its_edge() -> None:
    large = _thing(0.0, 0.0, 1.2)
    large[at.BULK] = 1.0
    places = (_votes(large).covered[0] > 0).sum()
    assert places >= 4
    inside = _thing(0.2, 0.1, -1.0)
    layout = gather(_with_a_few_votes(_votes(large), inside, 1))[0]
    assert layout[at.BODIES][:, at.PRESENT].tolist() == [1, 0, 0, 0]
    beside = _thing(1.2, 0.1, -1.0)  # hidden behind it, mostly
    layout = gather(_with_a_few_votes(_votes(large), beside, 1))[0]
    assert layout[at.BODIES][:, at.PRESENT].tolist() == [1, 1, 0, 0]


def test_a_body_on_a_ramp_is_no_part_of_it() -> None:
    ramp, ball = _thing(0.0, 0.0, 0.5, is_ramp=True), _thing(0.2, 0.2, -1.0)
    ramp[at.BULK] = 1.0
    layout = gather(_with_a_few_votes(_votes(ramp), ball, 1))[0]
    assert layout[:, at.PRESENT].tolist() == [1, 1, 0, 0, 0, 1]
