import pytest
import torch
from tests.tiny import SHAPE, TEXT

from manazir.core import layout as at
from manazir.inference.noor.seeing import bound, calmed, cheapest, followed, see
from manazir.inference.noor.steadying import filled, steadied
from manazir.models.noor.eye import Votes
from manazir.models.noor.sketch import places_of
from manazir.models.noor.stretch import Guide
from manazir.models.noor.transformer import Noor
from manazir.models.text.words import read_words


def _body(across: float, red: float) -> torch.Tensor:
    body = torch.zeros(at.FEATURES)
    body[at.PRESENT] = 1.0
    body[at.ACROSS], body[at.COLOUR.start], body[at.SHAPE.start] = across, red, at.KIND
    body[at.TURN] = torch.tensor([1.0, 0, 0, 0, 1.0, 0]) * at.TURN_SCALE
    return body


def _frames(*frames: list[torch.Tensor]) -> torch.Tensor:
    seen = torch.zeros(len(frames), at.SLOTS, at.FEATURES)
    seen[:, at.SET, at.PRESENT] = 1.0
    for frame, bodies in enumerate(frames):
        for slot, body in enumerate(bodies, start=at.BODIES.start):
            seen[frame, slot] = body
    return seen


def test_bodies_are_followed_from_frame_to_frame_whatever_their_order() -> None:
    red, blue = 1.5, -1.5
    seen = _frames(
        [_body(0.0, red), _body(1.0, blue)],
        [_body(0.9, blue), _body(0.2, red)],  # passing each other, in another order
        [_body(0.6, red)],  # the other is hidden
        [_body(0.5, blue), _body(0.9, red)],
    )
    ways = followed(seen, torch.arange(4))[:, at.BODIES]
    assert ways[:, 0, at.COLOUR.start].tolist() == [red] * 4
    assert ways[:, 1, at.COLOUR.start].tolist() == [blue, blue, 0, blue]
    assert ways[:, 0, at.ACROSS].tolist() == pytest.approx([0.0, 0.2, 0.6, 0.9])
    assert not ways[:, 2:].any()


def test_trembling_sizes_and_heights_are_calmed_and_blows_stay() -> None:
    torch.manual_seed(0)
    up = torch.tensor([4.0, 3, 2, 1, 0, 1, 2, 3, 2, 1, 0, 1] * 2) / 4
    true = torch.zeros(24, at.SLOTS, at.FEATURES)
    true[:, 1, at.PRESENT], true[:, 1, at.UP] = 1.0, up
    true[:, 1, at.HEIGHT], true[:, 1, at.BULK] = 0.5 * up + 0.2, torch.linspace(0, 1, 24)
    seen = true.clone()
    seen[:, 1, [at.HEIGHT, at.BULK]] += 0.1 * torch.randn(24, 2)
    made = calmed(seen, torch.arange(24))
    for feature in (at.HEIGHT, at.BULK):
        assert (made - true)[:, 1, feature].square().mean() < 0.5 * (seen - true)[:, 1, feature].square().mean()
    assert torch.equal(made[:, 1, at.UP], up)
    assert made[3:6, 1, at.HEIGHT].argmin() == 1  # it still bounces in the fifth frame
    assert torch.equal(calmed(seen[:4], torch.arange(4)), seen[:4])


def test_a_body_that_comes_later_has_a_slot_of_its_own() -> None:
    seen = _frames([_body(0.0, 1.5)], [_body(-3.0, -1.5), _body(0.1, 1.5)])
    ways = followed(seen, torch.arange(2))[:, at.BODIES]
    assert ways[:, 0, at.ACROSS].tolist() == pytest.approx([0.0, 0.1])
    assert ways[0, 1, at.PRESENT] == 0
    assert ways[1, 1, at.ACROSS] == -3.0


def test_a_body_may_have_gone_far_in_two_seconds_but_not_in_a_frame() -> None:
    seen = _frames([_body(-1.8, 1.5)], [_body(1.8, 1.5)])
    assert followed(seen, torch.tensor([0, 23]))[1, 1, at.ACROSS] == pytest.approx(1.8)
    assert followed(seen, torch.tensor([0, 1]))[1, 2, at.ACROSS] == pytest.approx(1.8)


def test_bodies_are_placed_at_the_least_cost_in_all() -> None:
    assert cheapest(torch.tensor([[0.0, 1.0, 9.0], [0.0, 5.0, 9.0]])) == (1, 0)
    assert cheapest(torch.zeros(0, 4)) == ()


def test_bodies_take_the_slots_that_words_lead_to_expect() -> None:
    words = torch.zeros(at.SLOTS, at.FEATURES)
    words[1, at.COLOUR.start], words[2, at.COLOUR.start] = -1.0, 1.0
    words[[1, 2], at.PRESENT] = 1.0
    words[[3, 4], at.PRESENT] = -1.0
    seen = _frames([_body(0.0, 1.5), _body(1.0, -1.5)])
    placed = bound(seen, words)
    assert placed[0, [1, 2], at.COLOUR.start].tolist() == [-1.5, 1.5]
    alone = bound(_frames([_body(0.0, 1.5)]), words)
    assert alone[0, :, at.PRESENT].tolist() == [1, 0, 1, 0, 0, 0]
    assert torch.equal(bound(_frames([]), words), _frames([]))


def test_what_is_seen_is_what_words_speak_of_even_if_it_looks_otherwise() -> None:
    words = torch.zeros(at.SLOTS, at.FEATURES)
    words[1, at.COLOUR.start], words[2, at.COLOUR.start] = -1.8, 1.5  # words speak of one body, and no second one
    words[1, at.PRESENT], words[2:, at.PRESENT] = 1.0, -1.0
    placed = bound(_frames([_body(0.0, 1.5)]), words)  # in the second slot, the first would be made up beside it
    assert placed[0, :, at.PRESENT].tolist() == [1, 1, 0, 0, 0, 0]


class _Clear:
    """An eye for pictures that hold one body at the place that their first pixel says."""

    def __call__(self, pictures: torch.Tensor) -> Votes:
        b, places = len(pictures), places_of(8, 8, pictures.device)
        things = torch.stack([_body(float(frame[0, 0, 0]), 1.5).expand(64, -1) for frame in pictures])
        near = (places * at.PLACE_SCALE - things[:, :, [at.ACROSS, at.UP]]).norm(dim=-1) < 1.0
        return Votes(torch.where(near, 4.0, -9.0), things, torch.zeros(b, at.FEATURES))


def test_what_is_shown_is_laid_out_and_the_rest_is_not() -> None:
    torch.manual_seed(0)
    noor = Noor(SHAPE).eval()
    object.__setattr__(noor, "eye", _Clear())
    noor._modules.pop("eye")
    guide = Guide(noor.text_encoder(read_words(["a ball"], TEXT.limits)), 1.0)
    pictures = torch.zeros(60, 3, 64, 64)
    pictures[:, 0, 0, 0] = torch.linspace(-1, 1, 60)
    shown = torch.arange(60) % 60 != 3
    layout = see(noor, guide, pictures[shown], shown, window=8)
    (slot,) = (layout[0, at.BODIES, at.PRESENT] > 0).nonzero()[0] + at.BODIES.start
    torch.testing.assert_close(layout[shown, slot, at.ACROSS], torch.linspace(-1, 1, 60)[shown], atol=1e-4, rtol=0)
    assert not layout[3].any()
    assert (layout[shown, at.SET, at.PRESENT] == 1).all()
    assert not see(noor, guide, pictures[:0], torch.zeros(60, dtype=torch.bool), window=8).any()


def test_looks_are_the_mean_of_frames_that_are_known() -> None:
    layout = _frames(*([_body(0.0, red)] for red in (1.0, 1.4, 0.0, 0.0)))[None]
    known = torch.tensor([[True, True, False, False]])[..., None].expand(-1, -1, at.SLOTS)
    assert steadied(layout, known)[0, :, 1, at.COLOUR.start].tolist() == pytest.approx([1.2] * 4)
    assert steadied(layout, ~known | known)[0, 0, 1, at.COLOUR.start] == pytest.approx(0.6)
    layout[0, :2, 1] = 0.0  # not seen where frames are known
    made = steadied(layout, known)[0, :, 1]
    assert not made[:2].any()
    assert (made[2:, at.COLOUR.start] == 0.0).all()


def test_a_camera_that_jumps_is_made_to_glide_past_what_is_known() -> None:
    layout = _frames(*[[]] * 12)[None]
    glide = torch.linspace(-1, 1, 12) ** 3
    layout[0, :, at.SET, at.CAMERA.start] = glide
    known = torch.zeros(1, 12, at.SLOTS, dtype=torch.bool)
    torch.testing.assert_close(steadied(layout, known)[0, :, at.SET, at.CAMERA.start], glide, atol=1e-5, rtol=0)
    layout[0, 6:, at.SET, at.CAMERA.start] += 1.0
    known[0, 0] = True
    path = steadied(layout, known)[0, :, at.SET, at.CAMERA.start]
    assert path[0] == glide[0]
    assert float((path[1:] - path[:-1]).max()) < 0.5


def test_what_is_not_seen_is_as_it_is_in_the_nearest_frame_that_tells() -> None:
    layout = _frames([], [_body(0.3, 1.0)], [], [_body(0.9, 1.0)], [])[None]
    made = filled(layout)[0]
    assert made[:, 1, at.ACROSS].tolist() == pytest.approx([0.3, 0.3, 0.3, 0.9, 0.9])
    assert made[:, 2, at.PRESENT].tolist() == [-1.0] * 5


def test_a_camera_goes_on_as_it_went_and_settles_and_a_still_one_stays() -> None:
    layout = torch.zeros(1, 24, at.SLOTS, at.FEATURES)
    layout[..., at.PRESENT] = 1.0
    cranes, stands = at.CAMERA.start + 2, at.CAMERA.start
    layout[0, :12, at.SET, cranes] = 0.05 * torch.arange(12)
    layout[0, :12, at.SET, stands] = 0.001 * torch.arange(12)
    layout[0, 12:, at.SET, [cranes, stands]] = 9.0  # what a network makes of it
    known = (torch.arange(24) < 12)[None, :, None].expand(1, 24, at.SLOTS)
    made = steadied(layout, known)[0, :, at.SET]
    steps = made[1:, cranes] - made[:-1, cranes]
    assert steps[11].item() == pytest.approx(0.05, abs=0.01)
    assert (steps[12:] < steps[11:-1]).all()
    assert steps[-1] > 0.02
    assert made[23, stands] == layout[0, 11, at.SET, stands]
    backwards = steadied(layout.flip(1), known.flip(1))[0, :, at.SET]
    torch.testing.assert_close(backwards.flip(0), made)


def test_a_trembling_camera_is_calmed() -> None:
    seen = torch.zeros(12, at.SLOTS, at.FEATURES)
    seen[:, at.SET, at.CAMERA.start] = 0.1 * torch.arange(12) + 0.1 * (-1.0) ** torch.arange(12)
    made = calmed(seen, torch.arange(12))[:, at.SET, at.CAMERA.start]
    assert (made[2:] - 2 * made[1:-1] + made[:-2]).abs().max() < 0.01
    assert made[-1] - made[0] == pytest.approx(1.1, abs=0.2)
