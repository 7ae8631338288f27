"""One call of noor-mini's run: from where its folder stands to where the call's time ends, and a bundle of that."""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from manazir.models.codecs.picture import PictureCodec
from manazir.models.noor.transformer import Noor
from manazir.recipes.noor_mini import NoorMini
from manazir.recipes.noor_mini_call import Call
from manazir.recipes.noor_mini_frames import laid_out, pictures
from manazir.recipes.noor_mini_leaving import leave
from manazir.recipes.runs import (
    load_codec,
    load_painter,
    start_from_eye,
    start_from_finisher,
    start_from_foley,
    start_from_painter,
    start_from_reader,
)
from manazir.training.animator import Animating, AnimatingTask
from manazir.training.codec import CodecTask
from manazir.training.distill import DistillationTask
from manazir.training.eye import LookingTask
from manazir.training.finisher import Finishing, FinishingTask
from manazir.training.foley import FoleyTask
from manazir.training.fresh_clips import FreshClips
from manazir.training.heeding import HeedingTask
from manazir.training.laid_out_frames import FrameGroup
from manazir.training.ledger import Ledger
from manazir.training.noor import NoorTask, measure_paths
from manazir.training.painter import PaintingTask
from manazir.training.reading import ReadingTask
from manazir.training.scene_workers import SceneWorkers


def run_call(
    mini: NoorMini,
    folder: Path,
    out: Path,
    device: torch.device,
    *,
    began: float | None = None,
    tell: Callable[[str], None] = print,
) -> bool:
    """Go on with the run in `folder` for one call; leave what there is in `out`. Whether the run is done.

    Args:
        began: when the call began, by `time.monotonic`; None: now.

    Raises:
        CheckpointError: the folder holds a run of other sizes.
        RuntimeError: a worker failed.
    """
    ledger = Ledger.open(folder)
    ledger.calls += 1
    with SceneWorkers(mini.orders, mini.workers, first=ledger.drawn, waiting=mini.waiting_batches) as workers:
        clips = FreshClips(workers, mini.store, mini.codec_shape.channels, mini.shape.text.limits, device)
        call = Stages(mini, folder, device, ledger, clips, time.monotonic() if began is None else began, tell)
        around = (call.codec, call.reader, call.painter, call.finisher, call.eye, call.foley)
        is_done = all(stage() for stage in (*around, call.noor, call.student, call.heeder, call.animator))
        if not is_done:
            clips.save(folder / "clips.pt", mini.kept_clips)
    leave(call, out)
    return is_done


class Stages(Call):
    """The stages, in order; each says whether it is done."""

    def codec(self) -> bool:
        """Fit it to the first clips and teach its decoder."""
        if not self.ledger.stage("codec")["is_done"]:
            learning = self.mini.codec
            shape, crop = self.mini.codec_shape, self.mini.codec_crop
            task = CodecTask(self._pictures(), shape, batch=learning.batch, crop=crop)
            assert isinstance(task.model, PictureCodec)
            self.clips.codec = task.model.to(self.device)
            if not self.teach("codec", task, learning, self.share("codec", self.mini.codec_share)):
                return False
        self.clips.codec = load_codec(self.folder / "codec").to(self.device)
        return True

    def reader(self) -> bool:
        """Fill the store, then let the text encoder read the captions in it."""
        if not self.ledger.stage("animator")["is_done"]:
            fill = min(self.mini.fill_share * self.mini.total_seconds, self.call_ends - time.monotonic())
            added = self.clips.refill(fill, enough=self.mini.fill_clips)
            added += self.clips.refill(60.0, enough=1)  # however late it is, there must be something to draw
            self.tell(f"{added} clips rendered, {len(self.clips)} are there at {self.spent:.0f} s")
        if self.ledger.stage("reader")["is_done"]:
            return True
        task = ReadingTask(self.mini.shape.text, batch=self.mini.reader.batch, lessons=self.clips.lesson)
        return self.teach("reader", task, self.mini.reader, self.share("reader", self.mini.reader_share))

    def painter(self) -> bool:
        """Teach it to paint frames from their layouts."""
        if self.ledger.stage("painter")["is_done"]:
            return True
        task = PaintingTask(self.clips, self.mini.shape, batch=self.mini.painter.batch)
        return self.teach("painter", task, self.mini.painter, self.share("painter", self.mini.painter_share))

    def finisher(self) -> bool:
        """Teach it what pictures show beyond their latents."""
        if self.ledger.stage("finisher")["is_done"]:
            return True
        painter = load_painter(self.folder / "painter", self.mini.shape)
        learning, codec = self.mini.finisher, self.clips.codec
        assert codec is not None
        finishing = Finishing(batch=learning.batch)
        frames = self._laid_out_frames(self.mini.finisher_clips)
        task = FinishingTask(frames, self.mini.shape, codec, painter, finishing)
        return self.teach("finisher", task, learning, self.share("finisher", self.mini.finisher_share))

    def eye(self) -> bool:
        """Teach it to see layouts in frames."""
        if self.ledger.stage("eye")["is_done"]:
            return True
        frames = self._laid_out_frames(self.mini.eye_clips)
        task = LookingTask(frames, self.mini.shape, batch=self.mini.eye.batch)
        return self.teach("eye", task, self.mini.eye, self.share("eye", self.mini.eye_share))

    def foley(self) -> bool:
        """Teach it how layouts sound."""
        if self.ledger.stage("foley")["is_done"]:
            return True
        task = FoleyTask(self.clips, self.mini.shape, batch=self.mini.foley.batch)
        return self.teach("foley", task, self.mini.foley, self.share("foley", self.mini.foley_share))

    def noor(self) -> bool:
        """Teach the generator, for all the time that the rest leaves."""
        if self.ledger.stage("noor")["is_done"]:
            return True
        task = NoorTask(self.clips, self.mini.shape, self.mini.teaching)
        assert isinstance(task.model, Noor)
        measure_paths(task.model, self.clips, self.device)
        start_from_reader(task.model, self.folder / "reader")
        start_from_painter(task.model, self.folder / "painter")
        start_from_eye(task.model, self.folder / "eye")
        start_from_foley(task.model, self.folder / "foley")
        start_from_finisher(task.model, self.folder / "finisher")
        self._compile(task.model)
        later = self.mini.distillation_share + self.mini.heeder_share + self.mini.animator_share
        later *= self.mini.total_seconds
        return self.teach("noor", task, self.mini.noor, self.rest() - later)

    def student(self) -> bool:
        """Teach a copy of it to need few steps."""
        if self.ledger.stage("student")["is_done"]:
            return True
        teacher, student = (self.generator("noor") for _ in range(2))
        for network in (teacher, student):
            self._compile(network)
        task = DistillationTask(self.clips, teacher, student, self.mini.teaching, self.mini.distillation)
        later = (self.mini.heeder_share + self.mini.animator_share) * self.mini.total_seconds
        return self.teach("student", task, self.mini.student, self.rest() - later)

    def heeder(self) -> bool:
        """Teach heads on its text encoder what words ask of camera and event."""
        if self.ledger.stage("heeder")["is_done"]:
            return True
        learning, encoder = self.mini.heeder, self.generator("student").text_encoder
        task = HeedingTask(encoder, batch=learning.batch, lessons=self.clips.lesson)
        return self.teach("heeder", task, learning, self.share("heeder", self.mini.heeder_share))

    def animator(self) -> bool:
        """Teach it to make clear how things move in what that copy lays out."""
        if self.ledger.stage("animator")["is_done"]:
            return True
        task = AnimatingTask(self.clips, self.generator("student"), Animating(batch=self.mini.animator.batch))
        return self.teach("animator", task, self.mini.animator, self.rest())

    def _compile(self, model: Noor) -> None:
        """The blocks alone: they are nearly all the work, and one stands for all."""
        if self.mini.is_compiled:
            for block in model.blocks:
                assert isinstance(block, torch.nn.Module)
                block.compile(dynamic=True)

    def _pictures(self) -> list[NDArray[np.uint8]]:
        found = pictures(self.clips, self.mini.codec_clips)
        self.tell(f"{len(found)} frames for the codec at {self.spent:.0f} s")
        return found

    def _laid_out_frames(self, clips: int) -> list[FrameGroup]:
        groups = laid_out(self.clips, clips)
        self.tell(f"frames of {len(groups)} shapes at {self.spent:.0f} s")
        return groups
