from pathlib import Path

import pytest
import torch
from torch import nn

from manazir.checkpoints import bundle
from manazir.checkpoints.bundle import fill, load_about, load_part, save_bundle, weights_hash
from manazir.core.errors import CheckpointError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save_bundle(tmp_path, {"kind": "test"}, {"net": nn.Linear(3, 2).state_dict(), "other": {"n": torch.ones(1)}})
    return tmp_path


def test_weights_come_back_in_half_precision(folder: Path) -> None:
    about = load_about(folder)
    assert about["kind"] == "test"
    tensors = load_part(folder, about, "net")
    assert tensors["weight"].dtype == torch.float32
    fill(nn.Linear(3, 2), tensors, "a test")


def test_shards_stay_below_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "LARGEST_SHARD_BYTES", 2**18 + 3000)
    tensors = {f"w{i}": torch.full((1000,), float(i)) for i in range(4)}
    save_bundle(tmp_path, {}, {"net": tensors})
    assert len(list(tmp_path.glob("net-*-of-00004.safetensors"))) == 4
    loaded = load_part(tmp_path, load_about(tmp_path), "net")
    assert {name: float(value[0]) for name, value in loaded.items()} == {"w0": 0.0, "w1": 1.0, "w2": 2.0, "w3": 3.0}


def test_saving_again_leaves_no_stale_shard(folder: Path) -> None:
    save_bundle(folder, {}, {"net": {"w": torch.ones(2)}})
    assert [path.name for path in folder.glob("*.safetensors")] == ["net-00001-of-00001.safetensors"]


def test_missing_and_damaged_files_are_named(folder: Path) -> None:
    about = load_about(folder)
    file = next(folder.glob("net-*.safetensors"))
    whole = file.read_bytes()
    file.write_bytes(whole[:-3])
    with pytest.raises(CheckpointError, match="cut short"):
        load_part(folder, about, "net")
    file.write_bytes(whole[:-1] + b"x")
    with pytest.raises(CheckpointError, match="its hash differs"):
        load_part(folder, about, "net")
    file.unlink()
    with pytest.raises(CheckpointError, match="is missing"):
        load_part(folder, about, "net")


def test_a_folder_without_a_model_and_a_damaged_description(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"model\.json is missing"):
        load_about(tmp_path)
    (tmp_path / "model.json").write_text("{")
    with pytest.raises(CheckpointError, match="damaged"):
        load_about(tmp_path)
    (tmp_path / "model.json").write_text('{"format": 99}')
    with pytest.raises(CheckpointError, match="format 99"):
        load_about(tmp_path)


def test_another_architecture_is_refused_with_counts(folder: Path) -> None:
    tensors = load_part(folder, load_about(folder), "net")
    with pytest.raises(CheckpointError, match="another architecture: 0 missing, 0 unknown, 2 of another shape"):
        fill(nn.Linear(4, 5), tensors, "a test")


def test_the_hash_follows_the_weights(tmp_path: Path) -> None:
    hashes = []
    for value in (1.0, 1.0, 2.0):
        save_bundle(tmp_path, {}, {"net": {"w": torch.tensor([value])}})
        hashes.append(weights_hash(load_about(tmp_path)))
    assert hashes[0] == hashes[1] != hashes[2]
