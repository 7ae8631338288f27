import pytest
import torch

from manazir.core import layout as at
from manazir.models.noor.paths import Paths


@pytest.fixture
def paths() -> Paths:
    torch.manual_seed(0)
    return Paths(frames=8, width=16)


def _slow(count: int = 200) -> torch.Tensor:
    """Layouts that go evenly from one place to another, over two tokens."""
    ends = torch.randn(2, count, 1, at.SLOTS, at.FEATURES)
    share = torch.linspace(0, 1, 16)[None, :, None, None]
    return ends[0] + share * (ends[1] - ends[0])


def _entered(paths: Paths, noisy: torch.Tensor, sigma: torch.Tensor) -> torch.Tensor:
    return paths.enter(noisy, sigma, paths.expect(noisy, sigma))


def _left(paths: Paths, tokens: torch.Tensor, noisy: torch.Tensor, sigma: torch.Tensor) -> torch.Tensor:
    return paths.leave(tokens, noisy, sigma, paths.expect(noisy, sigma))


def _at(level: float, clean: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    return clean + level * (torch.randn_like(clean) - clean), torch.full(clean.shape[:3], level)


def test_waves_are_a_change_of_axes(paths: Paths) -> None:
    torch.testing.assert_close(paths.basis.T @ paths.basis, torch.eye(8), atol=1e-5, rtol=0)


def test_slow_paths_vary_in_slow_waves(paths: Paths) -> None:
    paths.fit(_slow())
    spread = paths.spread.mean((0, 2))
    assert spread[0] > 2.0
    assert float(spread[3:].max()) < 0.1


def test_what_leaves_is_as_smooth_as_what_was_measured(paths: Paths) -> None:
    torch.nn.init.normal_(paths.leave_waves.weight)
    tokens = torch.randn(20, 2, at.SLOTS, 16)
    told = torch.randn(20, 16, at.SLOTS, at.FEATURES), torch.ones(20, 16, at.SLOTS)
    rough = torch.diff(_left(paths, tokens, *told), dim=1)[:, :7].square().mean()
    paths.fit(_slow())
    made = _left(paths, tokens, *told)
    assert made.shape == (20, 16, at.SLOTS, at.FEATURES)
    assert torch.diff(made, dim=1)[:, :7].square().mean() < 0.2 * rough


def test_noise_enters_slow_waves_alone_and_not_at_all_where_it_is_all(paths: Paths) -> None:
    paths.fit(_slow())
    paths.enter_waves.bias.data.zero_()
    noise = torch.randn(4, 16, at.SLOTS, at.FEATURES)
    assert not _entered(paths, noise, torch.ones(4, 16, at.SLOTS)).any()
    fast = torch.zeros_like(noise)
    fast[:, ::2], fast[:, 1::2] = 1.0, -1.0
    half = torch.full((4, 16, at.SLOTS), 0.5)
    assert _entered(paths, fast, half).square().mean() < 0.1 * _entered(paths, noise, half).square().mean()


def test_a_known_frame_enters_by_itself(paths: Paths) -> None:
    sigma = torch.ones(1, 16, at.SLOTS)
    sigma[0, 3] = 0.0
    a, b = torch.randn(2, 1, 16, at.SLOTS, at.FEATURES)
    b[0, 3] = a[0, 3]
    torch.testing.assert_close(_entered(paths, a, sigma), _entered(paths, b, sigma))
    b[0, 3, 1] += 1.0
    changed = (_entered(paths, a, sigma) - _entered(paths, b, sigma)).abs().sum(-1)[0]
    assert changed.nonzero().tolist() == [[0, 1]]  # the first token of that slot


def test_known_frames_say_how_a_body_goes_on(paths: Paths) -> None:
    paths.fit(_slow(2000))
    clean = _slow(50)[:, :8]
    sigma = torch.ones(50, 8, at.SLOTS)
    sigma[:, :4] = 0.0
    sigma[:, :, 3] = 1.0  # of which nothing is known
    noisy = torch.where(sigma[..., None] == 0, clean, torch.randn_like(clean))
    expected = paths.expect(noisy, sigma)
    way = torch.einsum("tk,bgskf->bgtsf", paths.basis, expected.mean).flatten(1, 2)
    moving = slice(at.ACROSS, at.BULK + 1)
    miss = (way - clean)[:, 7, [1, 2, 4, 5], moving].square().mean()
    held = (clean[:, 3] - clean[:, 7])[:, [1, 2, 4, 5], moving].square().mean()
    assert miss < 0.1 * held
    assert not expected.mean[:, :, 3].any()
    torch.testing.assert_close(expected.spread[0, 0, 3], paths.spread[3])
    assert (expected.spread[0, 0, 1, :2, moving] < 0.2 * paths.spread[1, :2, moving]).all()


def test_at_little_noise_nearly_all_is_said_before_the_network_speaks(paths: Paths) -> None:
    paths.fit(_slow())
    clean, tokens = _slow(20), torch.randn(20, 2, at.SLOTS, 16)
    noisy, sigma = _at(0.2, clean)
    silent = (_left(paths, tokens, noisy, sigma) - clean).square().mean().sqrt()
    assert silent < 0.15  # less than the noise that came in
    torch.nn.init.normal_(paths.leave_waves.weight, std=0.25)
    far = _left(paths, tokens, noisy, sigma * 5) - _left(paths, torch.zeros_like(tokens), noisy, sigma * 5)
    near = _left(paths, tokens, noisy, sigma) - _left(paths, torch.zeros_like(tokens), noisy, sigma)
    assert near.square().mean() < 0.1 * far.square().mean()
    torch.testing.assert_close(_left(paths, tokens, clean, torch.zeros_like(sigma)), clean, atol=1e-4, rtol=0)


def test_a_known_frame_says_no_less_among_the_waves_than_a_noisy_one(paths: Paths) -> None:
    paths.fit(_slow())
    clean = _slow(20)
    noisy, sigma = _at(0.5, clean)
    tokens = torch.zeros(20, 2, at.SLOTS, 16)
    without = (_left(paths, tokens, noisy, sigma) - clean).square().mean()
    noisy[:, ::2], sigma[:, ::2] = clean[:, ::2], 0.0
    assert (_left(paths, tokens, noisy, sigma) - clean).square().mean() < without


def test_the_network_may_say_that_waves_do_not_vary_in_a_case(paths: Paths) -> None:
    paths.fit(_slow())
    tokens = torch.zeros(20, 2, at.SLOTS, 16)
    noisy, sigma = _at(0.3, _slow(20))
    usual = _left(paths, tokens, noisy, sigma)
    with torch.no_grad():  # of what rests, only the first wave varies
        paths.leave_spreads.bias.view(len(paths.bands), -1)[1:] = -9.0
    still = _left(paths, tokens, noisy, sigma)
    assert usual[:, :8].std(1).mean() > 0.1
    assert still[:, :8].std(1).mean() < 0.01
    torch.testing.assert_close(still[:, :8].mean(1), usual[:, :8].mean(1), atol=1e-4, rtol=0)
