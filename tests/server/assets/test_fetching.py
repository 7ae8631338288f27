import base64
import gzip
import ssl
import threading
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.server.assets.peers import CERTIFICATE, Peer, endless, giving, leading_to, listening, nobody_came, serving

from manazir.core.errors import FetchError, StorageError
from manazir.media.sniff import PICTURE_KINDS, Kind
from manazir.server.assets.addresses import Reach
from manazir.server.assets.fetching import Terms, check_source, fetch, post
from manazir.server.assets.storage import FolderStorage

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
PIECE = b"10000\r\n" + PNG[:16] + b"x" * 65520 + b"\r\n"
INSIDE = """
127.0.0.1 ::1 ::ffff:127.0.0.1 169.254.169.254 10.0.0.1 fe80::1%lo fd00::1 0.0.0.0 64:ff9b::7f00:1 2002:7f00:1::
::127.0.0.1 100.64.0.1 224.0.0.1 ::
"""
TARGETS = """
http://127.0.0.1:{port}/secret //127.0.0.1:{port}/secret http://[::ffff:127.0.0.1]:{port}/ http://2130706433:{port}/
file:///etc/passwd gopher://127.0.0.1:{port}/_x http://u:secret@example.com/ http://169.254.169.254/latest/meta-data/
http://localhost:{port}/ data:image/png;base64,secret
"""


@pytest.fixture
def storage(tmp_path: Path) -> FolderStorage:
    return FolderStorage(folder=tmp_path / "storage", floor_bytes=0)


def allowing(*hosts: str, **rest: Any) -> Reach:
    return Reach(allowed_hosts=frozenset(hosts), **rest)


def terms(peer: Peer, **rest: Any) -> Terms:
    return Terms(reach=allowing(f"{peer.address}:{peer.port}"), **rest)


def refused(url: str, storage: FolderStorage, asked: Terms, reason: str) -> str:
    """The message with which a URL is not fetched; nothing of it may stay."""
    with pytest.raises(FetchError) as error:
        fetch(url, storage, asked)
    assert error.value.reason == reason
    assert list(storage.iter_all()) == []
    assert list(storage.folder.glob("drafts/*")) == []
    assert "secret" not in str(error.value)
    return str(error.value)


class Answers:
    """A resolver that gives one list after the other, and the last for ever."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers, self.asked = list(answers), 0

    def __call__(self, *_: object) -> list[str]:
        self.asked += 1
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def test_what_a_url_points_to_is_kept(storage: FolderStorage):
    with serving(giving(PNG, Content_Type="text/html")) as peer:
        found = fetch(f"{peer.url}/a.html?x=1", storage, terms(peer))
    assert found.kind is Kind.PNG
    assert storage.path(found.blob.sha256).read_bytes() == PNG
    assert peer.hosts == [f"127.0.0.1:{peer.port}"]
    assert peer.headers[0]["Accept-Encoding"] == "identity"


# Where it leads


@pytest.mark.parametrize(
    "address",
    INSIDE.split(),
)
@pytest.mark.parametrize("others", [[], ["93.184.215.14"]])
def test_a_name_that_leads_inside_is_refused_and_nobody_is_asked(storage, address: str, others: list[str]):
    with listening() as server:
        port = server.getsockname()[1]
        resolve = Answers([*others, address])
        url = f"http://films.example:{port}/secret"
        message = refused(url, storage, Terms(reach=Reach(resolve=resolve)), "refused")
        assert nobody_came(server)
    assert address not in message
    assert resolve.asked == 1


def test_the_resolver_of_the_system_is_checked_too(storage: FolderStorage):
    with listening() as server:
        url = f"http://localhost:{server.getsockname()[1]}/"
        reach = allowing("localhost:1")  # another port
        refused(url, storage, Terms(reach=reach), "refused")
        assert nobody_came(server)
    with serving(giving(PNG)) as peer:
        fetch(f"http://localhost:{peer.port}/", storage, Terms(reach=allowing("localhost")))


def test_a_name_is_resolved_once_and_only_that_address_is_asked(storage: FolderStorage):
    """Rebinding: the first answer is allowed, and every later one leads to something else."""
    with serving(giving(PNG), "127.0.0.2") as outside, serving(giving(b"inside"), "127.0.0.1", outside.port) as inside:
        resolve = Answers(["127.0.0.2"], ["127.0.0.1"])
        reach = allowing("127.0.0.2", resolve=resolve)
        url = f"http://films.example:{outside.port}/"
        fetch(url, storage, Terms(reach=reach))
        assert resolve.asked == 1
        assert outside.hosts == [f"films.example:{outside.port}"]
        with pytest.raises(FetchError, match="leads to an address that is not of the Internet"):
            fetch(url, storage, Terms(reach=reach))
        assert inside.hosts == []


def test_an_address_that_does_not_answer_is_followed_by_the_next(storage: FolderStorage):
    with serving(giving(PNG), "127.0.0.2") as peer:
        reach = allowing("127.0.0.2", "127.0.0.3", resolve=Answers(["127.0.0.3", "127.0.0.2"]))
        fetch(f"http://films.example:{peer.port}/", storage, Terms(reach=reach))
    refused(f"http://films.example:{peer.port}/", storage_of(storage), Terms(reach=reach), "unreachable")


def storage_of(storage: FolderStorage) -> FolderStorage:
    """An empty one beside it."""
    return FolderStorage(folder=storage.folder.with_name("other"), floor_bytes=0)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    "target",
    TARGETS.split(),
)
def test_a_redirect_to_what_is_refused_is_refused(storage: FolderStorage, status: int, target: str):
    with listening() as server, serving(lambda handler: behave(handler), "127.0.0.2") as peer:
        behave = leading_to(target.format(port=server.getsockname()[1]), status)
        refused(peer.url, storage, terms(peer), "refused")
        assert len(peer.hosts) == 1
        assert nobody_came(server)


def test_redirects_are_followed_where_they_may_go(storage: FolderStorage):
    def behave(handler):
        place = {"/a": "b?x=1", "/b?x=1": "/صورة.png"}.get(handler.path)
        (leading_to(place.encode().decode("latin-1")) if place else giving(PNG))(handler)

    with serving(behave) as peer:
        fetch(f"{peer.url}/a", storage, terms(peer))
        assert len(peer.hosts) == 3


def test_redirects_end(storage: FolderStorage):
    with serving(leading_to("/")) as peer:
        assert "more than 5 times" in refused(peer.url, storage, terms(peer), "refused")
        assert len(peer.hosts) == 6
    with serving(giving(b"", 302)) as peer:
        assert "does not say where to" in refused(peer.url, storage, terms(peer), "status")
    with serving(leading_to("http://[::")) as peer:
        assert "no URL" in refused(peer.url, storage, terms(peer), "refused")


def test_tls_is_spoken_with_the_name_and_not_with_the_address(storage: FolderStorage):
    context = ssl.create_default_context(cafile=str(CERTIFICATE))
    with serving(giving(PNG), has_tls=True) as peer:
        reach = allowing("127.0.0.1", resolve=Answers(["127.0.0.1"]), ssl_context=context)
        fetch(f"https://films.example:{peer.port}/a", storage, Terms(reach=reach))
        assert peer.names == ["films.example"]
        assert peer.hosts == [f"films.example:{peer.port}"]
        other = storage_of(storage)
        message = refused(f"https://other.example:{peer.port}/a", other, Terms(reach=reach), "unreachable")
        assert "its certificate is not valid" in message
        reach = allowing("127.0.0.1", resolve=Answers(["127.0.0.1"]))
        assert "certificate" in refused(f"https://films.example:{peer.port}/", other, Terms(reach=reach), "unreachable")
    assert len(peer.hosts) == 1


# How much of it, and how long


@pytest.mark.parametrize(
    ("first", "piece"),
    [(CHUNKED, PIECE), (b"HTTP/1.1 200 OK\r\n\r\n", PNG), (b"HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n", PNG)],
)
def test_what_is_endless_or_too_long_is_cut_off(storage: FolderStorage, first: bytes, piece: bytes):
    with serving(endless(first, piece)) as peer:
        message = refused(peer.url, storage, terms(peer, limit_bytes=300_000), "too_large")
    assert "more than 300000 bytes" in message


@pytest.mark.parametrize(
    "first",
    [b"", b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n" + PNG[:100], CHUNKED],
)
def test_a_peer_that_sends_a_byte_now_and_then_wins_no_time(storage: FolderStorage, first: bytes):
    with serving(endless(first, b"1", every_seconds=0.02)) as peer:
        assert "took too long" in refused(peer.url, storage, terms(peer, total_seconds=0.4), "timeout")


def test_redirects_share_the_time(storage: FolderStorage):
    def behave(handler):
        handler.ended.wait(0.3)
        leading_to("/")(handler)

    with serving(behave) as peer:
        refused(peer.url, storage, terms(peer, total_seconds=0.7), "timeout")
        assert len(peer.hosts) < 5


def test_a_resolver_that_does_not_answer_is_not_waited_for(storage: FolderStorage):
    ending = threading.Event()

    def resolve(host: str, port: int) -> list[str]:
        ending.wait(60)
        return []

    refused("http://films.example/", storage, Terms(reach=Reach(resolve=resolve), total_seconds=0.2), "timeout")
    ending.set()


def test_a_name_that_is_not_there(storage: FolderStorage):
    def resolve(host: str, port: int) -> list[str]:
        raise OSError("no such name")

    message = refused("http://films.example/secret", storage, Terms(reach=Reach(resolve=resolve)), "unreachable")
    assert message == "http://films.example gave nothing: it cannot be reached, or broke off"
    refused(f"http://{'a' * 64}.x/", storage, Terms(reach=allowing(f"{'a' * 64}.x")), "unreachable")


def test_a_server_that_speaks_something_else(storage: FolderStorage):
    with serving(endless(b"220 smtp.example ESMTP secret\r\n", b"!" * 1000)) as peer:
        refused(peer.url, storage, terms(peer), "unreachable")


def test_what_breaks_off_is_not_kept(storage: FolderStorage):
    with serving(giving(PNG, Content_Length=str(len(PNG) + 1))) as peer:
        refused(peer.url, storage, terms(peer), "unreachable")


# What it is


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress])
def test_what_came_compressed_is_unpacked(storage: FolderStorage, pack: Callable[[bytes], bytes]):
    packing = "gzip" if pack is gzip.compress else "deflate"
    with serving(giving(pack(PNG * 50), Content_Encoding=packing)) as peer:
        found = fetch(peer.url, storage, terms(peer))
    assert storage.path(found.blob.sha256).read_bytes() == PNG * 50


def test_a_bomb_is_refused_when_the_limit_is_reached(storage: FolderStorage):
    bomb = gzip.compress(PNG + bytes(50_000_000))
    assert len(bomb) < 100_000
    with serving(giving(bomb, Content_Encoding="gzip")) as peer:
        refused(peer.url, storage, terms(peer, limit_bytes=1_000_000), "too_large")


def test_what_was_packed_another_way_or_badly_is_told(storage: FolderStorage):
    for packing, body, reason in (
        ("br", PNG, "kind"),
        ("gzip, gzip", PNG, "kind"),
        ("gzip", PNG, "kind"),
        ("gzip", gzip.compress(PNG * 9)[:-9], "unreachable"),
    ):
        with serving(giving(body, Content_Encoding=packing)) as peer:
            refused(peer.url, storage, terms(peer), reason)


@pytest.mark.parametrize("body", [b"", b"<html>secret</html>", b"#EXTM3U\nhttp://127.0.0.1/secret", b"\x89PNG"])
def test_what_is_no_medium_is_refused_whatever_it_is_called(storage: FolderStorage, body: bytes):
    with serving(giving(body, Content_Type="image/png")) as peer:
        assert "no media file" in refused(f"{peer.url}/a.png", storage, terms(peer), "kind")


def test_another_kind_than_was_wanted_is_named(storage: FolderStorage):
    with serving(giving(b"\0\0\0\x20ftypisom" + PNG)) as peer:
        message = refused(peer.url, storage, terms(peer, wanted=PICTURE_KINDS), "kind")
    assert "is MP4 or MOV; give one of: PNG, JPEG, WebP" in message


@pytest.mark.parametrize("status", [201, 204, 304, 401, 404, 500])
def test_another_status_is_told_and_nothing_of_the_answer(storage: FolderStorage, status: int):
    with serving(giving(b"" if status in (204, 304) else b"secret", status)) as peer:
        message = refused(f"{peer.url}/secret?secret", storage, terms(peer), "status")
    assert message == f"{peer.url} answered with status {status}"


def test_a_storage_that_takes_nothing_is_told_as_such(storage: FolderStorage):
    storage.folder.write_text("no folder")
    with serving(giving(PNG)) as peer, pytest.raises(StorageError, match="cannot use the storage"):
        fetch(peer.url, storage, terms(peer))


# What lies in the URL itself


@pytest.mark.parametrize(
    "url",
    [
        "data:image/png;base64," + base64.b64encode(PNG).decode(),
        "DATA:text/html;charset=x;base64," + base64.b64encode(PNG).decode().rstrip("="),
        "data:;base64," + base64.b64encode(PNG).decode().replace("+", "%2B").replace("/", "%2f"),
        "data:," + "".join(f"%{byte:02x}" for byte in PNG),
    ],
)
def test_data_urls(storage: FolderStorage, url: str):
    check_source(url, Terms())
    found = fetch(url, storage, Terms())
    assert found.kind is Kind.PNG
    assert storage.path(found.blob.sha256).read_bytes() == PNG


def test_data_urls_that_are_none(storage: FolderStorage):
    for url in ("data:", "data:image/png;base64", "data:" + "x" * 2000 + ",y"):
        refused(url, storage, Terms(), "refused")
        with pytest.raises(FetchError, match="not written as one"):
            check_source(url, Terms())
    refused("data:image/png;base64,!!!secret", storage, Terms(), "refused")
    refused("data:text/plain,secret", storage, Terms(), "kind")
    long = "data:image/png;base64," + base64.b64encode(PNG).decode()
    refused(long, storage, Terms(max_data_bytes=1000), "too_large")
    refused(long, storage, Terms(limit_bytes=1000), "too_large")
    with pytest.raises(FetchError, match="more than 1000 bytes"):
        check_source(long, Terms(max_data_bytes=1000))


def test_a_source_is_refused_early():
    check_source("https://films.example/a", Terms())
    with pytest.raises(FetchError, match="is refused"):
        check_source("http://127.0.0.1/", Terms())


# Messages


def test_a_message_is_delivered():
    with serving(giving(b'{"ok": true}', 201, Retry_After="7")) as peer:
        reach = allowing("127.0.0.1")
        answer = post(f"{peer.url}/hook?a=b", b'{"id": 1}', {"Content-Type": "application/json"}, reach=reach)
    assert (answer.status, answer.body, answer.headers["retry-after"]) == (201, b'{"ok": true}', "7")
    assert peer.bodies == [b'{"id": 1}']
    assert peer.headers[0]["Content-Type"] == "application/json"


def test_a_long_message_is_delivered_whole():
    body = b"0123456789" * 100_000
    with serving(giving(b"")) as peer:
        post(peer.url, body, {}, reach=allowing("127.0.0.1"))
    assert peer.bodies == [body]


def test_a_message_goes_where_it_was_sent_or_nowhere():
    with listening() as server:
        target = f"http://127.0.0.1:{server.getsockname()[1]}/"
        with serving(leading_to(target, 307), "127.0.0.2") as peer:
            answer = post(peer.url, b"{}", {}, reach=allowing("127.0.0.2"))
            assert (answer.status, answer.headers["location"]) == (307, target)
        for url in (target, "file:///etc/passwd", "data:,x", "http://[::1]/"):
            with pytest.raises(FetchError, match="is refused"):
                post(url, b"{}", {})
        with pytest.raises(FetchError, match="is refused"):
            post(target.replace("127.0.0.1", "films.example"), b"{}", {}, reach=Reach(resolve=Answers(["127.0.0.1"])))
        assert nobody_came(server)


def test_an_answer_without_end_is_cut_and_counts():
    with serving(endless(CHUNKED, PIECE)) as peer:
        answer = post(peer.url, b"{}", {}, reach=allowing("127.0.0.1"))
    assert (answer.status, len(answer.body)) == (200, 4096)
    with serving(endless(CHUNKED, b"", every_seconds=0.02)) as peer:
        answer = post(peer.url, b"{}", {}, reach=allowing("127.0.0.1"), total_seconds=0.3)
    assert (answer.status, answer.body) == (200, b"")


def test_no_answer_is_an_error():
    with serving(endless(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n", every_seconds=0.02)) as peer:
        with pytest.raises(FetchError, match="took too long") as error:
            post(peer.url, b"{}", {}, reach=allowing("127.0.0.1"), total_seconds=0.3)
        assert error.value.reason == "timeout"
    with pytest.raises(FetchError, match="cannot be reached") as error:
        post(peer.url, b"{}", {}, reach=allowing("127.0.0.1"))
    assert error.value.reason == "unreachable"


def test_proxies_of_the_environment_are_not_asked(storage: FolderStorage, monkeypatch: pytest.MonkeyPatch):
    with listening() as proxy, serving(giving(PNG), "127.0.0.2") as peer:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.getsockname()[1]}")
        fetch(peer.url, storage, terms(peer))
        assert nobody_came(proxy)
