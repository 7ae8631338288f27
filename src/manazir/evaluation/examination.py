"""The examination: held-out scenes generated from their captions in every language, and read by the detectors."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from manazir.core.canvas import Canvas
from manazir.core.errors import CanvasError
from manazir.evaluation.detectors.answers import read_answers
from manazir.evaluation.held_out import Item, true_clip
from manazir.evaluation.intervals import Figure, Floats, mean_figure, median_figure, ratio_figure
from manazir.evaluation.scoring import MARKS, Marks, mark
from manazir.evaluation.sound_sync import impacts, onset_errors, onsets
from manazir.inference.engine import Made, Settings
from manazir.inference.noor.engine import generate
from manazir.inference.noor.model import NoorModel
from manazir.media.clip import Clip
from manazir.worlds.captions import LANGUAGES, Caption, Language

TRUTH = "truth"
"""What the rendered scenes themselves get: the detectors' own accuracy."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Examined:
    """One clip, read."""

    item: int
    source: str
    """A language, or `TRUTH`, which is marked by the English caption."""
    marks: Marks
    seen: tuple[float, ...]
    """When blows are seen, in seconds."""
    heard: tuple[float, ...]
    """When sounds begin."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One examined fact: the share of clips that show it, for each source, and Arabic over English."""

    name: str
    shares: Mapping[str, Figure]
    parity: Figure


def examine_truth(item: Item, index: int, width: int, height: int) -> Examined:
    """Read the rendered scene itself."""
    return examine_clip(true_clip(item, width, height), item.captions[LANGUAGES[0]], index, TRUTH)


def examine_model(item: Item, index: int, language: Language, model: NoorModel, settings: Settings) -> Examined:
    """Generate a scene from its caption in one language, at the model's first size, and read the clip."""
    caption = item.captions[language]
    canvas = Canvas(prompt=caption.text, duration_seconds=item.scene.duration_seconds)
    return examine_clip(made_clip(canvas, model, settings, item.seed), caption, index, language)


def made_clip(canvas: Canvas, model: NoorModel, settings: Settings, seed: int) -> Clip:
    """Generate, without a word on the way."""
    for event in generate(canvas, model, settings, seed):
        if isinstance(event, Made):
            return event.clip
    raise CanvasError("the engine ended without a clip; nothing of the canvas was left to make")


def examine_clip(clip: Clip, caption: Caption, index: int, source: str) -> Examined:
    """Read one clip against its caption."""
    answers = read_answers(clip.frames)
    seen = impacts([body.track for body in answers.bodies], clip.frame_rate).tolist()
    heard = [] if clip.sound is None else onsets(clip.sound).tolist()
    return Examined(item=index, source=source, marks=mark(answers, caption), seen=tuple(seen), heard=tuple(heard))


def examine(
    items: Sequence[Item], model: NoorModel, settings: Settings, done: Iterable[tuple[int, str]] = ()
) -> Iterator[Examined]:
    """Read every scene: the truth, then what the model makes of it in each language; skip what is done."""
    skipped = set(done)
    width, height = model.sizes[0]
    for index, item in enumerate(items):
        if (index, TRUTH) not in skipped:
            yield examine_truth(item, index, width, height)
        for language in LANGUAGES:
            if (index, language) not in skipped:
                yield examine_model(item, index, language, model, settings)


def summarise(examined: Sequence[Examined]) -> list[Row]:
    """Return a row for each fact."""
    count = 1 + max(one.item for one in examined)
    rows = []
    for name in MARKS:
        marks = {source: _column(examined, source, name, count) for source in (TRUTH, *LANGUAGES)}
        shares = {source: mean_figure(column) for source, column in marks.items()}
        rows.append(Row(name=name, shares=shares, parity=ratio_figure(marks["ar"], marks["en"])))
    return rows


def _column(examined: Sequence[Examined], source: str, name: str, count: int) -> Floats:
    """Return `[items]` marks, NaN where the caption did not state the fact."""
    column = np.full(count, np.nan)
    for one in examined:
        if one.source == source and name in one.marks:
            column[one.item] = one.marks[name]
    return column


def onset_error(examined: Sequence[Examined], source: str) -> Figure:
    """Return the median distance of the nearest onset from each blow that is seen, in seconds."""
    return _onset_error([(one, one) for one in examined if one.source == source])


def onset_chance(examined: Sequence[Examined], source: str) -> Figure:
    """Return the same with each clip's blows against the sound of the next: what luck alone gives."""
    clips = [one for one in examined if one.source == source]
    return _onset_error(list(zip(clips, clips[1:] + clips[:1], strict=True)))


def _onset_error(pairs: Sequence[tuple[Examined, Examined]]) -> Figure:
    """Return the median over the blows of the one against the onsets of the other."""
    errors = [onset_errors(np.array(one.seen), np.array(other.heard)) for one, other in pairs]
    return median_figure(np.concatenate([np.zeros(0), *errors]))
