import json
from pathlib import Path

import numpy as np

from manazir.core.canvas import Canvas, Extension, Keyframe, Modification, Region
from manazir.core.hashes import hash_of_file
from manazir.core.rectangles import Rectangle
from manazir.inference.record import canvas_record, parent_hash, source_hash
from manazir.media.clip import Clip, Sound

CLIP = Clip(np.zeros((2, 4, 4, 3), np.uint8), 8.0)
OTHER = Clip(np.zeros((4, 2, 4, 3), np.uint8), 8.0)


def test_only_what_was_said_is_recorded_and_it_is_json() -> None:
    record = canvas_record(Canvas(prompt="كرة", seed=4, actions=("left", "jump")))
    assert record == {"prompt": "كرة", "seed": 4, "actions": ["left", "jump"]}
    assert json.loads(json.dumps(record)) == record


def test_files_are_recorded_by_path_and_hash_however_the_path_was_given(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(b"not looked into here")
    told = {"path": str(path), "sha256": hash_of_file(path)}
    keys = (Keyframe(image=path, at_seconds=0.0), Keyframe(image=str(path), at_seconds=None))
    record = canvas_record(Canvas(keyframes=keys, sound=str(path), references=(path, str(path), CLIP.frames[0])))
    assert record["references"][:2] == [told, told]
    assert record["references"][2]["path"] is None
    assert record["keyframes"] == [{"image": told, "at_seconds": 0.0}, {"image": told, "at_seconds": None}]
    assert record["sound"] == told


def test_a_prompt_is_never_taken_for_a_path() -> None:
    assert canvas_record(Canvas(prompt="/etc/hostname"))["prompt"] == "/etc/hostname"


def test_what_was_in_memory_is_recorded_by_its_hash() -> None:
    picture = np.zeros((4, 4, 3), np.uint8)
    record = canvas_record(
        Canvas(
            keyframes=(Keyframe(image=picture, at_seconds=0.0),),
            sound=Sound(np.zeros((4, 1), np.float32), 16_000),
            extension=Extension(clip=CLIP),
        )
    )
    assert record["keyframes"][0]["image"] == {"path": None, "sha256": source_hash(picture)}
    assert record["extension"]["clip"]["sha256"] == source_hash(CLIP)
    assert json.dumps(record)


def test_a_region_is_told_with_the_hash_of_its_mask(tmp_path: Path) -> None:
    corner = Rectangle(left=0.0, top=0.0, width=0.5, height=0.5)
    mask = np.zeros((4, 4, 3), np.uint8)
    region = Region(rectangles=(corner,), mask=mask, is_kept=False)
    told = canvas_record(Canvas(modification=Modification(clip=CLIP, region=region)))["modification"]["region"]
    assert told["rectangles"] == [{"left": 0.0, "top": 0.0, "width": 0.5, "height": 0.5}]
    assert told["mask"] == {"path": None, "sha256": source_hash(mask)}
    assert told["is_kept"] is False
    (tmp_path / "m.png").write_bytes(b"x")
    region = Region(mask=str(tmp_path / "m.png"))
    told = canvas_record(Canvas(modification=Modification(clip=CLIP, region=region)))["modification"]["region"]
    assert told["mask"]["sha256"] == source_hash(tmp_path / "m.png")


def test_the_same_numbers_in_another_shape_have_another_hash() -> None:
    assert source_hash(CLIP) != source_hash(OTHER)
    assert source_hash(CLIP) == source_hash(Clip(CLIP.frames.copy(), 8.0))


def test_the_parent_is_the_clip_that_a_canvas_starts_from() -> None:
    assert parent_hash(Canvas(prompt="x")) is None
    canvases = (
        Canvas(extension=Extension(clip=CLIP)),
        Canvas(modification=Modification(clip=CLIP)),
        Canvas(sound_for=CLIP),
    )
    assert {parent_hash(canvas) for canvas in canvases} == {source_hash(CLIP)}
