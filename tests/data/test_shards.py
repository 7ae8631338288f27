from pathlib import Path

import numpy as np
import pytest
import torch

from manazir.core.errors import MediaError
from manazir.data.latents import LatentSet, LatentShard
from manazir.data.shards import Sample, read_shard, write_shard
from manazir.media.clip import Clip, Sound


def _sample(key: str, seed: int) -> Sample:
    rng = np.random.default_rng(seed)
    frames = rng.integers(0, 256, (3, 4, 6, 3), dtype=np.uint8)
    sound = Sound(rng.uniform(-1, 1, (50, 2)).astype(np.float32), 16000) if seed else None
    return Sample(key, Clip(frames, 12.0, sound), {"caption": "كرة", "seed": seed})


def test_samples_come_back_as_they_were(tmp_path: Path) -> None:
    written = [_sample("0001", 0), _sample("0002", 1)]
    assert write_shard(tmp_path / "a.tar", written) == 2
    for before, after in zip(written, read_shard(tmp_path / "a.tar"), strict=True):
        assert (before.key, before.truth) == (after.key, after.truth)
        np.testing.assert_array_equal(before.clip.frames, after.clip.frames)
        assert (before.clip.sound is None) == (after.clip.sound is None)
        if before.clip.sound and after.clip.sound:
            np.testing.assert_allclose(before.clip.sound.samples, after.clip.sound.samples, atol=1 / 32767)


def test_a_shard_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    def broken() -> object:
        yield _sample("0001", 0)
        raise RuntimeError("out of scenes")

    with pytest.raises(RuntimeError, match="out of scenes"):
        write_shard(tmp_path / "a.tar", broken())  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_shard_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    write_shard(path, [_sample("0001", 0)])
    path.write_bytes(path.read_bytes()[:700])
    with pytest.raises(MediaError, match="render it again"):
        list(read_shard(path))


def _latents(n: int, width: int, channels: int = 2) -> LatentShard:
    parts = (torch.randn(n, 4, channels, 2, width), torch.randn(n, 3, 5), torch.randn(n, 4, 6, 7))
    return LatentShard(*parts, [{"seed": i} for i in range(n)])


def test_latents_group_by_picture_shape_and_draws_repeat(tmp_path: Path) -> None:
    for index, (n, width) in enumerate([(2, 2), (3, 4), (1, 2)]):
        _latents(n, width).save(tmp_path / f"{index}.safetensors")
    clips = LatentSet(sorted(tmp_path.glob("*.safetensors")))
    assert {size: len(group.scenes) for size, group in clips.groups.items()} == {(2, 2, 2): 3, (2, 2, 4): 3}
    assert clips.groups[2, 2, 4].aspect == 2.0
    a = clips.draw(5, torch.Generator().manual_seed(3))
    b = clips.draw(5, torch.Generator().manual_seed(3))
    torch.testing.assert_close(a.video, b.video)
    assert a.scenes == b.scenes
    assert len(a.scenes) == 5


def test_scenes_without_pictures_are_drawn_only_where_pictures_are_not_asked_for(tmp_path: Path) -> None:
    _latents(1, 2).save(tmp_path / "0.safetensors")
    _latents(50, 4, channels=0).save(tmp_path / "1.safetensors")
    clips = LatentSet(sorted(tmp_path.glob("*.safetensors")))
    assert all(clips.draw(1, torch.Generator().manual_seed(i)).video.shape[2] for i in range(8))
    bare = clips.draw(2, torch.Generator().manual_seed(0), with_pictures=False)
    assert (bare.video.shape[2], bare.aspect) == (0, 2.0)
    with pytest.raises(MediaError, match="none of these shards has pictures"):
        LatentSet([tmp_path / "1.safetensors"]).draw(1, torch.Generator())


def test_what_is_no_shard_of_latents_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.safetensors").write_bytes(b"no")
    with pytest.raises(MediaError, match="prepare it again"):
        LatentSet([tmp_path / "a.safetensors"])
    with pytest.raises(MediaError, match="no shards"):
        LatentSet([])
