"""Real receivers that are down, slow, broken, gone, or lead inside; the clock is the test's."""

import json
import threading
import time
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler

import pytest
from sqlalchemy import update
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError
from tests.server.assets.peers import Peer, giving, leading_to, listening, nobody_came, serving
from tests.server.webhooks.conftest import SECRET, Post, change

from manazir.server.errors import ApiError
from manazir.server.files import Asset
from manazir.server.jobs.events import Event
from manazir.server.jobs.job import Job, State
from manazir.server.keys import Caller
from manazir.server.service import Service
from manazir.server.store.tables import endpoints
from manazir.server.webhooks.bodies import Link, Written
from manazir.server.webhooks.deliverer import WAITS, Deliverer
from manazir.server.webhooks.outbox import Outcome, replay
from manazir.server.webhooks.signatures import callback_secret

Ended = Callable[..., Job]
Endpoint = Callable[..., str]


def local(peer: Peer, path: str = "/hook") -> str:
    return f"http://localhost:{peer.port}{path}"


def types(peer: Peer) -> list[str]:
    return [json.loads(body)["type"] for body in peer.bodies]


def states(postman: Post) -> list[str]:
    return [one.state for one in postman.all()]


def test_what_became_of_a_job_is_told_signed_and_in_order(
    service: Service, ended: Ended, endpoint: Endpoint, postman: Post
) -> None:
    with serving(giving(b"", 204)) as peer:
        endpoint(local(peer))
        job = ended()
        assert [postman.round() for _ in range(3)] == [1, 1, 0]
    assert types(peer) == ["job.running", "job.succeeded"]
    running, succeeded = (
        Webhook(SECRET).verify(body, headers) for body, headers in zip(peer.bodies, peer.headers, strict=True)
    )
    assert (running["data"]["state"], running["data"]["outputs"], running["data"]["ended_at"]) == ("running", [], None)
    assert running["sequence"] < succeeded["sequence"]
    assert succeeded["data"]["id"] == job.id
    (film,) = succeeded["data"]["outputs"]
    assert film["role"] == "video"
    assert film["url"].startswith("https://films.example/media/")
    assert "a red ball" not in peer.bodies[1].decode()
    assert states(postman) == [Outcome.DELIVERED, Outcome.DELIVERED]


def test_only_the_types_that_were_asked_for_are_told(ended: Ended, endpoint: Endpoint, postman: Post) -> None:
    with serving(giving(b"")) as peer:
        endpoint(local(peer), types=["job.failed"])
        ended()
        ended(State.FAILED)
        while postman.round():
            pass
    assert types(peer) == ["job.failed"]
    assert json.loads(peer.bodies[0])["data"]["reason_code"] == "out_of_memory"


def test_a_receiver_that_was_down_for_an_hour_hears_everything_once_and_in_order(
    ended: Ended, endpoint: Endpoint, postman: Post
) -> None:
    with listening() as server:
        port = server.getsockname()[1]
    endpoint(f"http://localhost:{port}/hook")
    ended()
    tries = 0
    while postman.ahead_seconds < 3600:
        tries += postman.round()
        postman.ahead_seconds += 5
    assert 5 <= tries <= 7
    assert {one.attempt for one in postman.all()} == {tries, 0}, "the later one was not tried before the earlier"
    with serving(giving(b""), port=port) as peer:
        postman.ahead_seconds += 2 * 3600
        assert [postman.round() for _ in range(3)] == [1, 1, 0]
    assert types(peer) == ["job.running", "job.succeeded"]


def test_what_is_refused_for_a_day_is_given_up_and_can_be_sent_again(
    service: Service, caller: Caller, ended: Ended, endpoint: Endpoint, postman: Post
) -> None:
    answers = [500]

    def behave(handler: BaseHTTPRequestHandler) -> None:
        giving(b"no", answers[0])(handler)

    with serving(behave) as peer:
        endpoint(local(peer), types=["job.succeeded"])
        ended()
        for wait in (*WAITS, 0.0):
            assert postman.round() == 1
            assert postman.round() == 0, "not before its time"
            postman.ahead_seconds += wait + 1
        assert 23 * 3600 < postman.ahead_seconds < 26 * 3600
        (delivery,) = postman.all()
        assert (delivery.state, delivery.attempt, delivery.last_status) == (Outcome.GIVEN_UP, len(WAITS) + 1, 500)
        assert len({headers["webhook-id"] for headers in peer.headers}) == 1, "one message, however often it is sent"
        answers[0] = 200
        with service.database.transaction() as connection:
            replay(connection, caller.tenant_id, delivery.id)
        postman.ahead_seconds += 1
        assert postman.round() == 1
    assert states(postman) == [Outcome.DELIVERED]


def test_nobody_sends_what_is_another_tenants_again(
    service: Service, ended: Ended, endpoint: Endpoint, postman: Post
) -> None:
    endpoint("http://localhost:9/hook")
    ended()
    with service.database.transaction() as connection, pytest.raises(ApiError, match="there is no message"):
        replay(connection, "somebody else", postman.all()[0].id)


def test_a_receiver_that_is_gone_is_told_nothing_more(
    service: Service, ended: Ended, endpoint: Endpoint, postman: Post
) -> None:
    with serving(giving(b"", 410)) as peer:
        endpoint_id = endpoint(local(peer))
        ended()
        ended()
        postman.round()
        while postman.round():
            pass
        ended()
        assert postman.round() == 0
    assert set(states(postman)) == {Outcome.GIVEN_UP}
    assert len(postman.all()) == 4
    assert len(peer.bodies) <= 2, "both jobs' first messages may have been under way"
    with service.database.reading() as connection:
        row = connection.execute(endpoints.select().where(endpoints.c.id == endpoint_id)).mappings().one()
    assert row["disabled_at"] is not None
    assert "410" in row["disabled_reason"]


def test_a_redirect_is_not_followed(ended: Ended, endpoint: Endpoint, postman: Post) -> None:
    with listening() as inside, serving(leading_to(f"http://127.0.0.1:{inside.getsockname()[1]}/", 307)) as peer:
        endpoint(local(peer), types=["job.succeeded"])
        ended()
        postman.round()
        assert nobody_came(inside)
    (delivery,) = postman.all()
    assert (delivery.state, delivery.last_status) == (Outcome.WAITING, 307)


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1:{port}/?token=hush",
        "https://2130706433:{port}/?token=hush",
        "http://films.example/?token=hush",
        "https://me:hush@films.example/",
        "https://169.254.169.254/latest?token=hush",
    ],
)
def test_what_leads_inside_or_is_not_https_is_given_up_unsent_and_its_secrets_are_not_told(
    ended: Ended, endpoint: Endpoint, postman: Post, url: str
) -> None:
    with listening() as inside:
        endpoint(url.format(port=inside.getsockname()[1]), types=["job.succeeded"])
        ended()
        postman.round()
        assert nobody_came(inside)
    (delivery,) = postman.all()
    assert delivery.state == Outcome.GIVEN_UP
    assert "hush" not in (delivery.last_error or "hush")


def test_after_a_rotation_a_message_has_both_signatures_for_a_day(
    service: Service, ended: Ended, endpoint: Endpoint, postman: Post
) -> None:
    old = "whsec_b2xkIHNlY3JldCBvZiB0ZXN0cyBvZiAyNCBi"
    with serving(giving(b"")) as peer:
        endpoint_id = endpoint(local(peer), types=["job.succeeded"])
        change(service, endpoint_id, old_secret=old, old_secret_until=time.time() + 86_400)
        ended()
        postman.round()
        postman.ahead_seconds = 86_401
        ended()
        postman.round()
    Webhook(old).verify(peer.bodies[0], peer.headers[0])
    Webhook(SECRET).verify(peer.bodies[0], peer.headers[0])
    Webhook(SECRET).verify(peer.bodies[1], peer.headers[1])
    with pytest.raises(WebhookVerificationError):
        Webhook(old).verify(peer.bodies[1], peer.headers[1])


def test_a_jobs_own_url_is_told_signed_with_its_tenants_secret(
    service: Service, caller: Caller, ended: Ended, postman: Post
) -> None:
    with serving(giving(b"")) as peer:
        ended(callback_url=local(peer))
        while postman.round():
            pass
    Webhook(callback_secret(service.signer, caller.tenant_id)).verify(peer.bodies[1], peer.headers[1])
    assert callback_secret(service.signer, caller.tenant_id) != callback_secret(service.signer, "another")


def test_a_dialect_says_what_it_says_and_nothing_of_other_events(
    service: Service, caller: Caller, ended: Ended, postman: Post
) -> None:
    def write(job: Job, outputs: Mapping[str, Asset], _event: Event, _link: Link) -> Written | None:
        return ({"state": job.state}, {"X-Luma": "1"}) if outputs else None

    postman.deliverer = Deliverer(service, "https://films.example", writers={"luma": write})
    with serving(giving(b"")) as peer:
        ended(dialect="luma", callback_url=local(peer))
        ended(dialect="veo", callback_url=local(peer))
        while postman.round():
            pass
    assert [json.loads(body) for body in peer.bodies] == [{"state": "succeeded"}]
    assert peer.headers[0]["X-Luma"] == "1"
    assert sorted(states(postman)) == [Outcome.DELIVERED, Outcome.GIVEN_UP, Outcome.GIVEN_UP, Outcome.SKIPPED]
    assert "dialect veo" in (postman.all()[-1].last_error or "")


def test_an_error_in_a_dialects_words_is_ours_and_is_tried_again(
    service: Service, ended: Ended, endpoint: Endpoint, postman: Post, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    postman.deliverer = Deliverer(service, "https://films.example", writers={"api": broken})
    endpoint("http://localhost:9/hook", types=["job.succeeded"])
    ended()
    postman.round()
    (delivery,) = postman.all()
    assert (delivery.state, delivery.last_error) == (Outcome.WAITING, "an error of ours; the server's log has it")
    assert "ZeroDivisionError" in caplog.text


def test_who_asks_to_wait_is_given_the_time(ended: Ended, endpoint: Endpoint, postman: Post) -> None:
    with serving(giving(b"", 429, Retry_After="900")) as peer:
        endpoint(local(peer), types=["job.succeeded"])
        ended()
        postman.round()
        postman.ahead_seconds = 800
        assert postman.round() == 0
        postman.ahead_seconds = 901
        assert postman.round() == 1


def test_one_that_died_while_it_sent_is_followed_by_another(
    service: Service, ended: Ended, endpoint: Endpoint, postman: Post
) -> None:
    class NoPool:
        def submit(self, *_: object) -> None:
            pass  # as if the process had been killed here

    with serving(giving(b"")) as peer:
        endpoint(local(peer), types=["job.succeeded"])
        ended()
        assert Deliverer(service, "https://films.example").hand_out(NoPool()) == 1  # type: ignore[arg-type]
        assert postman.round() == 0, "the lease is the other's"
        postman.ahead_seconds = 61
        assert postman.round() == 1
    assert types(peer) == ["job.succeeded"]


def test_a_slow_receiver_with_a_thousand_messages_keeps_no_other_waiting(
    service: Service, ended: Ended, endpoint: Endpoint
) -> None:
    deliverer = Deliverer(service, "https://films.example", post_seconds=5.0, threads=8)
    release = threading.Event()

    def slow(handler: BaseHTTPRequestHandler) -> None:
        release.wait(60)
        giving(b"")(handler)

    with serving(slow) as stuck, serving(giving(b"")) as quick:
        first = endpoint(local(stuck), types=["job.succeeded"])
        for _ in range(70):  # more than one look finds
            ended()
        with service.database.transaction() as connection:
            connection.execute(update(endpoints).where(endpoints.c.id == first).values(types=["none"]))
        endpoint(local(quick), types=["job.succeeded"])
        for _ in range(5):
            ended()
        thread = threading.Thread(target=deliverer.run)
        thread.start()
        try:
            for _ in range(400):
                if len(quick.bodies) == 5:
                    break
                time.sleep(0.05)
            assert len(quick.bodies) == 5
            assert len(stuck.bodies) <= 2, "at most two under way to one host, and none was answered"
        finally:
            deliverer.stopping.set()
            release.set()
            thread.join()
