"""noor-mini: trained on one GPU in half an hour, from nothing to a bundle; gpu/QUEUE.md has the commands.

Everything is sized by time: how much is given in all, and how much at a stretch. A call goes on where the last one
stopped, and leaves a bundle of what there is (`recipes/noor_mini_run.py`).
"""

from dataclasses import dataclass, field
from typing import Literal

from manazir.models.codecs.picture import PictureCodecShape
from manazir.models.noor.transformer import NoorShape
from manazir.training.distill import Distillation
from manazir.training.fresh_clips import Store
from manazir.training.loop import Loop
from manazir.training.noor import Teaching
from manazir.training.scene_workers import Orders


@dataclass(frozen=True, kw_only=True, slots=True)
class Learning:
    """How one stage learns."""

    batch: int
    muon_learning_rate: float
    adam_learning_rate: float
    ema_decay: float
    warmup_steps: int = 100
    cooldown_share: float = 0.25
    """Of the stage's time, at its end."""
    gradient_limit: float = 1.0

    def loop(self, precision: Literal["float32", "bfloat16"], log_every: int) -> Loop:
        """The training loop's settings; a pace gives it its steps."""
        return Loop(
            steps=1,
            warmup_steps=self.warmup_steps,
            muon_learning_rate=self.muon_learning_rate,
            adam_learning_rate=self.adam_learning_rate,
            gradient_limit=self.gradient_limit,
            ema_decay=self.ema_decay,
            log_every=log_every,
            samples_every=10**9,  # a sheet is made when a call ends
            precision=precision,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class NoorMini:
    """The whole run. Shares are of `total_seconds`; what they leave is the generator's."""

    total_seconds: float = 27 * 60.0
    call_seconds: float = 9.3 * 60.0
    """From a call's beginning to its end, export included."""
    opening_seconds: float = 45.0
    """What a later call spends before its first step: a guess, for the plan alone."""
    closing_seconds: float = 35.0
    """Kept free at a call's end for saving, a contact sheet and the export."""
    codec_share: float = 0.055
    fill_share: float = 0.04
    reader_share: float = 0.04
    painter_share: float = 0.06
    finisher_share: float = 0.06
    eye_share: float = 0.06
    foley_share: float = 0.03
    distillation_share: float = 0.12
    heeder_share: float = 0.004
    animator_share: float = 0.03
    render_share: float = 0.25
    """Of the time of every stage: goes into new clips."""
    most_steps: int = 10**9
    """Of each stage, whatever the time."""

    shape: NoorShape = field(default_factory=lambda: NoorShape(width=384, layers=8, heads=6))
    codec_shape: PictureCodecShape = field(default_factory=PictureCodecShape)
    orders: Orders = field(default_factory=lambda: Orders(clips=32))
    store: Store = field(default_factory=Store)
    teaching: Teaching = field(default_factory=lambda: Teaching(batch=256))
    distillation: Distillation = field(default_factory=Distillation)

    codec: Learning = Learning(
        batch=64, muon_learning_rate=0.02, adam_learning_rate=1e-3, ema_decay=0.998, gradient_limit=0.5
    )
    reader: Learning = Learning(batch=512, muon_learning_rate=0.01, adam_learning_rate=2e-3, ema_decay=0.99)
    painter: Learning = Learning(
        batch=512, muon_learning_rate=0.02, adam_learning_rate=2e-3, ema_decay=0.99, cooldown_share=0.6
    )
    finisher: Learning = Learning(
        batch=128, muon_learning_rate=0.02, adam_learning_rate=2e-3, ema_decay=0.99, cooldown_share=0.6
    )
    eye: Learning = Learning(
        batch=512, muon_learning_rate=0.02, adam_learning_rate=2e-3, ema_decay=0.99, cooldown_share=0.6
    )
    foley: Learning = Learning(
        batch=512, muon_learning_rate=0.02, adam_learning_rate=2e-3, ema_decay=0.99, cooldown_share=0.6
    )
    noor: Learning = Learning(
        batch=256, muon_learning_rate=0.02, adam_learning_rate=1e-3, ema_decay=0.9992, warmup_steps=200
    )
    student: Learning = Learning(
        batch=256, muon_learning_rate=0.004, adam_learning_rate=3e-4, ema_decay=0.998, cooldown_share=0.4
    )
    heeder: Learning = Learning(batch=512, muon_learning_rate=0.01, adam_learning_rate=1e-2, ema_decay=0.98)
    animator: Learning = Learning(
        batch=128,
        muon_learning_rate=0.02,
        adam_learning_rate=2e-3,
        ema_decay=0.99,
        warmup_steps=20,
        cooldown_share=0.6,
    )

    codec_clips: int = 1500
    """Whose pictures teach the codec."""
    codec_crop: int = 64
    finisher_clips: int = 2000
    """Of which four frames each teach the finisher."""
    eye_clips: int = 4000
    """Of which four frames each teach the eye."""
    fill_clips: int = 24_000
    """Enough to begin with; fewer if their time is up."""
    kept_clips: int = 40_000
    """Kept on disk between calls."""
    workers: int = 15
    waiting_batches: int = 1500
    """Drawn and not yet rendered, of all workers together."""
    precision: Literal["float32", "bfloat16"] = "bfloat16"
    is_compiled: bool = True
    """Whether the generator's blocks and the ray caster go through torch.compile."""
    log_every: int = 20


def noor_mini(total_minutes: float = 27.0, call_minutes: float = 9.3, *, compiled: bool = True) -> NoorMini:
    """The run for a GPU of 80 GB or more and 16 CPU cores."""
    return NoorMini(
        total_seconds=60 * total_minutes,
        call_seconds=60 * call_minutes,
        store=Store(is_compiled=compiled, memory_bytes=12 << 30),
        is_compiled=compiled,
    )
