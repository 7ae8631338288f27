"""Webhook endpoints, and what they are told."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import openai
import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from manazir.server.jobs.job import Job
from manazir.server.service import Service
from manazir.server.store.tables import deliveries, endpoints
from manazir.server.webhooks.deliverer import Deliverer

HOOK = {"name": "films", "url": "https://example.com/hook", "event_types": ["video.completed", "video.failed"]}


@pytest.fixture
def heard() -> Iterator[tuple[str, list[tuple[bytes, dict[str, str]]]]]:
    """A server of somebody's own, and what it was sent."""
    messages: list[tuple[bytes, dict[str, str]]] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            messages.append((self.rfile.read(int(self.headers["Content-Length"])), dict(self.headers)))
            self.send_response(202)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Hook)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://localhost:{server.server_port}/hook", messages
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_endpoint_is_made_changed_listed_and_deleted(openai_client: openai.OpenAI) -> None:
    made = openai_client.webhooks.create(**HOOK)  # type: ignore[arg-type]
    assert made.signing_secret.startswith("whsec_")
    assert made.event_types == ["video.completed", "video.failed"]
    again = openai_client.webhooks.retrieve(made.id)
    assert "signing_secret" not in again.to_dict()
    assert again.signing_secret_hint is not None
    assert again.signing_secret_hint[-4:] == made.signing_secret[-4:]
    changed = openai_client.webhooks.update(made.id, name="others", event_types=["video.failed"])
    assert (changed.name, changed.url, changed.event_types) == ("others", HOOK["url"], ["video.failed"])
    second = openai_client.webhooks.create(**HOOK)  # type: ignore[arg-type]
    assert [one.id for one in openai_client.webhooks.list(limit=1)] == [second.id, made.id]
    assert openai_client.webhooks.delete(made.id).deleted
    with pytest.raises(openai.NotFoundError):
        openai_client.webhooks.retrieve(made.id)
    assert openai_client.webhooks.event_types.list().data == ["video.completed", "video.failed"]


def test_a_secret_is_changed_and_the_old_one_stays_for_a_day_if_asked(
    openai_client: openai.OpenAI, service: Service
) -> None:
    made = openai_client.webhooks.create(**HOOK)  # type: ignore[arg-type]
    kept = openai_client.webhooks.rotate_secret(made.id, keep_old_secret_active_for_24_hours=True)
    assert kept.signing_secret != made.signing_secret
    with service.database.reading() as connection:
        old = connection.execute(select(endpoints.c.old_secret, endpoints.c.old_secret_until)).one()
    assert old.old_secret == made.signing_secret
    assert old.old_secret_until > time.time() + 80_000
    openai_client.webhooks.rotate_secret(made.id)
    with service.database.reading() as connection:
        assert connection.execute(select(endpoints.c.old_secret)).scalar() is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("url", "http://169.254.169.254/"),
        ("url", "http://example.com/"),
        ("url", "ftp://example.com"),
        ("event_types", ["batch.failed"]),
        ("name", ""),
    ],
)
def test_what_cannot_be_told_is_refused(openai_client: openai.OpenAI, field: str, value: object) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        openai_client.webhooks.create(**HOOK | {field: value})  # type: ignore[arg-type]
    assert refused.value.param is not None
    assert refused.value.param.startswith(field)


def test_endpoints_are_an_administrators(web: TestClient, openai_client: openai.OpenAI, other_key: str) -> None:
    made = openai_client.webhooks.create(**HOOK)  # type: ignore[arg-type]
    other = openai.OpenAI(api_key=other_key, base_url="http://testserver/openai/v1", http_client=web)
    for call in (lambda: other.webhooks.create(**HOOK), lambda: other.webhooks.retrieve(made.id)):  # type: ignore[arg-type]
        with pytest.raises(openai.PermissionDeniedError):
            call()


def test_a_sample_is_sent_signed(
    openai_client: openai.OpenAI, heard: tuple[str, list[tuple[bytes, dict[str, str]]]]
) -> None:
    url, messages = heard
    made = openai_client.webhooks.create(**HOOK | {"url": url})  # type: ignore[arg-type]
    result = openai_client.webhooks.test(made.id, event_type="video.completed")
    assert (result.status_code, result.success, result.event_type) == (202, True, "video.completed")
    ((body, headers),) = messages
    event = openai_client.webhooks.unwrap(body, headers, secret=made.signing_secret)
    assert event.type == "video.completed"  # type: ignore[comparison-overlap]


@pytest.mark.filterwarnings("ignore:The Sora API is scheduled to permanently shut down:DeprecationWarning")
def test_what_happens_to_a_video_is_told_so_that_the_client_reads_it(
    openai_client: openai.OpenAI,
    service: Service,
    fail: Callable[[str], Job],
    finish: Callable[[], Job],
    heard: tuple[str, list[tuple[bytes, dict[str, str]]]],
) -> None:
    url, messages = heard
    hook = openai_client.webhooks.create(**HOOK | {"url": url})  # type: ignore[arg-type]
    made = [openai_client.videos.create(prompt="a red ball").id for _ in range(2)]
    fail("no such picture")
    finish()
    deliverer = Deliverer(service, "https://films.example")
    with ThreadPoolExecutor(1) as pool:
        while deliverer.hand_out(pool):
            pass
    events = [openai_client.webhooks.unwrap(*message, secret=hook.signing_secret) for message in messages]
    told = {event.data.id: event.type for event in events}  # type: ignore[union-attr]
    assert told == {made[0]: "video.failed", made[1]: "video.completed"}


@pytest.mark.usefixtures("finishing")
def test_of_pictures_nobody_is_told(openai_client: openai.OpenAI, service: Service) -> None:
    openai_client.webhooks.create(**HOOK)  # type: ignore[arg-type]
    openai_client.images.generate(prompt="a red ball")
    with service.database.reading() as connection:
        assert connection.execute(select(deliveries)).first() is None
