"""Heeding: what words ask of geometry."""

from pathlib import Path

import pytest
import torch
from tests.tiny_noor import save_tiny_noor

from manazir.inference.noor.heeding import HEEDED, Asked, asked, heeder
from manazir.inference.noor.model import load_model
from manazir.inference.noor.sampling import Prompted
from manazir.models.text.encoder import EncodedText
from manazir.worlds.scene import CameraMove, Event

WIDTH = 8


def _text() -> EncodedText:
    torch.manual_seed(0)
    return EncodedText(torch.randn(1, 9, WIDTH), torch.ones(1, 9, dtype=torch.bool), 6)


@pytest.mark.parametrize(
    ("answer", "certainty", "move"), [(3, 9.0, CameraMove.PAN_RIGHT), (3, 2.0, None), (0, 9.0, None)]
)
def test_only_what_is_surely_asked_for_counts(answer: int, certainty: float, move: CameraMove | None) -> None:
    heads = heeder(WIDTH)
    for weight in heads.parameters():
        torch.nn.init.zeros_(weight)
    head = heads.heads["camera"]
    assert isinstance(head, torch.nn.Linear)
    with torch.no_grad():
        head.bias[answer] = certainty
    assert asked(heads, _text()) == Asked(camera=move, event=None)


def test_every_answer_has_a_number() -> None:
    heads = heeder(WIDTH)
    answers = {name: head.out_features for name, head in heads.heads.items() if isinstance(head, torch.nn.Linear)}
    assert answers == {name: 1 + len(values) for name, values in HEEDED.items()}
    assert answers.keys() == heads.slots.keys() == {"camera", "event"}


@pytest.mark.parametrize(
    ("prompt", "camera", "event"),
    [
        ("a red ball falls on a beige floor while the camera pans to the left", CameraMove.PAN_LEFT, Event.DROP),
        ("a blue cube stands still, the camera moves in closer", CameraMove.PUSH_IN, Event.REST),
        ("a green ball rolls to the right and hits a yellow cylinder", None, Event.COLLIDE),
        ("كرة حمراء تصطدم بمكعب أزرق", None, Event.COLLIDE),
        ("كرة حمراء تسقط على الأرض", None, Event.DROP),
    ],
)
def test_the_shipped_model_hears_what_is_asked(prompt: str, camera: CameraMove | None, event: Event) -> None:
    model = load_model("noor-nano")
    assert model.heeder is not None
    with torch.no_grad():
        text = Prompted.encode(model.noor, [prompt], [""]).wanted
    assert asked(model.heeder, text) == Asked(camera=camera, event=event)


def test_a_model_without_heads_does_nothing_for_words(tmp_path: Path) -> None:
    save_tiny_noor(tmp_path)
    assert load_model("noor-nano", folder=tmp_path / "models" / "noor-nano").heeder is None
