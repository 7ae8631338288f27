"""Shots as they are given and told."""

from datetime import datetime
from typing import Annotated, cast, get_args

from pydantic import Field, StringConstraints, model_validator

from manazir.server.api.asking import SettingsGiven
from manazir.server.api.canvas import CanvasGiven
from manazir.server.api.shapes import Given, Name, Told
from manazir.server.api.studio.shapes.common import OF_WHEN, Framing, Move, RowId, ShotState, TakeKind, Version, Words
from manazir.server.api.studio.shapes.drawings import Drawing, check_size
from manazir.server.api.studio.shapes.takes import TakeTold

Title = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f]*$", max_length=200)]
Seconds = Annotated[float, Field(gt=0, le=600)]


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


def as_framing(name: str | None) -> Framing | None:
    """A framing as a row has it."""
    assert name is None or name in get_args(Framing)
    return cast("Framing | None", name)


def as_move(name: str | None) -> Move | None:
    """A move as a row has it."""
    assert name is None or name in get_args(Move)
    return cast("Move | None", name)
