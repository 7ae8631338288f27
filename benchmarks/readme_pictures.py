"""Make the README's pictures: python benchmarks/readme_pictures.py [--steps N]

Every prompt is of a combination that was held out of training; the pictures and clips given are renders of held-out
scenes. One seed for all, chosen before anything was seen.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import manazir
from manazir.core.canvas import CameraPath, Canvas, Extension, Keyframe
from manazir.evaluation.held_out import draw_items, true_clip
from manazir.inference.engine import Settings
from manazir.media.clip import Clip
from manazir.media.encode import write_picture
from manazir.media.sheet import contact_sheet
from manazir.worlds.scene import Event

FOLDER = Path(__file__).parents[1] / "docs" / "pictures"
SEED = 7
PROMPTS = (
    "an orange ball falls and bounces",
    "كرة برتقالية تسقط وترتد",
    "a green cube slides to the left",
    "مكعب أخضر ينزلق نحو اليسار",
    "a yellow ball swings like a pendulum",
    "كرة صفراء تتأرجح مثل البندول",
    "a pink cylinder rolls to the right",
    "أسطوانة وردية تتدحرج نحو اليمين",
    "a blue cube topples over",
    "مكعب أزرق ينقلب",
    "a black ball is thrown to the right",
    "كرة سوداء تُرمى نحو اليمين",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=None)
    settings = Settings(steps=parser.parse_args().steps)
    FOLDER.mkdir(parents=True, exist_ok=True)
    clips = [manazir.generate(Canvas(prompt=prompt, seed=SEED), settings=settings) for prompt in PROMPTS]
    write_picture(
        np.concatenate([_sheet(clips[i::2], PROMPTS[i::2], 5) for i in (0, 1)], axis=1), FOLDER / "prompts.png"
    )
    truth = _held_out_clips()
    for name, label, canvases in _modes(truth):
        made = [manazir.generate(canvas, settings=settings) for canvas in canvases]
        labels = [label.format(i if one.camera is None else one.camera.move) for i, one in enumerate(canvases, 1)]
        write_picture(_sheet(made, labels, 8), FOLDER / f"{name}.png")
        print(name)


def _held_out_clips() -> list[tuple[str, Clip]]:
    return [(item.captions["en"].text, true_clip(item, 128, 128)) for item in draw_items(2, SEED)]


def _modes(truth: list[tuple[str, Clip]]) -> list[tuple[str, str, list[Canvas]]]:
    silent = [Clip(clip.frames, clip.frame_rate) for _, clip in truth]
    first = [
        Canvas(prompt=text, keyframes=(Keyframe(image=clip.frames[0], at_seconds=0.0),), seed=SEED)
        for text, clip in truth
    ]
    both = [
        Canvas(
            prompt=text,
            keyframes=(
                Keyframe(image=clip.frames[0], at_seconds=0.0),
                Keyframe(image=clip.frames[-1], at_seconds=None),
            ),
            seed=SEED,
        )
        for text, clip in truth
    ]
    after = [
        Canvas(prompt=text, extension=Extension(clip=clip), duration_seconds=2.0, seed=SEED) for text, clip in truth
    ]
    return [
        ("first-frame", "on from a picture ({}): the first frame was given", first),
        ("first-last", "between two pictures ({}): the first and the last frame were given", both),
        ("extension", "on from a clip ({}): the first half was given", after),
        ("camera", "on from one picture, with the camera path “{}”", _filmed()),
        ("loop", "a loop ({})", [Canvas(prompt="a yellow ball swings like a pendulum", is_loop=True, seed=SEED)]),
        ("sound", "sound for a silent clip ({})", [Canvas(sound_for=clip, seed=SEED) for clip in silent]),
    ]


def _filmed() -> list[Canvas]:
    """The first of some held-out scenes in which all rests, filmed in three ways."""
    item = next(item for item in draw_items(100, SEED) if item.scene.event is Event.REST)
    first = Keyframe(image=true_clip(item, 128, 128).frames[0], at_seconds=0.0)
    paths = [CameraPath(move=move) for move in ("orbit left", "push in", "crane up")]
    words = item.captions["en"].text
    return [Canvas(prompt=words, keyframes=(first,), camera=path, seed=SEED) for path in paths]


def _sheet(clips: Sequence[Clip], labels: Sequence[str], columns: int) -> NDArray[np.uint8]:
    return contact_sheet(clips, labels=labels, columns=columns, cell_height=128, waveform_height=18)


if __name__ == "__main__":
    main()
