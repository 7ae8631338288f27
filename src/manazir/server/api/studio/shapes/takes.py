"""Takes as they are asked for and told."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from manazir.core.seeds import SEED_LIMIT
from manazir.server.api.asking import SettingsGiven
from manazir.server.api.canvas import CanvasGiven
from manazir.server.api.shapes import Given, Name, Told
from manazir.server.api.studio.shapes.common import RowId, TakeKind
from manazir.server.api.studio.shapes.drawings import Drawing
from manazir.server.api.telling import JobTold

MOST_SHOTS = 200
MOST_TAKES = 200
"""That are asked for at once."""


class TakesGiven(Given):
    """Takes of a shot that are to be made. What is left out is as the composer has it, else as the shot says it."""

    kind: TakeKind = Field(description="`still`: one frame; `draft`: a quick look; `master`: as good as it gets.")
    count: int = Field(1, ge=1, le=8)
    from_take_id: RowId | None = Field(
        None, description="Made again: with that take's canvas, model, settings and seed, unless others are given here."
    )
    seed: Annotated[int, Field(ge=0, lt=SEED_LIMIT)] | Literal["same", "new"] | None = Field(
        None,
        description="`same`: that of `from_take_id`, as if left out there. Several takes have it, the next one, and so "
        "on; `new`: each has one of its own.",
    )
    canvas: CanvasGiven | None = None
    model: Name | None = None
    settings: SettingsGiven | None = None
    allows_resampling: bool | None = None
    has_sound: bool | None = None
    drawing: Drawing | None = Field(None, description="Is kept with the takes.")
    priority: int = Field(0, ge=-100, le=100, description="Among your own jobs: higher ones go first.")

    @model_validator(mode="after")
    def _agree(self) -> "TakesGiven":
        if self.seed == "same" and self.from_take_id is None:
            raise ValueError("seed is that of from_take_id; give that, or another seed")
        if self.kind == "master" and self.settings is not None and self.settings.is_draft:
            raise ValueError("a master is no draft; leave settings.is_draft out")
        return self


class ShotTakesGiven(TakesGiven):
    """Takes of one of several shots."""

    shot_id: RowId


class ProjectTakesGiven(Given):
    """Takes of several shots of a project that are to be made: all of them, or none."""

    shots: list[ShotTakesGiven] = Field(min_length=1, max_length=MOST_SHOTS)

    @model_validator(mode="after")
    def _agree(self) -> "ProjectTakesGiven":
        if (count := sum(one.count for one in self.shots)) > MOST_TAKES:
            raise ValueError(f"{count} takes are more than may be asked for at once; ask for {MOST_TAKES} at most")
        return self


class TakeTold(Told):
    """A take: never changed once it is asked for."""

    id: str = Field(description="Its job's too.")
    project_id: str
    shot_id: str
    number: int = Field(description="In its shot, from 1; never given again.")
    kind: TakeKind
    parent_take_id: str | None = Field(description="The take that it was made from; that may be gone.")
    batch_id: str = Field(description="The first of the takes that were asked for together.")
    drawing: Drawing | None
    job: JobTold


class TakesTold(Told):
    """Some takes."""

    items: list[TakeTold]
