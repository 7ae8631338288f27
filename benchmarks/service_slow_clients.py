"""Others' requests while 200 clients read a film at 1 KB/s and 50 never finish their headers.

    python benchmarks/service_slow_clients.py                             # some minutes
    python benchmarks/service_slow_clients.py --rounds 2 --requests 100 --out /tmp/out

`manazir serve` runs in a process of its own, without workers; the slow clients are a process too. Rounds alternate,
alone and beside the slow ones (while they all come at once, and once they are there), so that whatever else the machine
does falls on both. Timed is each request of one ordinary client, over HTTP: submitting a job, looking at it, listing a
page, and a part of the film.

Writes benchmarks/results/service-slow-clients.json and service-slow-clients.md.
"""

import argparse
import json
import multiprocessing
import os
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import httpx

sys.path.insert(0, str(Path(__file__).parent.parent))
from tests.tiny_noor import save_tiny_noor

from chaos.place import Place
from manazir.server.assets.storage import FolderStorage
from manazir.server.files import add_asset
from manazir.server.keys import Scope
from manazir.server.service import Service
from manazir.server.store.database import Database
from provenance import provenance

RESULTS = Path(__file__).parent / "results"
SLOW, SILENT = 200, 50
BYTES_A_SECOND = 1024
FILM_BYTES = 8_000_000
PART = {"Range": "bytes=0-65535"}
BODY = {"canvas": {"prompt": "a red ball", "duration_seconds": 1.0}}
AIM = 1.2
"""Of others' 99th percentile beside the slow ones, by that without them."""
SETTLE_SECONDS = 5.0
"""Until what connections hold is full: 250 requests at once are work, however they are read."""
HEADER_SECONDS = 10.0
"""After so long the silent ones come anew: the server ends them after 15."""


def main() -> None:
    options = _options()
    options.out.mkdir(parents=True, exist_ok=True)
    report: dict[str, Any] = {**provenance(), "slow_readers": SLOW, "silent": SILENT, "rounds": options.rounds}
    report["load_average_before"] = round(os.getloadavg()[0], 1)
    folder = Path(tempfile.mkdtemp(prefix="manazir-slow-"))
    try:
        report["runs"] = _measured(folder, options.rounds, options.requests)
    finally:
        shutil.rmtree(folder)
    report["load_average_after"] = round(os.getloadavg()[0], 1)
    print(json.dumps(report, indent=2))
    (options.out / "service-slow-clients.json").write_text(json.dumps(report, indent=2) + "\n")
    (options.out / "service-slow-clients.md").write_text(_table(report))


def _measured(folder: Path, rounds: int, requests: int) -> dict[str, Any]:
    save_tiny_noor(folder)
    url = f"sqlite:///{folder / 'manazir.sqlite3'}"
    place = Place(folder, url, workers=0)
    place.start()
    times: dict[str, list[float]] = {"alone": [], "while they come": [], "beside them": []}
    try:
        path = _film(folder, url, place.key)
        _asked(place, path, requests // 4)  # what is loaded once
        for _ in range(rounds):
            times["alone"] += _asked(place, path, requests)
            with _slow_clients(place.port, path):
                times["while they come"] += _asked(place, path, requests // 4)
                time.sleep(SETTLE_SECONDS)
                times["beside them"] += _asked(place, path, requests)
    finally:
        place.stop()
    return {name: _spread(found) for name, found in times.items()}


def _film(folder: Path, url: str, key: str) -> str:
    """A signed path to bytes that are larger than what connections hold."""
    service = Service(Database(url), storage=FolderStorage(folder=folder / "storage"))
    tenant_id = service.caller(key, Scope.READ).tenant_id
    blob = service.storage.put_stream([os.urandom(FILM_BYTES)], FILM_BYTES)
    facts: dict[str, Any] = {"mime_type": "video/mp4", "size_bytes": blob.size_bytes, "sha256": blob.sha256}
    with service.database.transaction() as connection:
        asset = add_asset(connection, tenant_id, role="video", **facts)
    path = service.link(asset, "")
    service.database.close()
    return path


def _asked(place: Place, path: str, count: int) -> list[float]:
    """Milliseconds of each request; all of them are answered."""
    head, times, job = {"Authorization": f"Bearer {place.key}"}, [], ""
    with httpx.Client(base_url=place.address, headers=head, timeout=60) as client:
        for number in range(count):
            began = time.perf_counter()
            if number % 4 == 0:
                answer = client.post("/api/v1/jobs", json=BODY)
            elif number % 4 == 1:
                answer = client.get(f"/api/v1/jobs/{job}")
            elif number % 4 == 2:
                answer = client.get("/api/v1/jobs?limit=20")
            else:
                answer = client.get(path, headers=PART)
            times.append((time.perf_counter() - began) * 1000)
            answer.raise_for_status()
            job = answer.json()["id"] if number % 4 == 0 else job
    return times


@contextmanager
def _slow_clients(port: int, path: str) -> Iterator[None]:
    """They are there from the beginning to the end."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=be_slow, args=(port, path, theirs))
    process.start()
    try:
        assert ours.recv() == SLOW
        yield
        ours.send("end")
        assert ours.recv() == SLOW, "some slow readers were cut off"
    finally:
        process.join()


def be_slow(port: int, path: str, told: Connection) -> None:
    """Read, each a little every second, until told to end; says how many were served at first, and how many still."""
    readers = [_reader(port, path) for _ in range(SLOW)]
    silent = _silent(port)
    told.send(sum(len(one.recv(BYTES_A_SECOND)) > 0 for one in readers))
    came_at = time.monotonic()
    while not told.poll(1.0):
        still = sum(len(one.recv(BYTES_A_SECOND)) > 0 for one in readers)
        if time.monotonic() - came_at > HEADER_SECONDS:
            for one in silent:
                one.close()
            silent, came_at = _silent(port), time.monotonic()
    told.send(still)


def _reader(port: int, path: str) -> socket.socket:
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    made.settimeout(60)
    made.connect(("127.0.0.1", port))
    made.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    return made


def _silent(port: int) -> list[socket.socket]:
    made = [socket.create_connection(("127.0.0.1", port)) for _ in range(SILENT)]
    for one in made:
        one.sendall(b"GET /livez HTTP/1.1\r\nX-A: ")
    return made


def _spread(times: list[float]) -> dict[str, float]:
    """In milliseconds."""
    ordered = sorted(times)
    found = {"p50": ordered[len(ordered) // 2], "p99": ordered[int(len(ordered) * 0.99)], "most": ordered[-1]}
    return {"count": len(ordered)} | {name: round(value, 2) for name, value in found.items()}


NOTES = """\
Milliseconds of one request over HTTP, over {rounds} rounds that alternate: half of all took no longer than p50, 99 of
100 no longer than p99. All were answered, and all slow readers were still served at the end of each round.
"""


def _table(report: dict[str, Any]) -> str:
    runs = report["runs"]
    lines = [f"# Others' requests beside {SLOW} slow readers and {SILENT} clients that never say what they want", ""]
    lines += [f"{report['machine']}. Commit {report['commit'][:12]}, {report['date'][:10]}: `{report['command']}`;"]
    loads = f"{report['load_average_before']} before and {report['load_average_after']} after"
    lines += [f"load average {loads}.", ""]
    lines += [NOTES.format(rounds=report["rounds"])]
    lines += ["|  | requests | p50 | p99 | most |", "| --- | --- | --- | --- | --- |"]
    for name, told in runs.items():
        lines += [f"| {name} | {told['count']} | {told['p50']:.1f} | {told['p99']:.1f} | {told['most']:.1f} |"]
    by = runs["beside them"]["p99"] / runs["alone"]["p99"]
    return "\n".join([*lines, "", f"p99 beside them by p99 alone: {by:.2f}; the aim is {AIM:g} at most.", ""])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--requests", type=int, default=400)
    parser.add_argument("--out", type=Path, default=RESULTS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
