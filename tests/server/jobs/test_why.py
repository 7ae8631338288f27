"""Why a job ended: words for people, and a name that other languages are told by; both survive the record."""

import pytest
from pydantic import BaseModel, Field, ValidationError

from manazir.core.errors import CheckpointError, FetchError, ManazirError, MediaError, ShapeError, StorageError
from manazir.server.jobs.why import Named, named, read, written
from manazir.server.rules import broken_rule


def test_a_name_is_read_as_it_was_written() -> None:
    name = Named("too_long", {"seconds": 12.5, "model": "noor", "most": 3})
    assert read(written("12.5 s is too\nlong", name)) == ("12.5 s is too long", name)


@pytest.mark.parametrize("text", [None, "", "one line", "two\nlines", 'two\n["lines"]', 'two\n{"name": "x"}'])
def test_words_without_a_name_stay_as_they_are(text: str | None) -> None:
    assert read(written(text, None)) == (text, None)


@pytest.mark.parametrize(
    ("error", "name"),
    [
        (ShapeError("x").named("too_short", model="noor"), Named("too_short", {"model": "noor"})),
        (MediaError("x").named("file_lost"), Named("file_lost")),
        (MediaError("x"), Named("bad_file")),
        (CheckpointError("x"), Named("bad_weights")),
        (FetchError("x", "timeout"), Named("fetch_timeout")),
        (StorageError("x", "no_space"), Named("no_space")),
        (StorageError("x", "unavailable"), Named("storage_failed")),
        (ShapeError("x"), None),
    ],
)
def test_errors_have_names(error: ManazirError, name: Named | None) -> None:
    assert named(error) == name


class Shape(BaseModel):
    text: str = Field("x", max_length=3, min_length=1)
    many: list[int] = Field(default_factory=list, max_length=2)
    number: float = Field(1.0, gt=0, le=9)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"text": "long"}, ("text_too_long", {"most": 3})),
        ({"text": ""}, ("text_too_short", {"least": 1})),
        ({"many": [1, 2, 3]}, ("list_too_long", {"most": 2})),
        ({"number": 0}, ("number_too_small", {"least": 0})),
        ({"number": 10}, ("number_too_large", {"most": 9})),
        ({"number": "ten"}, ("bad_value", {})),
    ],
)
def test_rules_that_a_body_breaks_have_names(given: dict[str, object], told: tuple[str, dict[str, float]]) -> None:
    with pytest.raises(ValidationError) as refused:
        Shape.model_validate(given)
    assert broken_rule(refused.value.errors()[0]) == told
