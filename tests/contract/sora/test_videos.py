"""The official client's videos: every call, and what it reads from the answers."""

from collections.abc import Callable
from pathlib import Path

import openai
import pytest
from starlette.testclient import TestClient

from manazir.core.canvas import Extension, Modification
from manazir.server.jobs.job import Job
from manazir.server.jobs.steering import cancel
from manazir.server.keys import Scope
from manazir.server.service import Service
from manazir.server.wire.sora.names import VIDEO, row_id

pytestmark = pytest.mark.filterwarnings("ignore:The Sora API is scheduled to permanently shut down:DeprecationWarning")

Finish = Callable[[], Job]


def job_of(service: Service, key: str, video_id: str) -> Job:
    return service.job(service.caller(key, Scope.READ), row_id(VIDEO, video_id))


def completed(client: openai.OpenAI, finish: Finish, **how: str) -> openai.types.Video:
    made = client.videos.create(prompt="a red ball", **how)  # type: ignore[arg-type]
    finish()
    return client.videos.retrieve(made.id)


def test_a_video_is_accepted_with_the_defaults_of_this_api(openai_client: openai.OpenAI) -> None:
    video = openai_client.videos.create(prompt="a red ball")
    assert (video.object, video.status, video.progress) == ("video", "queued", 0)
    assert (video.model, video.seconds, video.size) == ("sora-2", "4", "720x1280")
    assert video.prompt == "a red ball"
    assert video.error is None


def test_what_is_asked_is_what_the_job_makes(openai_client: openai.OpenAI, service: Service, key: str) -> None:
    video = openai_client.videos.create(
        prompt="a red ball", model="sora-2-pro", seconds="8", size="1280x720", extra_body={"seed": 5}
    )
    canvas = job_of(service, key, video.id).request.canvas
    assert (canvas.width, canvas.height, canvas.duration_seconds, canvas.seed) == (1280, 720, 8.0, 5)
    assert (video.model, video.seconds, video.size) == ("sora-2-pro", "8", "1280x720")


@pytest.mark.parametrize("seconds", ["16", "20", "3", 12])
def test_other_whole_seconds_are_honoured(openai_client: openai.OpenAI, seconds: str) -> None:
    assert openai_client.videos.create(prompt="a ball", seconds=seconds).seconds == str(seconds)  # type: ignore[arg-type]


@pytest.mark.usefixtures("finishing")
def test_create_and_poll_ends_with_a_video_that_can_be_fetched(openai_client: openai.OpenAI, tmp_path: Path) -> None:
    video = openai_client.videos.create_and_poll(prompt="a red ball", poll_interval_ms=10)
    assert (video.status, video.progress) == ("completed", 100)
    assert video.completed_at is not None
    assert video.expires_at == video.completed_at + 3600
    content = openai_client.videos.download_content(video.id)
    content.write_to_file(tmp_path / "film.mp4")
    assert (tmp_path / "film.mp4").read_bytes()[4:8] == b"ftyp"


def test_while_it_is_made_the_answer_says_when_to_ask_again(openai_client: openai.OpenAI, finish: Finish) -> None:
    video = openai_client.videos.create(prompt="a red ball")
    waiting = openai_client.videos.with_raw_response.retrieve(video.id)
    assert int(waiting.headers["openai-poll-after-ms"]) > 0
    finish()
    assert "openai-poll-after-ms" not in openai_client.videos.with_raw_response.retrieve(video.id).headers


def test_the_answer_names_the_model_that_ran_and_its_size(openai_client: openai.OpenAI, finish: Finish) -> None:
    told = completed(openai_client, finish).to_dict()["manazir"]
    assert told == {"model": "noor-nano", "native_size": "64x32", "seed": 7, "notes": ["resampled"]}


@pytest.mark.parametrize(("variant", "begins"), [("video", b"ftyp"), ("thumbnail", b"WEBP"), ("spritesheet", b"WEBP")])
def test_each_variant_is_fetched(openai_client: openai.OpenAI, finish: Finish, variant: str, begins: bytes) -> None:
    video = completed(openai_client, finish)
    assert begins in openai_client.videos.download_content(video.id, variant=variant).read()[:16]  # type: ignore[arg-type]


def test_a_failed_job_is_an_answer_not_an_error(openai_client: openai.OpenAI, fail: Callable[[str], Job]) -> None:
    video = openai_client.videos.create(prompt="a red ball")
    fail("the picture is broken")
    failed = openai_client.videos.poll(video.id)
    assert failed.status == "failed"
    assert failed.error is not None
    assert (failed.error.code, failed.error.message) == ("bad_input", "the picture is broken")
    assert failed.completed_at is None
    with pytest.raises(openai.NotFoundError, match="the picture is broken"):
        openai_client.videos.download_content(video.id)


def test_a_cancelled_job_is_failed_by_that_name(openai_client: openai.OpenAI, service: Service, key: str) -> None:
    video = openai_client.videos.create(prompt="a red ball")
    job = job_of(service, key, video.id)
    with service.database.transaction() as connection:
        cancel(connection, job.tenant_id, job.id)
    ended = openai_client.videos.retrieve(video.id)
    assert (ended.status, ended.error and ended.error.code) == ("failed", "cancelled")


def test_a_deleted_video_is_gone(openai_client: openai.OpenAI, finish: Finish) -> None:
    video = completed(openai_client, finish)
    gone = openai_client.videos.delete(video.id)
    assert (gone.id, gone.deleted, gone.object) == (video.id, True, "video.deleted")
    with pytest.raises(openai.NotFoundError, match=f"there is no video '{video.id}'"):
        openai_client.videos.retrieve(video.id)
    assert list(openai_client.videos.list()) == []


def test_lists_are_paged_through_by_themselves(openai_client: openai.OpenAI) -> None:
    made = [openai_client.videos.create(prompt=f"ball {number}").id for number in range(5)]
    assert [video.id for video in openai_client.videos.list(limit=2)] == made[::-1]
    assert [video.id for video in openai_client.videos.list(limit=2, order="asc")] == made
    assert [video.id for video in openai_client.videos.list(after=made[2])] == made[1::-1]
    assert not openai_client.videos.list(limit=5).has_more


def test_an_uploaded_picture_is_the_first_frame(
    openai_client: openai.OpenAI, service: Service, key: str, media: Path
) -> None:
    video = openai_client.videos.create(prompt="a ball", size="64x32", input_reference=media / "image.png")  # type: ignore[arg-type]
    (keyframe,) = job_of(service, key, video.id).request.canvas.keyframes
    assert keyframe.at_seconds == 0
    assert str(keyframe.image).startswith("asset:")
    assert video.to_dict()["manazir"]["notes"] == []


def test_a_picture_of_another_size_is_fitted_and_that_is_said(openai_client: openai.OpenAI, media: Path) -> None:
    video = openai_client.videos.create(prompt="a ball", input_reference=media / "image.png")
    assert video.to_dict()["manazir"]["notes"] == ["input_reference is 64x32; it was scaled and cropped to cover"]


def test_a_picture_by_the_id_of_a_file(openai_client: openai.OpenAI, service: Service, key: str, media: Path) -> None:
    file = openai_client.files.create(file=media / "image.png", purpose="vision")
    video = openai_client.videos.create(prompt="a ball", extra_body={"input_reference": {"file_id": file.id}})
    assert len(job_of(service, key, video.id).request.files) == 1


def test_a_picture_by_its_address_is_fetched_later(openai_client: openai.OpenAI, service: Service, key: str) -> None:
    url = "https://example.com/ball.png"
    video = openai_client.videos.create(prompt="a ball", extra_body={"input_reference": {"image_url": url}})
    assert job_of(service, key, video.id).request.files == (url,)


def test_a_remix_is_the_parents_clip_under_other_words(
    openai_client: openai.OpenAI, service: Service, key: str, finish: Finish
) -> None:
    parent = completed(openai_client, finish, size="1280x720", seconds="4", model="sora-2-pro")
    video = openai_client.videos.remix(parent.id, prompt="a blue ball")
    assert (video.remixed_from_video_id, video.model) == (parent.id, "sora-2-pro")
    assert (video.size, video.seconds, video.prompt) == ("1280x720", "4", "a blue ball")
    canvas = job_of(service, key, video.id).request.canvas
    assert isinstance(canvas.modification, Modification)
    assert (canvas.width, canvas.height, canvas.duration_seconds) == (1280, 720, None)


def test_a_clip_that_is_longer_than_the_model_makes_is_not_remixed_and_that_is_said_at_once(
    openai_client: openai.OpenAI, service: Service, key: str, finish: Finish
) -> None:
    parent = completed(openai_client, finish, seconds="8")
    with pytest.raises(openai.BadRequestError, match="8 s is more than noor-nano makes; give 6 s at most") as refused:
        openai_client.videos.remix(parent.id, prompt="a blue ball")
    assert refused.value.param == "video"


def test_an_edit_takes_an_id_or_a_file(
    openai_client: openai.OpenAI, service: Service, key: str, finish: Finish, media: Path
) -> None:
    parent = completed(openai_client, finish)
    by_id = openai_client.videos.edit(prompt="blue", video=openai.omit, extra_body={"video": {"id": parent.id}})  # type: ignore[arg-type]
    assert by_id.remixed_from_video_id == parent.id
    by_file = openai_client.videos.edit(prompt="blue", video=media / "clip.mp4")  # type: ignore[arg-type]
    assert by_file.remixed_from_video_id is None
    assert (by_file.size, by_file.seconds) == ("64x32", "1")
    assert job_of(service, key, by_file.id).request.canvas.modification is not None


def test_an_extension_says_the_whole_length(
    openai_client: openai.OpenAI, service: Service, key: str, finish: Finish, media: Path
) -> None:
    parent = completed(openai_client, finish, seconds="4")
    asked = {"video": {"id": parent.id}}
    video = openai_client.videos.extend(prompt="on", seconds="8", video=openai.omit, extra_body=asked)  # type: ignore[arg-type]
    assert video.seconds == "12"
    canvas = job_of(service, key, video.id).request.canvas
    assert isinstance(canvas.extension, Extension)
    assert canvas.duration_seconds == 8.0
    upload = openai_client.videos.extend(prompt="on", seconds="4", video=media / "clip.mp4")  # type: ignore[arg-type]
    assert upload.seconds == "5"


def test_characters_are_kept_and_not_yet_used(openai_client: openai.OpenAI, media: Path) -> None:
    made = openai_client.videos.create_character(name="Mossy", video=media / "clip.mp4")
    assert made.id is not None
    assert openai_client.videos.get_character(made.id).name == "Mossy"
    with pytest.raises(openai.BadRequestError, match="characters") as refused:
        openai_client.videos.create(prompt="Mossy runs", extra_body={"characters": [{"id": made.id}]})
    assert refused.value.param == "characters"


def test_what_is_not_completed_cannot_be_changed(openai_client: openai.OpenAI) -> None:
    video = openai_client.videos.create(prompt="a red ball")
    with pytest.raises(openai.BadRequestError, match="queued"):
        openai_client.videos.remix(video.id, prompt="blue")


def test_the_same_key_is_the_same_video(openai_client: openai.OpenAI, media: Path) -> None:
    def create(prompt: str) -> openai.types.Video:
        return openai_client.videos.create(
            prompt=prompt, input_reference=media / "image.png", extra_headers={"Idempotency-Key": "k1"}
        )

    assert create("a ball").id == create("a ball").id
    with pytest.raises(openai.UnprocessableEntityError, match="Idempotency-Key"):
        create("a cube")


def test_parts_of_the_content_are_served(
    web: TestClient, openai_client: openai.OpenAI, finish: Finish, key: str
) -> None:
    video = completed(openai_client, finish)
    url, auth = f"/videos/{video.id}/content", {"Authorization": f"Bearer {key}"}
    whole = web.get(url, headers=auth)
    part = web.get(url, headers=auth | {"Range": "bytes=4-7"})
    assert (part.status_code, part.content) == (206, b"ftyp")
    assert part.headers["content-range"] == f"bytes 4-7/{len(whole.content)}"
    head = web.head(url, headers=auth)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(whole.content))
    past = web.get(url, headers=auth | {"Range": f"bytes={len(whole.content)}-"})
    assert (past.status_code, past.json()["error"]["param"]) == (416, "Range")
