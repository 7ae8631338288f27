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
    rough = torch.diff(paths.leave(tokens), dim=1)[:, :7].square().mean()
    paths.fit(_slow())
    made = paths.leave(tokens)
    assert made.shape == (20, 16, at.SLOTS, at.FEATURES)
    assert torch.diff(made, dim=1)[:, :7].square().mean() < 0.2 * rough


def test_noise_enters_slow_waves_alone_and_not_at_all_where_it_is_all(paths: Paths) -> None:
    paths.fit(_slow())
    paths.enter_waves.bias.data.zero_()
    noise = torch.randn(4, 16, at.SLOTS, at.FEATURES)
    assert not paths.enter(noise, torch.ones(4, 16)).any()
    fast = torch.zeros_like(noise)
    fast[:, ::2], fast[:, 1::2] = 1.0, -1.0
    half = torch.full((4, 16), 0.5)
    assert paths.enter(fast, half).square().mean() < 0.1 * paths.enter(noise, half).square().mean()


def test_a_known_frame_enters_by_itself(paths: Paths) -> None:
    sigma = torch.ones(1, 16)
    sigma[0, 3] = 0.0
    a, b = torch.randn(2, 1, 16, at.SLOTS, at.FEATURES)
    b[0, 3] = a[0, 3]
    torch.testing.assert_close(paths.enter(a, sigma), paths.enter(b, sigma))
    b[0, 3, 1] += 1.0
    changed = (paths.enter(a, sigma) - paths.enter(b, sigma)).abs().sum(-1)[0]
    assert changed.nonzero().tolist() == [[0, 1]]  # the first token of that slot
