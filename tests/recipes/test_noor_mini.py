import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from manazir.checkpoints.bundle import fill, load_about, load_part
from manazir.models.codecs.picture import PictureCodec, PictureCodecShape
from manazir.models.noor.transformer import Noor, NoorShape
from manazir.models.text.encoder import TextEncoderShape
from manazir.recipes.noor_mini import Learning, NoorMini, noor_mini
from manazir.recipes.noor_mini_run import run_call
from manazir.training.fresh_clips import Store
from manazir.training.noor import Teaching
from manazir.training.scene_workers import Orders

CPU = torch.device("cpu")
TEXT = TextEncoderShape(width=16, layers=1, heads=2, byte_width=8, slots=6)
SHAPE = NoorShape(
    painter_widths=(8, 8, 8),
    eye_widths=(8, 8, 8),
    foley_width=8,
    animator_width=8,
    width=32,
    layers=1,
    heads=2,
    channels=4,
    rotary_dims=(8, 4, 4),
    text=TEXT,
)
FEW = Learning(batch=2, muon_learning_rate=0.01, adam_learning_rate=1e-3, ema_decay=0.9, warmup_steps=2)
TINY = NoorMini(
    total_seconds=600.0,
    call_seconds=600.0,
    closing_seconds=1.0,
    fill_share=0.2,
    most_steps=3,
    shape=SHAPE,
    codec_shape=PictureCodecShape(channels=4, fine_width=8, coarse_width=8, blocks=1),
    orders=Orders(clips=2, captions=2, sizes=((32, 32), (64, 32)), shares=(0.5, 0.5)),
    store=Store(clips=20),
    teaching=Teaching(batch=2),
    codec=FEW,
    reader=FEW,
    painter=FEW,
    finisher=FEW,
    eye=FEW,
    foley=FEW,
    noor=FEW,
    student=FEW,
    heeder=FEW,
    animator=FEW,
    codec_clips=4,
    codec_crop=32,
    finisher_clips=4,
    eye_clips=4,
    fill_clips=6,
    kept_clips=8,
    workers=1,
    waiting_batches=4,
    precision="float32",
    is_compiled=False,
    log_every=1,
)


def _steps(folder: Path) -> list[int]:
    return [json.loads(line)["step"] for line in (folder / "log.jsonl").read_text().splitlines()]


def test_the_plan_fits_what_a_repository_and_a_transfer_take() -> None:
    mini = noor_mini()
    with torch.device("meta"):
        parts = (Noor(mini.shape), PictureCodec(mini.codec_shape))
    size_bytes = 2 * sum(value.numel() for part in parts for value in part.state_dict().values())
    assert 50e6 < size_bytes < 60e6
    assert mini.orders.sizes == ((128, 128), (224, 128), (128, 224))
    shares = (
        mini.codec_share
        + mini.fill_share
        + mini.reader_share
        + mini.painter_share
        + mini.finisher_share
        + mini.eye_share
        + mini.foley_share
        + mini.distillation_share
        + mini.heeder_share
        + mini.animator_share
    )
    assert shares < 0.5  # most of the time is the generator's


@pytest.mark.slow
def test_a_run_of_two_calls_goes_on_where_the_first_stopped(tmp_path: Path) -> None:
    folder, out, told = tmp_path / "run", tmp_path / "out", []
    assert not run_call(replace(TINY, call_seconds=0.0), folder, out, CPU, tell=told.append)
    assert _steps(folder / "codec") == [1]
    assert sorted(path.name for path in out.iterdir()) == ["figures.json"]
    first = json.loads((folder / "ledger.json").read_text())

    assert run_call(TINY, folder, out, CPU, tell=told.append)
    assert _steps(folder / "codec") == [1, 2, 3]
    stages = ("reader", "painter", "finisher", "eye", "foley", "noor", "student", "heeder", "animator")
    assert [_steps(folder / stage) for stage in stages] == [[1, 2, 3]] * 9
    ledger = json.loads((folder / "ledger.json").read_text())
    assert (ledger["calls"], ledger["seconds"] > first["seconds"]) == (2, True)
    assert ledger["drawn"] > first["drawn"]
    assert all(stage["is_done"] for stage in ledger["stages"].values())

    about = load_about(out / "noor-mini")
    assert about["makes"]["is_distilled"]
    assert about["trained"]["facts"]["animator"]["animator"] == {"width": 8}
    network = Noor(SHAPE)
    fill(network, load_part(out / "noor-mini", about, "noor"), "noor-mini")
    figures = json.loads((out / "figures.json").read_text())
    assert (figures["bundle"], len(figures["logs"]["noor"])) == (["student", "heeder", "animator"], 3)
    assert figures["clips_rendered"] >= 6
    assert np.asarray(Image.open(out / "sheet.png")).std() > 0
    assert sum(1 for path in out.rglob("*") if path.is_file()) <= 8


@pytest.mark.slow
def test_a_call_that_ends_early_leaves_a_bundle_of_the_teacher_and_its_clips(tmp_path: Path) -> None:
    folder, out = tmp_path / "run", tmp_path / "out"
    slow = replace(TINY, noor=replace(FEW, batch=1), most_steps=2)
    run_call(slow, folder, out, CPU, tell=lambda _: None)
    ledger = json.loads((folder / "ledger.json").read_text())
    for stage in ("student", "heeder", "animator"):
        (folder / stage / "state.pt").unlink()
        ledger["stages"].pop(stage)
    (folder / "ledger.json").write_text(json.dumps(ledger))
    told: list[str] = []
    assert not run_call(replace(slow, call_seconds=0.0), folder, out, CPU, tell=told.append)
    assert not load_about(out / "noor-mini")["makes"]["is_distilled"]
    assert (folder / "clips.pt").exists()
    again: list[str] = []
    assert run_call(slow, folder, out, CPU, tell=again.append)
    assert any("clips of the last call are taken up" in line for line in again)
