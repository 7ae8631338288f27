"""Projects as they are given and told."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, model_validator

from manazir.director.briefs import LONGEST_BRIEF
from manazir.server.api.canvas import Side
from manazir.server.api.shapes import Given, Name, Paged, Text, Told
from manazir.server.api.studio.shapes.common import OF_WHEN, STAYS, Language, Version
from manazir.server.api.studio.shapes.shots import ShotTold


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
