"""`manazir serve`, `worker` and `keys`, as processes."""

import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from manazir.cli.main import main
from manazir.server.store.database import Database
from manazir.server.store.tables import workers

SERVE = (sys.executable, "-m", "manazir.cli", "serve", "--port", "0", "--json")


@pytest.fixture
def own_home(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with the tiny models, whose store is its own."""
    own = tmp_path / "home"
    own.mkdir()
    (own / "models").symlink_to(home / "models")
    monkeypatch.setenv("MANAZIR_HOME", str(own))
    return own


@pytest.fixture
def served(own_home: Path) -> Iterator[tuple[dict[str, Any], "subprocess.Popen[str]"]]:
    process = subprocess.Popen(SERVE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    yield json.loads(process.stdout.readline()), process
    started = _children(process.pid)
    process.kill()
    process.wait()
    process.stdout.close()
    _until(lambda: not any(map(_is_alive, started)))  # also one that had hardly begun


def _children(process_id: int) -> list[int]:
    told = subprocess.run(["ps", "-o", "pid=", "--ppid", str(process_id)], capture_output=True, text=True)
    return [int(line) for line in told.stdout.split()]


def _until(is_so: Any) -> None:
    for _ in range(400):
        if is_so():
            return
        time.sleep(0.05)
    raise AssertionError("it did not come to that")


def _is_alive(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{process_id}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"


def test_the_first_start_makes_a_key_for_its_owner_alone(own_home: Path, served: Any) -> None:
    told, _ = served
    assert httpx.get(f"{told['address']}/livez", timeout=60).json() == {"status": "alive"}
    key_file = Path(told["key_file"])
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert stat.S_IMODE((own_home / "manazir.sqlite3").stat().st_mode) == 0o600
    assert key_file.read_text().startswith("mnz_")


def test_the_studio_opens_with_what_is_told_and_with_what_the_verb_tells(
    own_home: Path, served: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    told, _ = served
    assert main(["studio", "--json"]) == 0
    again = json.loads(capsys.readouterr().out)["studio"]
    for address in (told["studio"], again):
        base, _, token = address.partition("/#open=")
        assert base == told["address"]
        opened = httpx.post(f"{base}/api/v1/session", json={"token": token}, timeout=30)
        assert opened.status_code == 200
        me = httpx.get(f"{base}/api/v1/me", cookies=dict(opened.cookies), timeout=30)
        assert me.json()["scopes"] == ["admin"]
        assert httpx.post(f"{base}/api/v1/session", json={"token": token}, timeout=30).status_code == 401


def test_the_studio_has_an_address_before_a_server_ran(own_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["studio"]) == 2
    assert "`manazir keys create NAME --scope admin`" in capsys.readouterr().err
    assert main(["keys", "create", "boss", "--scope", "admin"]) == 0
    capsys.readouterr()
    assert main(["studio"]) == 0
    assert capsys.readouterr().out.startswith("http://127.0.0.1:8420/#open=")
    assert main(["studio", "--address", "https://films.example.com/"]) == 0
    assert capsys.readouterr().out.startswith("https://films.example.com/#open=")
    assert main(["studio", "--address", "films.example.com"]) == 2
    assert "give one such as" in capsys.readouterr().err


def test_a_worker_that_dies_is_replaced_and_all_end_with_the_server(served: Any) -> None:
    _, process = served
    _until(lambda: _children(process.pid))
    first = _children(process.pid)[0]
    os.kill(first, signal.SIGKILL)
    _until(lambda: [child for child in _children(process.pid) if child != first])
    second = next(child for child in _children(process.pid) if child != first)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=15) in (0, -signal.SIGTERM)
    assert not _is_alive(second)


def _at_work(home: Path) -> list[int]:
    """Workers that have written themselves down: from then on they hear that their server is gone."""
    with Database(f"sqlite:///{home / 'manazir.sqlite3'}").reading() as connection:
        return list(connection.execute(select(workers.c.process_id)).scalars())


def test_workers_end_when_their_server_is_killed(own_home: Path, served: Any) -> None:
    _, process = served
    _until(lambda: _at_work(own_home))
    child = _at_work(own_home)[0]
    process.kill()
    _until(lambda: not _is_alive(child))


def test_a_public_address_needs_a_key_first(own_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--host", "0.0.0.0", "--port", "0"]) == 2
    assert "nobody has a key yet; make one first" in capsys.readouterr().err
    assert not (own_home / "admin.key").exists()


def test_a_public_server_tells_what_is_so_of_its_keys_and_its_links(
    own_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["keys", "create", "admin", "--scope", "admin"]) == 0
    public = [*SERVE, "--host", "0.0.0.0", "--workers", "0"]
    process = subprocess.Popen(public, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    told = json.loads(process.stdout.readline())
    process.terminate()
    log = process.communicate()[1]
    assert told["key_file"] is None
    assert not (own_home / "admin.key").exists()
    assert told["studio"].startswith("http://127.0.0.1:")
    assert "set MANAZIR_PUBLIC_URL to how others reach it" in log


def test_an_address_that_is_taken_is_told(served: Any, capsys: pytest.CaptureFixture[str]) -> None:
    port = served[0]["address"].rsplit(":", 1)[1]
    assert main(["serve", "--port", port]) == 2
    assert f"cannot listen at 127.0.0.1:{port}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("MANAZIR_DEVICE", "banana", "it must be cpu, cuda, or cuda:N"),
        ("MANAZIR_PUBLIC_URL", "films.example.com", "give http(s)://HOST"),
        ("MANAZIR_PUBLIC_URL", "https://who:secret@films.example.com", "give http(s)://HOST"),
        ("MANAZIR_STORAGE_URL", "/proc/nowhere", "no files can be kept in /proc/nowhere: "),
    ],
)
def test_a_setting_that_no_job_could_end_well_with_is_told_at_the_start(
    own_home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    value: str,
    told: str,
) -> None:
    monkeypatch.setenv(name, value)
    assert main(["serve", "--port", "0"]) == 2
    assert told in capsys.readouterr().err


def test_a_device_that_is_not_there_ends_workers_and_then_their_server(
    own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MANAZIR_DEVICE", "cuda:99")
    done = subprocess.run([*SERVE, "--workers", "2"], capture_output=True, text=True, timeout=300)
    assert done.returncode == 2
    assert done.stderr.count("MANAZIR_DEVICE is 'cuda:99', and this machine has cpu") == 2  # none was started again
    assert done.stderr.splitlines()[-1].startswith("manazir: no worker can have its device")


def test_a_worker_that_joins_without_its_device_says_which_there_are(
    own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MANAZIR_DATABASE_URL", f"sqlite:///{own_home / 'joined.sqlite3'}")
    monkeypatch.setenv("MANAZIR_DEVICE", "cuda:99")
    joining = [sys.executable, "-m", "manazir.cli", "worker", "--join"]
    done = subprocess.run(joining, capture_output=True, text=True, timeout=300)
    assert done.returncode == 2
    assert "manazir: MANAZIR_DEVICE is 'cuda:99', and this machine has cpu" in done.stderr


def test_a_port_that_there_cannot_be_is_told(own_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--port", "99999"]) == 2
    assert "there is no port 99999; choose one up to 65535" in capsys.readouterr().err


def test_keys_are_made_listed_and_ended(own_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["keys", "create", "laptop", "--tenant", "agency", "--scope", "read"]) == 0
    whole = capsys.readouterr().out.strip()
    assert main(["keys", "list", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)[0]
    assert (told["name"], told["scopes"], whole.startswith(told["prefix"])) == ("laptop", ["read"], True)
    assert told["tenant"] == "agency"
    assert main(["keys", "revoke", told["prefix"]]) == 0
    assert main(["keys", "list"]) == 0
    assert "revoked" in capsys.readouterr().out
    assert main(["keys", "revoke", told["prefix"]]) == 2
    assert main(["keys", "create", "x", "--scope", "fly"]) == 2
    assert "there is no scope 'fly'; have generate, read, admin" in capsys.readouterr().err


def test_a_worker_joins_on_purpose_and_by_a_record(own_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["worker"]) == 2
    assert "give --join" in capsys.readouterr().err
    assert main(["worker", "--join"]) == 2
    assert "set MANAZIR_DATABASE_URL to it" in capsys.readouterr().err
