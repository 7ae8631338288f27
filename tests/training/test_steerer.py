"""Teaching the steerer: pairs of scenes, and what is learnt from them."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch

from manazir.checkpoints.bundle import load_about, load_part
from manazir.core import layout as at
from manazir.core.errors import CheckpointError, MediaError
from manazir.models.noor.steerer import ACTIONS, Steerer
from manazir.training.export import load_steerer
from manazir.training.loop import Loop, load_average, train
from manazir.training.steered_scenes import STEERED, SteeredPairs, held, prepare_steered, steered_pair, steered_shards
from manazir.training.steerer import Steering, SteeringTask
from manazir.worlds.dataset import Rendering
from manazir.worlds.scene import Action, Event


def _rendering(folder: Path, clips: int = 4) -> Rendering:
    return Rendering(clips=clips, folder=folder, per_shard=2, seed=3, mixture=STEERED)


def test_pairs_are_made_once_and_read_back(tmp_path: Path) -> None:
    assert [done for done, _ in prepare_steered(_rendering(tmp_path), 1)] == [0, 1, 2]
    kept = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assert [done for done, _ in prepare_steered(_rendering(tmp_path), 1)] == [2]
    assert {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == kept
    pairs = SteeredPairs.load(steered_shards(tmp_path))
    assert pairs.left.shape == pairs.steered.shape == (4, 24, at.SLOTS, at.FEATURES)
    left, _, actions = steered_pair(_rendering(tmp_path), 0)
    torch.testing.assert_close(pairs.left[0].float(), left, atol=2e-3, rtol=1e-3)
    assert torch.equal(pairs.actions[0], actions)


def test_a_pair_is_the_same_until_the_first_action(tmp_path: Path) -> None:
    changed = 0
    for clip in range(8):
        left, steered, actions = steered_pair(_rendering(tmp_path), clip)
        first = int(actions.nonzero()[0, 0]) if actions.any() else len(actions)
        assert torch.equal(left[: first + 1], steered[: first + 1])
        changed += int(not torch.equal(left, steered))
    assert changed >= 6


def test_keys_are_held() -> None:
    rng = np.random.default_rng(0)
    games = [held(rng, 24) for _ in range(30)]
    assert all(len(game) == 24 for game in games)
    assert {action for game in games for action in game} == set(Action)
    assert sum(a is not b for game in games for a, b in pairwise(game)) < 30 * 5


def test_a_rendering_without_anything_to_steer_is_refused(tmp_path: Path) -> None:
    swings = Rendering(clips=1, folder=tmp_path, seed=3, mixture=((Event.UNIFORM, 1.0),))
    with pytest.raises(Exception, match="none of a hundred scenes has a body that can be steered"):
        steered_pair(swings, 0)


def test_it_says_what_shards_are_missing(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="manazir worlds simulate --steered"):
        SteeredPairs.load([])
    (tmp_path / "a.safetensors").write_bytes(b"nothing")
    with pytest.raises(MediaError, match="holds other things than steered scenes"):
        SteeredPairs.load([tmp_path / "a.safetensors"])


def _gripping() -> SteeredPairs:
    """Cubes that grip: what is pushed to the right does not move at all."""
    left = torch.zeros(64, 12, at.SLOTS, at.FEATURES)
    left[..., at.PRESENT] = torch.tensor([1.0, 1, -1, -1, -1, -1])
    left[:, :, 1, at.SHAPE.start + 1] = at.KIND
    actions = torch.zeros(64, 12, dtype=torch.uint8)
    actions[:, 2:] = ACTIONS.index("right")
    return SteeredPairs(left, left.clone(), actions)


def test_a_steerer_learns_what_pushes_do_not_do(tmp_path: Path) -> None:
    torch.manual_seed(0)
    task = SteeringTask(_gripping(), Steering(batch=16, width=16))
    loop = Loop(
        steps=120, warmup_steps=5, cooldown_steps=60, muon_learning_rate=0.05, adam_learning_rate=1e-2, log_every=1
    )
    losses = [line.loss for line in train(task, loop, tmp_path / "run", torch.device("cpu"))]
    assert sum(losses[-5:]) < 0.4 * sum(losses[:5])
    weights, facts = load_steerer(tmp_path / "run")
    assert facts["steerer"] == {"width": 16}
    Steerer(16, 12.0).load_state_dict(weights)


def test_a_steerer_comes_from_a_run_or_from_a_bundle(tmp_path: Path) -> None:
    from manazir.inference.catalogue import DEFAULT, SHIPPED

    weights, facts = load_steerer(SHIPPED / DEFAULT)
    assert facts["steerer"] == load_about(SHIPPED / DEFAULT)["steerer"]
    assert set(weights) == set(load_part(SHIPPED / DEFAULT, load_about(SHIPPED / DEFAULT), "steerer"))
    with pytest.raises(CheckpointError, match=r"model\.json is missing"):
        load_steerer(tmp_path)
    with pytest.raises(CheckpointError, match="holds no"):
        load_average(tmp_path)
