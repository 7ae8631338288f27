"""The commands of docs/train-noor.md, in order, with a step or two of each."""

import functools
import json
from importlib import import_module
from pathlib import Path

import pytest

from manazir.cli.main import main
from manazir.media.probe import probe
from manazir.training import sheets


def _do(verb: str, **options: object) -> None:
    words = [word for name, value in options.items() for word in (f"--{name.replace('_', '-')}", str(value))]
    assert main([*verb.split(), *words]) == 0


@pytest.mark.timeout(600)
def test_from_scenes_to_a_clip(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MANAZIR_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("MANAZIR_DEVICE", "cpu")
    two = functools.partial(sheets.prompt_sheet, prompts=sheets.PROMPTS[3:5])  # a dozen would be most of the test
    monkeypatch.setattr(import_module("manazir.recipes.noor_nano"), "prompt_sheet", two)
    rendered, latents, runs = tmp_path / "rendered", tmp_path / "latents", tmp_path / "runs"
    few = {"steps": 2, "cooldown_steps": 1}
    _do("worlds render", out=rendered, clips=4, per_shard=2, workers=1, size="128x128")
    _do("train noor_nano_codec", folder=runs / "codec", rendered=rendered, **few)
    _do("worlds encode", rendered=rendered, codec=runs / "codec", out=latents)
    _do("train noor_nano_reader", folder=runs / "reader", batch=4, **few)
    both = {"latents": latents, "codec": runs / "codec", "batch": 2}
    _do("train noor_nano_painter", folder=runs / "painter", **both, **few)
    painted = {"painter": runs / "painter"}
    _do("train noor_nano_finisher", folder=runs / "finisher", rendered=rendered, **painted, **both, **few)
    _do("train noor_nano_eye", folder=runs / "eye", rendered=rendered, **painted, **both, **few)
    _do("train noor_nano_foley", folder=runs / "foley", latents=latents, batch=2, **few)
    parts = {part: runs / part for part in ("reader", "painter", "finisher", "eye", "foley")}
    _do("train noor_nano", folder=runs / "noor", **parts, **both, **few)
    _do("train noor_nano_distilled", folder=runs / "few", teacher=runs / "noor", **both, **few)
    _do("train noor_nano_amended", folder=runs / "amended", latents=latents, noor=runs / "few", batch=2, **few)
    _do("train noor_nano_animator", folder=runs / "animator", latents=latents, noor=runs / "amended", batch=2, **few)
    _do("worlds simulate --steered", out=tmp_path / "steered", scenes=2, per_shard=2, workers=1)
    _do("train noor_nano_steerer", folder=runs / "steerer", scenes=tmp_path / "steered", batch=2, **few)
    _do("train noor_nano_heeder", folder=runs / "heeder", noor=runs / "amended", batch=2, **few)
    refused = ["train", "noor_nano_animator", "--noor", str(runs / "noor"), "--latents", str(latents)]
    assert main([*refused, "--folder", str(runs / "none")]) == 2
    assert "is not distilled; run manazir train noor_nano_distilled" in capsys.readouterr().err
    (tmp_path / "card.json").write_text(json.dumps({"data": "four clips"}))
    bundle = tmp_path / "home" / "models" / "noor-nano"
    trained = {part: runs / part for part in ("codec", "animator", "steerer", "heeder")} | {"noor": runs / "amended"}
    _do("models export", **trained, card=tmp_path / "card.json", out=bundle)
    assert main(["generate", "a red ball", "--steps", "1", "--seed", "1", "-o", str(tmp_path / "a.mp4")]) == 0
    facts = probe(tmp_path / "a.mp4")
    assert (facts.width, facts.height, facts.sound is not None) == (128, 128, True)
    assert sorted(path.name for path in (runs / "noor" / "samples").iterdir()) == ["0000002.png"]
    for part in ("painter", "finisher", "eye"):
        assert (runs / part / "samples" / "0000002.png").exists()
    on = dict.fromkeys(parts, runs / "none") | {"start": bundle}
    _do("train noor_nano", folder=runs / "on", **both, **few, **on)  # from the bundle, without a reader
