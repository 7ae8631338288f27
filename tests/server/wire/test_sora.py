"""The dialect without a server: bodies to what is asked, jobs to what is answered."""

import json
import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest

from manazir.core.canvas import Canvas
from manazir.server.errors import ApiError, Problem
from manazir.server.jobs.events import Event
from manazir.server.jobs.job import Job, State
from manazir.server.jobs.request import JobRequest
from manazir.server.wire.sora import answers
from manazir.server.wire.sora.errors import KINDS, RefusedError, render
from manazir.server.wire.sora.events import webhook_event
from manazir.server.wire.sora.names import FILE, VIDEO, row_id, spelled
from manazir.server.wire.sora.ranges import check_range
from manazir.server.wire.sora.reading import Picture, Source, as_seconds, change_ask, create_ask, extend_ask, image_ask
from manazir.server.wire.sora.requests import Create, Edit, Extend, GenerateImage, Remix, VideoReference, read

ID = "0190163d-8694-739b-aea6-966c26f8ad91"
SOURCE = Source(reference="asset:1", width=641, height=361, duration_seconds=3.2)
VIDEO_REFERENCE = VideoReference(id="video_1")


def job(**how: Any) -> Job:
    told: dict[str, Any] = dict.fromkeys(Job.__slots__)
    told |= {"id": ID, "tenant_id": "t", "alias": "sora-2", "model": "noor-nano", "state": State.QUEUED}
    told |= {"request": JobRequest(canvas=Canvas(prompt="a ball"), model="noor-nano"), "created_at": 10.9}
    return Job(**told | {"wire": {"size": "64x32", "seconds": "4"}} | how)


def test_the_dialect_needs_no_torch() -> None:
    code = "import manazir.server.wire.sora.routes, sys; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_ids_are_spelled_and_read_back() -> None:
    assert row_id(VIDEO, spelled(VIDEO, ID)) == ID
    for wrong in (spelled(FILE, ID), ID, "video_", "video_" + "g" * 32, "video_../x", ""):
        with pytest.raises(ApiError) as refused:
            row_id(VIDEO, wrong)
        assert refused.value.problem is Problem.NOT_FOUND


def test_a_plain_request_has_the_defaults() -> None:
    ask = create_ask(read(Create, {"prompt": "a ball"}), None)
    assert ask.canvas == Canvas(prompt="a ball", width=720, height=1280, duration_seconds=4.0)
    assert (ask.model, ask.wire) == ("sora-2", {"size": "720x1280", "seconds": "4"})


@pytest.mark.parametrize("seconds", ["08", 8, "8"])
def test_seconds_come_as_digits_or_numbers(seconds: Any) -> None:
    assert create_ask(read(Create, {"prompt": "a", "seconds": seconds}), None).wire["seconds"] == "8"


def test_what_is_null_was_left_out() -> None:
    assert read(Create, {"prompt": "a", "seconds": None, "input_reference": None}) == read(Create, {"prompt": "a"})


def test_a_body_is_no_way_to_bring_a_file_that_was_not_sent() -> None:
    forged = {"brought": {"blob": {"sha256": "0" * 64, "size_bytes": 1}, "facts": {}}, "filename": "x"}
    for field in ("input_reference", "video"):
        kind = Create if field == "input_reference" else Edit
        with pytest.raises(RefusedError) as refused:
            read(kind, {"prompt": "a", field: forged})
        assert str(refused.value.field).startswith(field)


def test_a_picture_is_noted_only_if_it_was_fitted() -> None:
    body = read(Create, {"prompt": "a", "size": "64x32"})
    same, other = (Picture(reference="asset:1", width=64, height=height) for height in (32, 64))
    elsewhere = Picture(reference="https://example.com/a.png")
    assert [create_ask(body, one).wire.get("notes", []) != [] for one in (same, other, elsewhere)] == [
        False,
        True,
        False,
    ]


def test_changes_keep_size_and_length_and_say_where_from() -> None:
    for body in (Remix(prompt="blue"), Edit(prompt="blue", video=VIDEO_REFERENCE)):
        ask = change_ask(body, replace(SOURCE, parent=job(alias="sora-2-pro")))
        assert ask.canvas.modification is not None
        assert (ask.canvas.width, ask.canvas.height, ask.canvas.duration_seconds) == (640, 360, None)
        assert (ask.model, ask.parent_id) == ("sora-2-pro", ID)
        assert ask.wire == {"size": "640x360", "seconds": "3.2"}


def test_an_extension_tells_the_whole_and_asks_for_the_rest() -> None:
    ask = extend_ask(Extend(prompt="on", video=VIDEO_REFERENCE, seconds=20), SOURCE)
    assert (ask.canvas.duration_seconds, ask.wire["seconds"], ask.model) == (20.0, "23.2", "sora-2")
    with pytest.raises(RefusedError, match="121 s") as refused:
        extend_ask(Extend(prompt="on", video=VIDEO_REFERENCE, seconds=20), replace(SOURCE, duration_seconds=101.0))
    assert refused.value.field == "seconds"


def test_pictures_of_one_call_have_seeds_of_their_own() -> None:
    body = read(GenerateImage, {"prompt": "a", "n": 3, "seed": 5, "quality": "low"})
    asks = [image_ask(body, index) for index in range(3)]
    assert [ask.canvas.seed for ask in asks] == [5, 6, 7]
    assert {ask.settings["is_draft"] for ask in asks} == {True}


@pytest.mark.parametrize(
    ("state", "status", "code"),
    [
        (State.QUEUED, "queued", None),
        (State.RUNNING, "in_progress", None),
        (State.SUCCEEDED, "completed", None),
        (State.FAILED, "failed", "bad_input"),
        (State.CANCELLED, "failed", "bad_input"),
    ],
)
def test_each_state_has_a_word(state: State, status: str, code: str | None) -> None:
    one = job(state=state, reason_code="bad_input", reason="why", ended_at=20.5, steps_done=1, steps_total=3)
    told = answers.video(one)
    assert told["status"] == status
    assert (told["error"] or {}).get("code") == code
    assert told["completed_at"] == (20 if status == "completed" else None)
    assert told["progress"] == {"in_progress": 33, "completed": 100}.get(status, 0)
    assert json.loads(json.dumps(told)) == told


def test_a_failure_without_a_reason_still_has_one() -> None:
    assert answers.failure(job(state=State.FAILED)) == {"code": "engine_failed", "message": "it failed"}


def test_every_problem_has_a_status_that_clients_have_a_class_for() -> None:
    assert set(KINDS) == set(Problem)
    answer = render(None, ApiError(Problem.QUEUE_FULL, "full", retry_after_seconds=10))  # type: ignore[arg-type]
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "10")
    assert "x-should-retry" not in answer.headers
    final = render(None, ApiError(Problem.NO_CREDITS, "none"))  # type: ignore[arg-type]
    assert (final.status_code, final.headers["x-should-retry"]) == (429, "false")


def test_an_event_is_the_same_however_often_it_is_told() -> None:
    event = Event(7, ID, "job.cancelled", {}, 12.7)
    written = webhook_event(job(state=State.QUEUED), {}, event, str)
    assert written is not None
    told, headers = written
    assert told["type"] == "video.failed"
    assert told["data"] == {"id": spelled(VIDEO, ID)}
    assert (told["id"].endswith("_7"), told["created_at"], told["object"], headers) == (True, 12, "event", {})
    assert webhook_event(job(), {}, Event(6, ID, "job.running", {}, 12.0), str) is None


def test_types_are_kept_in_our_words() -> None:
    assert answers.types_of(["video.failed"]) == ["job.failed", "job.cancelled"]
    assert answers.types_of(["video.completed"]) == ["job.succeeded"]


@pytest.mark.parametrize(
    ("told", "problem"),
    [
        ("bytes=0-", None),
        ("bytes=99-200", None),
        ("bytes=-5", None),
        ("bytes=0-1,5-6", None),
        (None, None),
        ("bytes=100-", Problem.BAD_RANGE),
        ("bytes=-0", Problem.BAD_RANGE),
        ("bytes=5-3", Problem.BAD_REQUEST),
        ("bytes=-", Problem.BAD_REQUEST),
        ("lines=1-2", Problem.BAD_REQUEST),
        ("bytes=" + "1" * 5000 + "-", Problem.BAD_REQUEST),
    ],
)
def test_ranges_are_served_or_refused(told: str | None, problem: Problem | None) -> None:
    class Asking:
        headers = {} if told is None else {"range": told}

    if problem is None:
        check_range(Asking, 100)  # type: ignore[arg-type]
        return
    with pytest.raises(ApiError) as refused:
        check_range(Asking, 100)  # type: ignore[arg-type]
    assert refused.value.problem is problem


def test_lengths_are_written_without_what_is_not_needed() -> None:
    assert [as_seconds(one) for one in (4.0, 7.2, 120, 0.125)] == ["4", "7.2", "120", "0.12"]
