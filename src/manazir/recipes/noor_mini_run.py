"""One call of noor-mini's run: from where its folder stands to where the call's time ends, and a bundle of that."""

import json
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from manazir.checkpoints.bundle import fill
from manazir.inference.catalogue import DEFAULT, SHIPPED
from manazir.inference.noor.sampling import Sampling
from manazir.models.codecs.picture import PictureCodec
from manazir.models.noor.transformer import Noor
from manazir.recipes.noor_mini import Learning, NoorMini
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
from manazir.training.distill import FEW, DistillationTask
from manazir.training.export import export, load_trained
from manazir.training.eye import LookingTask
from manazir.training.finisher import Finishing, FinishingTask
from manazir.training.foley import FoleyTask
from manazir.training.fresh_clips import FreshClips
from manazir.training.heeding import HeedingTask
from manazir.training.laid_out_frames import FrameGroup
from manazir.training.ledger import Ledger
from manazir.training.loop import Progress, Task, train
from manazir.training.noor import NoorTask, measure_paths
from manazir.training.pace import Timed
from manazir.training.painter import PaintingTask
from manazir.training.reading import ReadingTask
from manazir.training.scene_workers import SceneWorkers
from manazir.training.sheets import prompt_sheet

LEAST_SECONDS = 5.0
"""A stage that begins late gets at least this."""

LINES = 200
"""Of each stage's log in the figures."""


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
        call = _Call(mini, folder, device, ledger, clips, time.monotonic() if began is None else began, tell)
        around = (call.codec, call.reader, call.painter, call.finisher, call.eye, call.foley)
        is_done = all(stage() for stage in (*around, call.noor, call.student, call.heeder, call.animator))
        if not is_done:
            clips.save(folder / "clips.pt", mini.kept_clips)
    call.leave(out)
    return is_done


class _Call:
    """The stages, in order; each says whether it is done."""

    def __init__(
        self,
        mini: NoorMini,
        folder: Path,
        device: torch.device,
        ledger: Ledger,
        clips: FreshClips,
        began: float,
        tell: Callable[[str], None],
    ) -> None:
        self.mini, self.folder, self.device = mini, folder, device
        self.ledger, self.clips, self.began, self.tell = ledger, clips, began, tell
        if (folder / "clips.pt").exists():
            clips.load(folder / "clips.pt")
            tell(f"{len(clips)} clips of the last call are taken up at {self.spent:.0f} s")

    @property
    def spent(self) -> float:
        """Seconds of this call."""
        return time.monotonic() - self.began

    @property
    def call_ends(self) -> float:
        return self.began + self.mini.call_seconds - self.mini.closing_seconds

    def codec(self) -> bool:
        """Fit it to the first clips and teach its decoder."""
        if not self.ledger.stage("codec")["is_done"]:
            learning = self.mini.codec
            shape, crop = self.mini.codec_shape, self.mini.codec_crop
            task = CodecTask(self._pictures(), shape, batch=learning.batch, crop=crop)
            assert isinstance(task.model, PictureCodec)
            self.clips.codec = task.model.to(self.device)
            if not self._train("codec", task, learning, self._share("codec", self.mini.codec_share)):
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
        return self._train("reader", task, self.mini.reader, self._share("reader", self.mini.reader_share))

    def painter(self) -> bool:
        """Teach it to paint frames from their layouts."""
        if self.ledger.stage("painter")["is_done"]:
            return True
        task = PaintingTask(self.clips, self.mini.shape, batch=self.mini.painter.batch)
        return self._train("painter", task, self.mini.painter, self._share("painter", self.mini.painter_share))

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
        return self._train("finisher", task, learning, self._share("finisher", self.mini.finisher_share))

    def eye(self) -> bool:
        """Teach it to see layouts in frames."""
        if self.ledger.stage("eye")["is_done"]:
            return True
        frames = self._laid_out_frames(self.mini.eye_clips)
        task = LookingTask(frames, self.mini.shape, batch=self.mini.eye.batch)
        return self._train("eye", task, self.mini.eye, self._share("eye", self.mini.eye_share))

    def foley(self) -> bool:
        """Teach it how layouts sound."""
        if self.ledger.stage("foley")["is_done"]:
            return True
        task = FoleyTask(self.clips, self.mini.shape, batch=self.mini.foley.batch)
        return self._train("foley", task, self.mini.foley, self._share("foley", self.mini.foley_share))

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
        return self._train("noor", task, self.mini.noor, self._rest() - later)

    def student(self) -> bool:
        """Teach a copy of it to need few steps."""
        if self.ledger.stage("student")["is_done"]:
            return True
        teacher, student = (self._generator("noor") for _ in range(2))
        for network in (teacher, student):
            self._compile(network)
        task = DistillationTask(self.clips, teacher, student, self.mini.teaching, self.mini.distillation)
        later = (self.mini.heeder_share + self.mini.animator_share) * self.mini.total_seconds
        return self._train("student", task, self.mini.student, self._rest() - later)

    def heeder(self) -> bool:
        """Teach heads on its text encoder what words ask of camera and event."""
        if self.ledger.stage("heeder")["is_done"]:
            return True
        learning, encoder = self.mini.heeder, self._generator("student").text_encoder
        task = HeedingTask(encoder, batch=learning.batch, lessons=self.clips.lesson)
        return self._train("heeder", task, learning, self._share("heeder", self.mini.heeder_share))

    def animator(self) -> bool:
        """Teach it to make clear how things move in what that copy lays out."""
        if self.ledger.stage("animator")["is_done"]:
            return True
        task = AnimatingTask(self.clips, self._generator("student"), Animating(batch=self.mini.animator.batch))
        return self._train("animator", task, self.mini.animator, self._rest())

    def leave(self, out: Path) -> None:
        """The bundle so far, figures with the log, and a contact sheet."""
        out.mkdir(parents=True, exist_ok=True)
        figures = self._figures()
        stages = self.ledger.stages
        if (self.folder / "noor" / "state.pt").exists():
            is_distilled = bool(stages.get("student", {}).get("is_done"))
            run = "student" if is_distilled else "noor"  # a student in the middle of it is worse than its teacher
            heeder, animator = (
                self.folder / name if stages.get(name, {}).get("is_done") else None for name in ("heeder", "animator")
            )
            figures["bundle"] = [run, *(folder.name for folder in (heeder, animator) if folder is not None)]
            card = {key: figures[key] for key in ("name", "data", "device", "stages", "clips_rendered", "limits")}
            export(
                self.folder / "codec",
                self.folder / run,
                out / "noor-mini",
                card,
                steerer=SHIPPED / DEFAULT,
                heeder=heeder,
                animator_run=animator,
            )
            Image.fromarray(self._sheet(self._generator(run, animator), is_distilled)).save(out / "sheet.png")
        figures["seconds"] = round(self.ledger.seconds + self.spent, 1)
        (out / "figures.json").write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n")
        self.ledger.write(self.spent)
        self.tell(f"call {self.ledger.calls} is over after {self.spent:.0f} s; {out} holds what there is")

    def _train(self, name: str, task: Task, learning: Learning, seconds: float) -> bool:
        stage, began = self.ledger.stage(name), time.monotonic()
        before, seconds = stage["seconds"], max(seconds, LEAST_SECONDS)
        pace = Timed(
            time.monotonic,
            stage_ends=began + seconds,
            call_ends=self.call_ends,
            cooldown_seconds=learning.cooldown_share * (before + seconds),
            most_steps=self.mini.most_steps,
        )
        loop, refilled = learning.loop(self.mini.precision, self.mini.log_every), began
        for line in train(task, loop, self.folder / name, self.device, pace):
            share = self.mini.render_share / (1 - self.mini.render_share)
            self.clips.refill(share * (time.monotonic() - refilled))
            refilled = time.monotonic()
            stage.update(seconds=before + refilled - began, steps=line.step, is_done=line.step >= line.steps)
            self._note(name, line)
        return bool(stage["is_done"])

    def _note(self, name: str, line: Progress) -> None:
        self.ledger.drawn = self.clips.workers.drawn
        self.ledger.write(self.spent)
        numbers = ", ".join(f"{key} {value:.3f}" for key, value in line.numbers.items())
        self.tell(
            f"{self.spent:6.0f} s  {name} {line.step} of {line.steps}: loss {line.loss:.4f}, {numbers}; "
            f"{1000 * line.seconds_per_step:.0f} ms a step, {self.clips.rendered} clips"
        )

    def _share(self, name: str, share: float) -> float:
        return share * self.mini.total_seconds - float(self.ledger.stage(name)["seconds"])

    def _rest(self) -> float:
        """Seconds of training that are left of the whole, without the ends and beginnings of calls."""
        left = self.mini.total_seconds - self.ledger.seconds - self.spent
        later = left - max(0.0, self.mini.call_seconds - self.spent)
        more_calls = math.ceil(max(0.0, later) / max(self.mini.call_seconds, 1.0))
        closing, opening = self.mini.closing_seconds, self.mini.opening_seconds
        return left - closing - more_calls * (opening + closing)

    def _pictures(self) -> list[NDArray[np.uint8]]:
        """A few frames of each of the first clips."""
        frames = [frame for batch in self._drawn(self.mini.codec_clips) for frame in batch.frames.numpy()]
        self.tell(f"{len(frames)} frames for the codec at {self.spent:.0f} s")
        return frames

    def _laid_out_frames(self, clips: int) -> list[FrameGroup]:
        """A few frames of each of other clips, with their layouts, by picture shape."""
        groups: dict[tuple[int, ...], list[FrameGroup]] = {}
        for batch in self._drawn(clips):
            groups.setdefault(batch.frames.shape[1:], []).append(batch)
        self.tell(f"frames of {len(groups)} shapes at {self.spent:.0f} s")
        return [
            FrameGroup(torch.cat([part.frames for part in parts]), torch.cat([part.layout for part in parts]))
            for parts in groups.values()
        ]

    def _drawn(self, clips: int) -> Iterator[FrameGroup]:
        """About four frames each of so many new clips."""
        while clips > 0:
            batch = self.clips.frames(60.0)
            if batch is None:
                raise RuntimeError("the workers drew no scene in a minute; are there processors for them?")
            frames, layouts = batch
            clips -= len(frames)
            step = max(1, frames.shape[1] // 4)
            yield FrameGroup(frames[:, ::step].flatten(0, 1), layouts[:, ::step].flatten(0, 1))

    def _generator(self, run: str, animator: Path | None = None) -> Noor:
        weights, _ = load_trained(self.folder / run, animator)
        network = Noor(self.mini.shape)
        fill(network, weights, f"the run in {self.folder / run}")
        return network.to(self.device)

    def _compile(self, model: Noor) -> None:
        """The blocks alone: they are nearly all the work, and one stands for all."""
        if self.mini.is_compiled:
            for block in model.blocks:
                assert isinstance(block, torch.nn.Module)
                block.compile(dynamic=True)

    def _sheet(self, noor: Noor, is_distilled: bool) -> NDArray[np.uint8]:
        sampling = replace(FEW if is_distilled else Sampling(), shift=self.mini.teaching.shift)
        codec, size = load_codec(self.folder / "codec"), self.mini.orders.sizes[0]
        return prompt_sheet(noor, codec, sampling=sampling, size=size, frames=self.mini.store.frames)

    def _figures(self) -> dict[str, Any]:
        name = torch.cuda.get_device_name(self.device) if self.device.type == "cuda" else "CPU"
        logs = {stage: _log_lines(self.folder / stage / "log.jsonl") for stage in self.ledger.stages}
        return {
            "name": "noor-mini",
            "data": f"simulated scenes ({self.clips.hash}), without the combinations kept for examination",
            "device": f"{name}, torch {torch.__version__}",
            "limits": "scenes of the simulator only: simple bodies, one event, two seconds at a time",
            "calls": self.ledger.calls,
            "clips_rendered": self.clips.rendered,
            "clips_in_store": len(self.clips),
            "stages": self.ledger.stages,
            "mini": asdict(self.mini),
            "logs": logs,
        }


def _log_lines(path: Path) -> list[dict[str, Any]]:
    """The log's lines, evenly thinned out."""
    lines = path.read_text().splitlines() if path.exists() else []
    step = -(-len(lines) // LINES) or 1
    return [json.loads(line) for line in lines[::-1][::step][::-1]]  # the last one is among them
