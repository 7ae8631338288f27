"""Projects, shots and takes as they are given and told."""

from datetime import datetime
from typing import Annotated, Literal, cast, get_args

from pydantic import Field, StringConstraints, model_validator

from manazir.core.canvas import LONGEST_PROMPT
from manazir.core.seeds import SEED_LIMIT
from manazir.director.briefs import LONGEST_BRIEF
from manazir.server.api.asking import SettingsGiven
from manazir.server.api.canvas import CanvasGiven, Side
from manazir.server.api.shapes import Given, Name, Paged, Text, Told
from manazir.server.api.telling import JobTold

Language = Literal["en", "ar"]
Framing = Literal["extreme_wide", "wide", "full", "medium", "close", "extreme_close"]
Move = Literal[
    "still",
    "pan_left",
    "pan_right",
    "tilt_up",
    "tilt_down",
    "orbit_left",
    "orbit_right",
    "push_in",
    "pull_out",
    "crane_up",
    "crane_down",
]
TakeKind = Literal["still", "draft", "master"]
ShotState = Literal["planned", "still", "drafts", "master", "chosen"]
RowId = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"),
    Field(examples=["0190163d-8694-739b-aea6-966c26f8ad91"]),
]
Version = Annotated[int, Field(ge=1, le=2**31 - 1)]
Title = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f]*$", max_length=200)]
Words = Annotated[Text, Field(max_length=LONGEST_PROMPT)]
Seconds = Annotated[float, Field(gt=0, le=600)]
LARGEST_DRAFT_BYTES = 65_536
MOST_SHOTS = 200
MOST_TAKES = 200
"""That are asked for at once."""
STAYS = "null, or left out: stays."
OF_WHEN = (
    "Of what was changed: if it was changed since, and differs, this is refused. null: it is meant whatever it was."
)


class ProjectsAsked(Paged):
    """Which projects."""

    named: Annotated[Text, Field(max_length=200)] = Field("", description="Only those with this in their names.")
    is_archived: bool = Field(False, description="Those of the archive, in the place of all others.")


class BriefGiven(Given):
    """What a film is to be about, in the words of whoever wants it."""

    text: Annotated[Text, Field(max_length=LONGEST_BRIEF)]
    language: Language | None = Field(None, description="null: the one that most of its letters are of.")


class BriefTold(Told):
    """The same, as it is kept."""

    text: str
    language: Language


class ProjectGiven(Given):
    """A project that is to be begun."""

    name: Name
    brief: BriefGiven | None = None
    sample: Language | None = Field(
        None, description="A brief to begin with, in that language; its shots are made at once."
    )
    width: Side | None = Field(None, description="Of what is made of it; null: the model's own.")
    height: Side | None = None
    model: Name | None = Field(None, description="See `GET /models`; null: the one that ships with Manazir.")

    @model_validator(mode="after")
    def _agree(self) -> "ProjectGiven":
        if self.sample is not None and self.brief is not None:
            raise ValueError("the sample is a brief; give one of both")
        return self


class ProjectChange(Given):
    """What of a project is changed."""

    name: Name | None = Field(None, description=STAYS)
    brief: BriefGiven | None = Field(None, description=STAYS)
    width: Side | None = Field(None, description="null: the model's own.")
    height: Side | None = None
    model: Name | None = Field(None, description="null: the one that ships with Manazir.")
    is_archived: bool | None = Field(
        None,
        description="Into the archive, and back: an archived one is not among the others, and nothing in it changes. "
        + STAYS,
    )
    version: Version | None = Field(None, description=OF_WHEN)

    @model_validator(mode="after")
    def _agree(self) -> "ProjectChange":
        if self.is_archived and self.model_fields_set - {"is_archived", "version"}:
            raise ValueError("a project is archived as it is; change it before")
        return self


class PlanGiven(Given):
    """What is to be made into shots."""

    text: Annotated[Text, Field(max_length=LONGEST_BRIEF)] | None = Field(
        None, description="Becomes the project's brief; null: the brief that it has."
    )
    language: Language | None = Field(None, description="null: the one that most of its letters are of.")


class Mark(Given):
    """Something that was drawn on a frame."""

    kind: Literal["arrow", "box", "pen", "words"]
    points: list[Annotated[list[Annotated[float, Field(ge=0, le=1)]], Field(min_length=2, max_length=2)]] = Field(
        min_length=1, max_length=2000, description="Each across and down, in shares of the frame: [0, 0] is top left."
    )
    colour: Annotated[Text, Field(max_length=40)]
    width: float = Field(gt=0, le=1000, description="Of the line, in thousandths of the frame's height.")
    text: Annotated[Text, Field(max_length=500)] | None = None


class DrawingGround(Given):
    """The picture that was drawn on."""

    file: Annotated[str, StringConstraints(pattern=r"^asset:[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")] = (
        Field(description="A picture or a clip of yours, which is kept as long as the drawing is.")
    )
    frame: int | None = Field(None, ge=0, le=1_000_000, description="Of a clip, from 0; null: it is a picture.")
    take_id: RowId | None = Field(None, description="The take that made it; that may be gone.")


class Drawing(Given):
    """What was drawn on a frame, for whoever makes the next take."""

    at_seconds: float = Field(ge=0, le=600, description="Where in the whole that frame was.")
    ground: DrawingGround | None = Field(None, description="null: it is not known.")
    marks: list[Mark] = Field(max_length=200)

    @model_validator(mode="after")
    def _is_small(self) -> "Drawing":
        check_size(self, "a drawing")
        return self


class ComposerDraft(Given):
    """What stands in the composer of a shot, as it was left; it may contradict itself, and need not be whole."""

    canvas: CanvasGiven | None = None
    kind: TakeKind | None = None
    count: int | None = Field(None, ge=1, le=8)
    model: Name | None = None
    settings: SettingsGiven | None = None
    allows_resampling: bool | None = None
    has_sound: bool | None = None
    drawing: Drawing | None = None

    @model_validator(mode="after")
    def _is_small(self) -> "ComposerDraft":
        check_size(self, "what stands in a composer")
        return self


class ShotFields(Given):
    """What a shot is described by; null: it is not said."""

    title: Title | None = None
    prompt: Words | None = Field(None, description="What is seen and heard.")
    framing: Framing | None = None
    move: Move | None = Field(None, description="Of the camera.")
    duration_seconds: Seconds | None = None
    line: Words | None = Field(None, description="What is spoken.")
    notes: Words | None = None


class ShotGiven(ShotFields):
    """A shot that is to be added."""

    before: RowId | None = Field(None, description="The shot that it is put before; null: at the end.")


class ShotChange(ShotFields):
    """What of a shot is changed; what is left out stays, and null empties."""

    composer: ComposerDraft | None = None
    references: list[RowId] | None = Field(None, max_length=32, description="Files that it is to look like.")
    chosen_take_id: RowId | None = Field(None, description="One of its takes that has succeeded; null: none.")
    version: Version | None = Field(None, description=OF_WHEN)


class ShotPlace(Given):
    """Where among the shots."""

    before: RowId | None = Field(description="The shot that it is put before; null: the end.")


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


class ShotTold(Told):
    """A shot with its takes."""

    id: str
    project_id: str
    number: int = Field(description="In its project, from 1.")
    title: str
    prompt: str
    framing: Framing | None
    move: Move | None
    duration_seconds: float | None
    line: str
    notes: str
    state: ShotState = Field(description="The farthest that it has come.")
    version: int = Field(description="Counts its changes.")
    composer: ComposerDraft | None
    references: list[str]
    chosen_take_id: str | None
    takes: list[TakeTold] = Field(description="The first one first.")
    created_at: datetime
    updated_at: datetime


class ProjectTold(Told):
    """A project at a glance."""

    id: str
    name: str
    brief: BriefTold
    width: int | None
    height: int | None
    model: str | None
    version: int = Field(description="Counts changes of these fields.")
    created_at: datetime
    updated_at: datetime = Field(description="When it, or anything in it, was changed last.")
    archived_at: datetime | None = Field(description="null: it is not archived.")
    shot_count: int
    chosen_count: int
    seconds: float = Field(description="What its shots are to last; those of which it is not said count nothing.")
    cover_url: str | None = Field(
        description="A picture of the first chosen take, else of the newest; good for a while, for whoever has it."
    )


class ProjectWhole(ProjectTold):
    """A project with all its shots and takes."""

    shots: list[ShotTold]


def check_size(given: Given, what: str) -> None:
    """Raise unless it is small enough to be kept in a row."""
    size = len(given.model_dump_json(exclude_unset=True).encode())
    if size > LARGEST_DRAFT_BYTES:
        raise ValueError(f"{what} has {size} bytes, and may have {LARGEST_DRAFT_BYTES}")


def as_framing(name: str | None) -> Framing | None:
    """A framing as a row has it."""
    assert name is None or name in get_args(Framing)
    return cast("Framing | None", name)


def as_move(name: str | None) -> Move | None:
    """A move as a row has it."""
    assert name is None or name in get_args(Move)
    return cast("Move | None", name)
