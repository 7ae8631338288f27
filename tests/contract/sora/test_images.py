"""Pictures: the call waits for its jobs."""

import base64
from collections.abc import Callable

import openai
import pytest
from starlette.testclient import TestClient

from manazir.server.jobs.job import Job, State
from manazir.server.jobs.request import Kind
from manazir.server.keys import Scope
from manazir.server.service import Service
from manazir.server.wire.sora.routes import make_app


@pytest.mark.usefixtures("finishing")
def test_pictures_come_with_the_answer(openai_client: openai.OpenAI, service: Service, key: str) -> None:
    answer = openai_client.images.generate(prompt="a red ball", model="gpt-image-2", n=2, size="512x512")
    assert answer.data is not None
    assert [base64.b64decode(picture.b64_json or "")[1:4] for picture in answer.data] == [b"PNG", b"PNG"]
    jobs = service.jobs(service.caller(key, Scope.READ)).jobs
    assert {(job.kind, job.request.canvas.width, job.request.canvas.duration_seconds) for job in jobs} == {
        (Kind.IMAGE, 512, None)
    }


@pytest.mark.usefixtures("finishing")
def test_pictures_are_no_videos(openai_client: openai.OpenAI) -> None:
    openai_client.images.generate(prompt="a red ball")
    with pytest.warns(DeprecationWarning, match="The Sora API"):
        assert list(openai_client.videos.list()) == []


@pytest.mark.usefixtures("finishing")
def test_a_picture_by_its_address(openai_client: openai.OpenAI, web: TestClient) -> None:
    answer = openai_client.images.generate(prompt="a red ball", model="dall-e-3", response_format="url")
    assert answer.data is not None
    url = answer.data[0].url
    assert url is not None
    assert web.get(url).content[1:4] == b"PNG"


@pytest.mark.parametrize(
    "field", [{"output_format": "webp"}, {"style": "vivid"}, {"partial_images": 2}, {"background": "transparent"}]
)
def test_what_cannot_be_honoured_is_refused(openai_client: openai.OpenAI, field: dict[str, object]) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        openai_client.images.generate(prompt="a red ball", extra_body=field)
    assert refused.value.param == next(iter(field))


def test_a_failure_is_an_error_that_is_not_tried_again(
    service: Service, key: str, web: TestClient, fail: Callable[[str], Job]
) -> None:
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": "k"}
    begun = TestClient(make_app(service, image_wait_seconds=0.0))
    late = begun.post("/images/generations", json={"prompt": "a"}, headers=headers)
    assert (late.status_code, late.json()["error"]["code"]) == (503, "timeout")
    assert late.headers["x-should-retry"] == "false"
    fail("no such picture")
    failed = web.post("/images/generations", json={"prompt": "a"}, headers=headers)
    assert (failed.status_code, failed.json()["error"]["message"]) == (400, "no such picture")


def test_whom_nobody_can_ask_for_is_cancelled_when_time_is_over(service: Service, key: str) -> None:
    web = TestClient(make_app(service, image_wait_seconds=0.0))
    web.post("/images/generations", json={"prompt": "a"}, headers={"Authorization": f"Bearer {key}"})
    (job,) = service.jobs(service.caller(key, Scope.READ)).jobs
    assert job.state is State.CANCELLED
