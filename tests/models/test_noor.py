from dataclasses import replace

import pytest
import torch
from tests import tiny

from manazir.core import layout as at
from manazir.models.codecs.picture import PictureCodec, PictureCodecShape
from manazir.models.noor.anchors import agreeing
from manazir.models.noor.stretch import Guide, Levels, Stretch
from manazir.models.noor.transformer import Noor
from manazir.models.text.words import WordLimits, read_words, split_words

SHAPE = replace(tiny.SHAPE, layers=2)


@pytest.fixture
def noor() -> Noor:
    torch.manual_seed(0)
    model = Noor(SHAPE).eval()
    for weight in model.parameters():  # those that start at zero would hide mistakes
        torch.nn.init.normal_(weight, std=0.2)
    return model


def _stretch(h: int = 4, w: int = 4, seed: int = 0) -> Stretch:
    generator = torch.Generator().manual_seed(seed)
    return Stretch(
        torch.randn(2, 8, 3, h, w, generator=generator),
        torch.randn(2, 4, 5, generator=generator),
        torch.randn(2, 8, at.SLOTS, at.FEATURES, generator=generator),
    )


def _guide(model: Noor, texts: tuple[str, ...] = ("a red ball", "كرة"), **others: object) -> Guide:
    text = model.text_encoder(read_words(texts, tiny.TEXT.limits))
    return Guide(text, **{"aspect": 1.0, **others})


def _levels(value: float = 0.5) -> Levels:
    return Levels(torch.full((2, 8), value), torch.full((2, 4), value), torch.full((2, 8, at.SLOTS), value))


def test_patches_undo_themselves(noor: Noor) -> None:
    video = _stretch(4, 6).video
    tokens, grid = noor.patchify(video), noor.grid(video)
    assert grid == (2, 4, 6)
    torch.testing.assert_close(noor.unpatchify(tokens, grid), video)


@pytest.mark.parametrize(("h", "w"), [(4, 4), (4, 8), (8, 4)])
def test_any_picture_shape_passes(noor: Noor, h: int, w: int) -> None:
    made = noor(_stretch(h, w), _levels(), _guide(noor))
    assert made.video.shape == (2, 8, 3, h, w)
    assert made.sound.shape == (2, 4, 5)
    assert made.layout.shape == (2, 8, at.SLOTS, at.FEATURES)


def test_what_happens_can_be_asked_for_without_pictures(noor: Noor) -> None:
    made = noor(_stretch().without_pictures(), _levels(), _guide(noor))
    assert made.video.shape == (2, 8, 3, 0, 0)
    assert torch.isfinite(made.layout).all()


def test_noise_of_which_nothing_is_known_does_not_reach_a_layout(noor: Noor) -> None:
    x, changed = _stretch().without_pictures(), _stretch().without_pictures()
    changed.layout[:, 1:] += 1.0
    levels = _levels(1.0)
    levels.layout[:, 0] = 0.0
    a, b = noor(x, levels, _guide(noor)), noor(changed, levels, _guide(noor))
    torch.testing.assert_close(a.layout[:, 1:], b.layout[:, 1:])
    changed.layout[0, 0] += 1.0
    assert not torch.allclose(noor(changed, levels, _guide(noor)).layout[0, 1:], a.layout[0, 1:])


def test_what_is_made_agrees_with_the_frames_that_are_known() -> None:
    made = torch.zeros(1, 6, 2, at.FEATURES)
    noisy, sigma = torch.ones(1, 6, 2, at.FEATURES), torch.ones(1, 6, 2)
    assert (agreeing(made, noisy, sigma) == 0).all()
    sigma[0, 1] = 0.0
    assert (agreeing(made, noisy, sigma) == 1).all()
    noisy[0, 5], sigma[0, 5] = 5.0, 0.0
    assert agreeing(made, noisy, sigma)[0, :, 0, at.UP].tolist() == [1, 1, 2, 3, 4, 5]
    sigma[0, 1, 1] = 1.0  # nothing is seen of the second thing there
    assert agreeing(made, noisy, sigma)[0, :, 1, at.UP].tolist() == [5] * 6


def test_tokens_that_take_no_part_come_back_as_painter_and_level_tell(noor: Noor) -> None:
    every = noor(_stretch(), _levels(), _guide(noor, drawn=torch.arange(32)))
    torch.testing.assert_close(every.video, noor(_stretch(), _levels(), _guide(noor)).video)
    some = noor(_stretch(), _levels(), _guide(noor, drawn=torch.tensor([0, 17])))
    torch.nn.init.zeros_(noor.video_leave.weight)
    torch.nn.init.zeros_(noor.video_leave.bias)
    nothing = noor(_stretch(), _levels(), _guide(noor))
    made = (some.video - nothing.video).abs() > 1e-5
    assert made[:, :4, :, 0, 0].all()
    assert made[:, 4:, :, 0, 1].all()
    assert int(made.sum()) == 2 * 2 * 4 * 3


def test_what_is_known_comes_back_as_it_is_and_noise_alone_says_nothing(noor: Noor) -> None:
    x = _stretch()
    made = noor(x, _levels(0.0), _guide(noor))
    for part, known in ((made.video, x.video), (made.sound, x.sound), (made.layout, x.layout)):
        torch.testing.assert_close(part, known)
    torch.nn.init.zeros_(noor.video_leave.weight)
    torch.nn.init.zeros_(noor.video_leave.bias)
    painted = noor.painter(x.layout.flatten(0, 1), 4, 4).unflatten(0, (2, 8))
    torch.testing.assert_close(noor(x, _levels(1.0), _guide(noor)).video, painted)


def test_the_layout_reaches_the_pictures(noor: Noor) -> None:
    x, changed = _stretch(), _stretch()
    changed.layout[0] += 1.0
    a, b = noor(x, _levels(), _guide(noor)), noor(changed, _levels(), _guide(noor))
    assert not torch.allclose(a.video[0], b.video[0])
    torch.testing.assert_close(a.video[1], b.video[1])


def test_causal_tokens_do_not_see_what_comes_later(noor: Noor) -> None:
    early, changed = _stretch(), _stretch()
    changed.video[:, 4:] += 1.0
    changed.sound[:, 2:] += 1.0
    changed.layout[:, 4:] += 1.0
    guide = _guide(noor, is_causal=True)
    a, b = noor(early, _levels(), guide), noor(changed, _levels(), guide)
    torch.testing.assert_close(a.video[:, :4], b.video[:, :4])
    torch.testing.assert_close(a.sound[:, :1], b.sound[:, :1])  # the foley looks two frames ahead
    assert not torch.allclose(a.video[:, 4:], b.video[:, 4:])
    both = replace(guide, is_causal=False)
    assert not torch.allclose(noor(early, _levels(), both).video[:, :4], noor(changed, _levels(), both).video[:, :4])


@pytest.mark.parametrize("part", ["text", "levels", "aspect", "step", "guidance"])
def test_everything_it_is_told_matters(noor: Noor, part: str) -> None:
    guide, levels = _guide(noor), _levels()
    other, other_levels = guide, levels
    if part == "text":
        other = _guide(noor, ("a blue cube", "كرة"))
    elif part == "levels":
        other_levels = Levels(levels.video.clone(), levels.sound, levels.layout)
        other_levels.video[0, 0] = 0.0
    elif part == "aspect":
        other = replace(guide, aspect=1.75)
    elif part == "step":
        other = replace(guide, step=torch.full((2,), 0.5))
    else:
        other = replace(guide, guidance=torch.full((2,), 4.0))
    a, b = noor(_stretch(), levels, guide), noor(_stretch(), other_levels, other)
    assert not torch.allclose(a.video[0], b.video[0])


def test_a_text_is_told_once_to_stretches_that_share_it(noor: Noor) -> None:
    shared = Stretch(
        *(part.repeat(2, *[1] * (part.ndim - 1)) for part in (_stretch().video, _stretch().sound, _stretch().layout))
    )
    levels = Levels(
        *(part.repeat(2, *[1] * (part.ndim - 1)) for part in (_levels().video, _levels().sound, _levels().layout))
    )
    guide = _guide(noor)
    once, twice = (
        noor(_stretch(), _levels(), guide),
        noor(shared, levels, guide),
    )
    for part, other in ((once.video, twice.video), (once.layout, twice.layout)):
        torch.testing.assert_close(torch.cat([part, part]), other, atol=1e-4, rtol=1e-3)


def test_items_of_a_batch_do_not_see_each_other(noor: Noor) -> None:
    x, changed = _stretch(), _stretch()
    changed.video[1] += 1.0
    a, b = noor(x, _levels(), _guide(noor)), noor(changed, _levels(), _guide(noor))
    torch.testing.assert_close(a.video[0], b.video[0])


def test_padding_of_a_longer_neighbour_changes_nothing(noor: Noor) -> None:
    short = noor(_stretch(), _levels(), _guide(noor, ("a red ball", "x")))
    long = noor(_stretch(), _levels(), _guide(noor, ("a red ball", "a much longer text with many words in it")))
    torch.testing.assert_close(short.video[0], long.video[0], atol=1e-5, rtol=1e-4)


def test_words_keep_arabic_vowel_signs_and_cut_at_the_limit() -> None:
    assert split_words("مكعبًا أحمر.") == ["مكعبًا", "أحمر", "."]
    words = read_words(["one two three", "two"], WordLimits(words=2, bytes_per_word=4))
    assert words.present.tolist() == [[True, True], [True, False]]
    assert words.places[0, 1] == words.places[1, 0]
    assert words.spellings.shape[1] == 4


def test_an_empty_text_is_read(noor: Noor) -> None:
    assert torch.isfinite(noor.text_encoder(read_words(["", ""], tiny.TEXT.limits)).tokens).all()


class TestPictureCodec:
    shape = PictureCodecShape(channels=12, fine_width=8, coarse_width=8, blocks=1)

    def _pictures(self) -> torch.Tensor:
        """Smooth pictures of few degrees of freedom, as rendered ones are."""
        x = torch.linspace(-1, 1, 64)
        ramps = torch.stack([x[None, :] * a + x[:, None] * (0.5 - a) for a in torch.linspace(0, 0.5, 20)])
        return ramps[:, None].repeat(1, 3, 1, 1)

    def test_latents_have_mean_zero_and_mean_variance_one(self) -> None:
        codec = PictureCodec(self.shape)
        codec.fit(self._pictures())
        latents = codec.encode(self._pictures())
        assert latents.shape == (20, 12, 4, 4)
        assert abs(float(latents.mean())) < 0.1
        assert float(latents.square().mean((0, 2, 3)).mean()) == pytest.approx(1.0, rel=0.01)

    def test_pictures_of_the_fitted_kind_come_back(self) -> None:
        codec = PictureCodec(self.shape)
        codec.fit(self._pictures())
        torch.testing.assert_close(codec.decode(codec.encode(self._pictures())), self._pictures(), atol=0.02, rtol=0)
