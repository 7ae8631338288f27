from pathlib import Path

import pytest
import torch
from tests.tiny import SHAPE

from manazir.core.errors import MediaError
from manazir.data.latents import LatentShard
from manazir.data.shards import Sample, write_shard
from manazir.media.clip import Clip
from manazir.models.codecs.picture import PictureCodec, PictureCodecShape
from manazir.models.noor.painter import Painter
from manazir.models.noor.transformer import Noor
from manazir.recipes.runs import start_from_finisher
from manazir.training.finisher import Finishing, FinishingTask
from manazir.training.laid_out_frames import FrameGroup, laid_out_frames
from manazir.training.loop import Loop, train
from manazir.worlds.families import draw
from manazir.worlds.layout import layout_of
from manazir.worlds.render import render_frames
from manazir.worlds.scene import Event


def _frames(size: int = 32) -> FrameGroup:
    scene, motion = draw(2, {Event.DROP: 1.0})
    frames = torch.from_numpy(render_frames(scene, motion, size, size))
    return FrameGroup(frames, torch.from_numpy(layout_of(scene, motion)))


def _codec(frames: torch.Tensor) -> PictureCodec:
    codec = PictureCodec(PictureCodecShape(channels=3, fine_width=8, coarse_width=8, blocks=1))
    codec.fit(frames.permute(0, 3, 1, 2).float() / 127.5 - 1)
    return codec


def test_a_finisher_learns_what_the_codec_loses_and_a_generator_starts_from_it(tmp_path: Path) -> None:
    torch.manual_seed(0)
    data = _frames()
    finishing = Finishing(batch=8, painted_share=1.0, latent_noise=0.0)
    task = FinishingTask([data], SHAPE, _codec(data.frames), Painter(3, (8, 8, 8)), finishing, shown=2)
    loop = Loop(steps=60, warmup_steps=5, cooldown_steps=40, muon_learning_rate=0.02, adam_learning_rate=1e-2)
    lines = list(train(task, loop, tmp_path, torch.device("cpu")))
    assert lines[-1].numbers["gain"] > 1.0
    picture = lines[-1].picture
    assert picture is not None
    assert picture.shape == (3 * 32, 2 * 32, 3)
    noor = Noor(SHAPE)
    start_from_finisher(noor, tmp_path)
    true = data.frames.permute(0, 3, 1, 2).float() / 127.5 - 1
    with torch.no_grad():
        soft = task.codec.decode(task.painter(data.layout, 2, 2))
        sharp = noor.finisher(soft, data.layout)
    assert (sharp - true).square().mean() < 0.8 * (soft - true).square().mean()


def test_frames_go_with_their_layouts(tmp_path: Path) -> None:
    data = _frames()
    shard, prepared = tmp_path / "a.tar", tmp_path / "a.safetensors"
    write_shard(
        shard, [Sample(str(k), Clip(data.frames.numpy()[::-1] if k else data.frames.numpy(), 12.0), {}) for k in (0, 1)]
    )
    layouts = torch.stack([data.layout, data.layout.flip(0)])
    blank = torch.zeros(2, len(data.frames), 3, 2, 2)
    LatentShard(blank, torch.zeros(2, 4, 5), layouts, [{}, {}]).save(prepared)
    (group,) = laid_out_frames([shard], [prepared], per_clip=3)
    at = [0, round((len(data.frames) - 1) / 2), len(data.frames) - 1]
    torch.testing.assert_close(group.frames[:3], data.frames[at])
    torch.testing.assert_close(group.layout[:3].float(), data.layout[at], atol=2e-3, rtol=0)
    torch.testing.assert_close(group.layout[3].float(), data.layout[-1], atol=2e-3, rtol=0)
    write_shard(shard, [Sample("0", Clip(data.frames.numpy(), 12.0), {})])
    with pytest.raises(MediaError, match=r"holds 1 clips and .* 2; prepare it again"):
        laid_out_frames([shard], [prepared], per_clip=3)
    with pytest.raises(MediaError, match="render some clips first"):
        FinishingTask([], SHAPE, _codec(data.frames), Painter(3, (8, 8, 8)), Finishing())
