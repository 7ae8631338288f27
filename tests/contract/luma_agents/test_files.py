"""Programs written against `luma-agents` 0.5: files."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from luma_agents import APIStatusError, Luma, NotFoundError
from starlette.testclient import TestClient
from tests.contract.luma_served import film, in_process, png

from manazir.server.service import Service


def test_a_file_is_put_and_completed(luma: Luma, http: TestClient) -> None:
    data = png()
    made = luma.files.create(
        mime_type="image/png", size_bytes=len(data), filename="../ball.png", purpose="reference", user_id="u"
    )
    assert (made.state, made.file.state, made.file.filename, made.file.user_id) == (
        "pending",
        "pending",
        "ball.png",
        "u",
    )
    assert made.upload is not None
    assert (made.upload.method, made.upload.headers) == ("PUT", {"Content-Type": "image/png"})
    assert made.upload.expires_at > datetime.now(UTC)
    for _ in range(2):  # whoever lost an answer sends it again
        assert in_process(http).put(made.upload.url, content=data).status_code == 200
    for _ in range(2):
        done = luma.files.complete(made.id)
        assert (done.state, done.size_bytes, done.purpose, done.failure_reason) == (
            "ready",
            len(data),
            "reference",
            None,
        )
    assert in_process(http).put(made.upload.url, content=data).status_code == 409
    assert luma.files.get(made.id).state == "ready"


@pytest.mark.parametrize(
    ("data", "mime_type"),
    [(b"no media at all", "image/png"), (png(), "video/mp4"), (png()[:40], "image/png")],
    ids=["none", "another", "cut off"],
)
def test_what_is_not_what_it_should_be_has_failed(luma: Luma, http: TestClient, data: bytes, mime_type: Any) -> None:
    made = luma.files.create(mime_type=mime_type, size_bytes=len(data))
    assert made.upload is not None
    assert in_process(http).put(made.upload.url, content=data).status_code == 200
    done = luma.files.complete(made.id)
    assert done.state == "failed"
    assert done.failure_reason


def test_only_the_signed_address_takes_exactly_the_bytes_that_were_told(luma: Luma, http: TestClient) -> None:
    data = png()
    made = luma.files.create(mime_type="image/png", size_bytes=len(data))
    assert made.upload is not None
    plain = in_process(http)
    assert plain.put(made.upload.url, content=data[:-1]).status_code == 400
    assert plain.put(made.upload.url, content=data + b"x").status_code == 413
    assert plain.put(made.upload.url[:-1] + "x", content=data).status_code == 404
    other = luma.files.create(mime_type="image/png", size_bytes=len(data))
    assert plain.put(made.upload.url.replace(made.id, other.id), content=data).status_code == 404
    with pytest.raises(APIStatusError) as refused:
        luma.files.complete(made.id)
    assert refused.value.status_code == 400
    assert luma.files.get(made.id).state == "pending"


def test_a_file_in_a_form(http: TestClient, key: str, tmp_path: Path) -> None:
    headers = {"Authorization": f"Bearer {key}"}
    parts = {"file": ("film.mp4", film(tmp_path), "video/mp4")}
    answer = http.post("/luma/v1/files", headers=headers, files=parts, data={"purpose": "reference"})
    assert answer.status_code == 201
    told = answer.json()
    assert (told["upload"], told["file"]["mime_type"], told["file"]["filename"]) == (None, "video/mp4", "film.mp4")
    assert http.post(f"/luma/v1/files/{told['id']}/complete", headers=headers).json()["state"] == "ready"
    for wrong in ({"file": ("a.png", b"none", "image/png")}, {"other": ("a.png", png(), "image/png")}):
        assert http.post("/luma/v1/files", headers=headers, files=wrong).status_code in (400, 422)


def test_lists_newest_first_page_by_page(luma: Luma, other_luma: Luma) -> None:
    purposes: Any = ("input", "reference", "input")
    made = [luma.files.create(mime_type="image/png", size_bytes=9, purpose=purpose) for purpose in purposes]
    page = luma.files.list(limit=2)
    assert [one.id for one in page.data] == [made[2].id, made[1].id]
    assert page.has_more
    assert page.next_cursor is not None
    rest = luma.files.list(limit=2, cursor=page.next_cursor)
    assert ([one.id for one in rest.data], rest.has_more, rest.next_cursor) == ([made[0].id], False, None)
    assert [one.id for one in luma.files.list(purpose="reference").data] == [made[1].id]
    assert len(luma.files.list(state="pending").data) == 3
    assert luma.files.list(state="ready").data == luma.files.list(state="deleted").data == []
    assert other_luma.files.list().data == []
    luma.files.delete(made[1].id)
    assert len(luma.files.list().data) == 2
    with pytest.raises(NotFoundError):
        luma.files.get(made[1].id)


def test_a_file_lasts_as_long_as_was_asked_and_no_longer_than_the_operator_lets_it(luma: Luma) -> None:
    now = datetime.now(UTC)
    soon = luma.files.create(mime_type="image/png", size_bytes=9, expires_at=now + timedelta(hours=1)).file.expires_at
    late = luma.files.create(mime_type="image/png", size_bytes=9, expires_at=now + timedelta(days=90)).file.expires_at
    assert soon is not None
    assert late is not None
    assert abs((soon - now).total_seconds() - 3600) < 60
    assert (late - now).days in (6, 7)


@pytest.mark.parametrize(
    ("told", "status", "place"),
    [
        ({"mime_type": "text/html", "size_bytes": 1}, 422, "mime_type"),
        ({"mime_type": "image/png"}, 422, "size_bytes"),
        ({"mime_type": "image/png", "size_bytes": 0}, 422, "size_bytes"),
        ({"mime_type": "image/png", "size_bytes": 1, "expires_at": "soon"}, 422, "expires_at"),
        ({"mime_type": "image/png", "size_bytes": 1, "expires_at": "2020-01-01T00:00:00Z"}, 422, "expires_at"),
        ({"mime_type": "image/png", "size_bytes": 1, "purpose": "other"}, 422, "purpose"),
        ({"mime_type": "image/png", "size_bytes": 10**12}, 413, None),
    ],
)
def test_what_is_refused(http: TestClient, key: str, told: Any, status: int, place: str | None) -> None:
    answer = http.post("/luma/v1/files", headers={"Authorization": f"Bearer {key}"}, json=told)
    assert answer.status_code == status
    if place is not None:
        assert answer.json()["detail"][0]["loc"] == ["body", place]


def test_what_is_put_and_never_completed_takes_no_room_for_ever(luma: Luma, http: TestClient, service: Service) -> None:
    data = png()
    made = luma.files.create(mime_type="image/png", size_bytes=len(data))
    assert made.upload is not None
    assert made.file.expires_at is not None  # then the janitor puts it away
    in_process(http).put(made.upload.url, content=data)
    assert len(list(service.storage.iter_all())) == 1
