"""The whole way at tiny size: scenes → shards → codec → latents → Noor → bundle → film → frames and sound again."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from manazir.cli.main import main
from manazir.data.latents import LatentSet
from manazir.data.shards import read_shard
from manazir.inference.catalogue import DEFAULT, SHIPPED
from manazir.media.decode import read_clip
from manazir.models.codecs.picture import PictureCodec, PictureCodecShape
from manazir.models.noor.transformer import NoorShape
from manazir.models.text.encoder import TextEncoderShape
from manazir.training.codec import CodecTask, spread_frames
from manazir.training.export import export
from manazir.training.loop import Loop, train
from manazir.training.noor import NoorTask, Teaching
from manazir.training.prepare import prepare

CODEC = PictureCodecShape(channels=4, fine_width=8, coarse_width=8, blocks=1)
NOOR = NoorShape(
    painter_widths=(8, 8, 8),
    eye_widths=(8, 8, 8),
    foley_width=8,
    animator_width=8,
    width=32,
    layers=1,
    heads=2,
    channels=4,
    rotary_dims=(8, 4, 4),
    text=TextEncoderShape(width=16, layers=1, heads=2, byte_width=8, slots=6),
)
CPU = torch.device("cpu")
SHORT = Loop(steps=3, warmup_steps=1, cooldown_steps=1, log_every=1)


def test_what_scenes_teach_makes_a_film(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MANAZIR_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("MANAZIR_DEVICE", "cpu")
    rendered, latents = tmp_path / "rendered", tmp_path / "latents"
    render = ["worlds", "render", "--out", str(rendered), "--clips", "3", "--size", "128x128", "--workers", "1"]
    assert main(render) == 0
    _teach_codec(rendered, tmp_path / "codec")
    _teach_noor(rendered, latents, tmp_path / "codec", tmp_path / "noor")
    bundle, card = tmp_path / "home" / "models" / "noor-nano", {"limits": "knows little"}
    export(tmp_path / "codec", tmp_path / "noor", bundle, card, steerer=SHIPPED / DEFAULT)
    capsys.readouterr()

    film = tmp_path / "film.mp4"
    assert main(["generate", "a red ball falls", "--draft", "--seed", "1", "--json", "-o", str(film)]) == 0
    take = json.loads(capsys.readouterr().out)
    clip = read_clip(film)
    assert clip.frames.shape == (take["frames"], 128, 128, 3) == (24, 128, 128, 3)
    assert clip.sound is not None
    assert abs(clip.sound.duration_seconds - 2.0) < 0.01
    assert clip.frames.std() > 1, "a film is not a grey field"
    assert main(["models", "show", "noor-nano"]) == 0
    assert "limits: knows little" in capsys.readouterr().out


def _teach_codec(rendered: Path, folder: Path) -> None:
    frames = spread_frames([sample.clip for path in rendered.glob("*.tar") for sample in read_shard(path)], per_clip=4)
    lines = list(train(CodecTask(frames, CODEC, batch=4, crop=32), SHORT, folder, CPU))
    assert np.isfinite([line.loss for line in lines]).all()
    assert lines[-1].picture is not None


def _teach_noor(rendered: Path, latents: Path, codec_run: Path, folder: Path) -> None:
    codec = PictureCodec(CODEC)
    codec.load_state_dict(torch.load(codec_run / "state.pt", weights_only=True)["average"])
    assert list(prepare(rendered, latents, codec)) == [(1, 1)]
    task = NoorTask(LatentSet(sorted(latents.glob("*.safetensors"))), NOOR, Teaching(batch=2))
    lines = list(train(task, SHORT, folder, CPU))
    assert [line.step for line in lines] == [1, 2, 3]
    assert np.isfinite([line.loss for line in lines]).all()
