"""Teaching what words ask of geometry."""

from pathlib import Path

import torch
from tests.tiny import SHAPE

from manazir.inference.noor.heeding import HEEDED
from manazir.models.text.encoder import TextEncoder
from manazir.training.heeding import HeedingTask, asked_of
from manazir.training.loop import Loop, load_average, train
from manazir.training.reading import answers, stacked
from manazir.worlds.captions import draw_caption
from manazir.worlds.families import draw_scene
from manazir.worlds.scene import Event


def test_heads_learn_and_the_encoder_stays(tmp_path: Path) -> None:
    torch.manual_seed(0)
    encoder = TextEncoder(SHAPE.text)
    before = {name: value.clone() for name, value in encoder.state_dict().items()}
    loop = Loop(steps=12, warmup_steps=1, cooldown_steps=2, log_every=4, adam_learning_rate=3e-2)
    lines = list(train(HeedingTask(encoder, batch=12), loop, tmp_path, torch.device("cpu")))
    assert lines[-1].loss < lines[0].loss
    assert all(torch.equal(value, before[name]) for name, value in encoder.state_dict().items())
    weights, facts = load_average(tmp_path)
    assert facts["heeder"] == {"width": SHAPE.text.width}
    assert {name.split(".")[1] for name in weights} == set(HEEDED)


def test_what_a_caption_does_not_state_is_not_asked_for() -> None:
    scene = draw_scene(Event.COLLIDE, 1)
    captions = [draw_caption(scene, "en", 3, detail) for detail in (0, 3)]
    told = stacked([answers(caption) for caption in captions])
    assert asked_of(told["event"]).tolist() == [1 + HEEDED["event"].index(Event.COLLIDE)] * 2
    cameras = asked_of(told["camera"]).tolist()
    move = 1 + HEEDED["camera"].index(scene.camera.move)
    assert cameras == [move if "camera" in caption.mentioned else 0 for caption in captions]
    assert 0 in cameras
