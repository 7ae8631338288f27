"""The store under 10,000 waiting jobs of five tenants: how long submitting, listing, looking and claiming take.

    python benchmarks/service_store.py                                  # both stores, some minutes
    python benchmarks/service_store.py --store sqlite --jobs 300 --out /tmp/out

Each is a call of the service as a request makes it, without HTTP: submitting looks up the model, asks whether there is
room on the disk, and commits. One caller after the other, and four at once. Beside it stands what the disk takes to
make 4 KiB last (fsync), which no store that keeps its word can beat. Last, a server is killed, and the time until it is
ready counts.

Writes benchmarks/results/service-store.json and service-store.md.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil

sys.path.insert(0, str(Path(__file__).parent.parent))
from tests.server.postgres import Postgres, temporary_folder
from tests.tiny_noor import save_tiny_noor

from chaos.place import Place
from manazir.core.canvas import Canvas
from manazir.server.asks import Ask
from manazir.server.assets.storage import FolderStorage
from manazir.server.jobs.claim import claim
from manazir.server.jobs.job import State
from manazir.server.keys import Caller, Scope, make_key
from manazir.server.operator import Operator
from manazir.server.service import Service
from manazir.server.store.database import Database
from manazir.server.store.migrate import upgrade
from manazir.server.tenants import Limits, make_tenant
from provenance import provenance

RESULTS = Path(__file__).parent / "results"
TENANTS = 5
LOOKS = 300
"""How often what changes nothing is done; of few jobs, once for each."""
AIMS = {"submit": 50.0, "list": 100.0, "claim": 25.0}
"""Milliseconds, of the 99th percentile."""
SPREAD = ("p50", "p99", "most")
AIM_RSS_MB = 200.0
AIM_UP_SECONDS = 5.0
ASK = Ask(dialect="api", model="sora-2", canvas=Canvas(prompt="a red ball", width=1280, height=720))


def main() -> None:
    options = _options()
    options.out.mkdir(parents=True, exist_ok=True)
    report: dict[str, Any] = {**provenance(), "jobs": options.jobs, "runs": {}}
    report["load_average_before"] = round(os.getloadavg()[0], 1)
    for store in options.store:
        report["runs"][store] = told = _run(store, options.jobs)
        print(store, json.dumps(told, indent=2), flush=True)
    report["load_average_after"] = round(os.getloadavg()[0], 1)
    (options.out / "service-store.json").write_text(json.dumps(report, indent=2) + "\n")
    (options.out / "service-store.md").write_text(_table(report))


def _run(store: str, count: int) -> dict[str, Any]:
    folder = Path(tempfile.mkdtemp(prefix="manazir-store-"))
    cluster = Postgres(temporary_folder(), is_durable=True) if store == "postgres" else None
    try:
        save_tiny_noor(folder)
        os.environ["MANAZIR_HOME"] = str(folder)
        url = f"sqlite:///{folder / 'manazir.sqlite3'}"
        if cluster is not None:
            cluster.prepare()
            cluster.start()
            url = cluster.new_database()
        return _measured(folder, url, count)
    finally:
        if cluster is not None:
            cluster.stop(at_once=True)
            shutil.rmtree(cluster.folder)
        shutil.rmtree(folder)


def _measured(folder: Path, url: str, count: int) -> dict[str, Any]:
    database = Database(url)
    upgrade(database)
    service = Service(database, Operator(), FolderStorage(folder=folder / "storage", floor_bytes=0))
    callers = [_caller(service, f"tenant-{number}") for number in range(TENANTS)]
    looks = min(LOOKS, count)
    told: dict[str, Any] = {"fsync": _spread(_times(looks, lambda _: _fsync(folder)))}
    memory = psutil.Process().memory_info
    before = memory().rss
    some = count // 10
    told["submit"] = _spread(_times(count - 2 * some, lambda one: service.submit(callers[one % TENANTS], ASK)))
    told["submit, four at once"] = _spread(_at_once(some, lambda one: service.submit(callers[one % TENANTS], ASK)))
    told["submit, the queue full"] = _spread(_times(some, lambda one: service.submit(callers[one % TENANTS], ASK)))
    ids = [job.id for job in service.jobs(callers[0], limit=100).jobs]
    told["list"] = _spread(_times(looks, lambda one: service.jobs(callers[0], limit=100, after_id=ids[one % len(ids)])))
    waiting = {"states": [State.QUEUED], "dialect": "api", "limit": 100, "offset": some}
    told["list, filtered, from the middle"] = _spread(_times(looks // 3, lambda _: service.jobs(callers[1], **waiting)))
    told["one job"] = _spread(_times(looks, lambda one: service.job(callers[0], ids[one % len(ids)])))
    told["claim"] = _spread(_times(some, lambda _: _claim(database)))
    told["claim, four at once"] = _spread(_at_once(some, lambda _: _claim(database)))
    told["submit and claim at once"] = _spread(
        _at_once(some, lambda one: _claim(database) if one % 2 else service.submit(callers[one % TENANTS], ASK))
    )
    told["memory_grew_mb"] = round((memory().rss - before) / 1e6, 1)
    database.close()
    told["server_up_seconds"] = _up(folder, url)
    return told


def _up(folder: Path, url: str) -> float:
    """From the start of a server, over all these jobs, until it is ready."""
    place = Place(folder, url, workers=0)
    place.start()
    (server,) = place.processes("server")
    server.kill()
    while len(place.up_seconds) < 2 or not place.is_ready():
        time.sleep(0.05)
    place.stop()
    return round(place.up_seconds[1], 2)


def _caller(service: Service, name: str) -> Caller:
    with service.database.transaction() as connection:
        tenant = make_tenant(connection, name, Limits(max_running=1 << 20))
        _, key = make_key(connection, tenant.id, name, [Scope.ADMIN])
    return service.caller(key, Scope.GENERATE)


def _claim(database: Database) -> None:
    with database.transaction() as connection:
        assert claim(connection, "worker", 60.0) is not None


def _fsync(folder: Path) -> None:
    with (folder / "probe").open("ab", buffering=0) as file:
        file.write(b"x" * 4096)
        os.fsync(file.fileno())


def _times(count: int, work: Callable[[int], object]) -> list[float]:
    return [_time(work, number) for number in range(count)]


def _at_once(count: int, work: Callable[[int], object]) -> list[float]:
    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(lambda number: _time(work, number), range(count)))


def _time(work: Callable[[int], object], number: int) -> float:
    began = time.perf_counter()
    work(number)
    return (time.perf_counter() - began) * 1000


def _spread(times: list[float]) -> dict[str, float]:
    """In milliseconds."""
    ordered = sorted(times)
    found = {"p50": ordered[len(ordered) // 2], "p99": ordered[int(len(ordered) * 0.99)], "most": ordered[-1]}
    return {"count": len(ordered)} | {name: round(value, 2) for name, value in found.items()}


NOTES = """\
Milliseconds: half of all calls took no longer than p50, 99 of 100 no longer than p99. `fsync` is what the disk itself
takes for 4 KiB; SQLite waits for one in every commit (`synchronous=FULL`), as does Postgres.
"""


def _table(report: dict[str, Any]) -> str:
    stores, runs = list(report["runs"]), list(report["runs"].values())
    lines = [f"# The store under {report['jobs']:,} waiting jobs of {TENANTS} tenants", ""]
    lines += [f"{report['machine']}. Commit {report['commit'][:12]}, {report['date'][:10]}: `{report['command']}`;"]
    loads = f"{report['load_average_before']} before and {report['load_average_after']} after"
    lines += [f"load average {loads}.", "", NOTES]
    lines += [_line(["", *(f"{store} {name}" for store in stores for name in SPREAD), "aim for p99"])]
    lines += [_line(["---"] * (3 * len(stores) + 2))]
    for what in (name for name, told in runs[0].items() if isinstance(told, dict)):
        aim = AIMS.get(what.split(",")[0])
        figures = [f"{told[what][name]:.1f}" for told in runs for name in SPREAD]
        lines += [_line([what, *figures, "" if aim is None else f"{aim:.0f}"])]
    lines += ["", _line(["", *stores, "aim"]), _line(["---"] * (len(stores) + 2))]
    lines += [_line(["memory grew by, MB", *(str(told["memory_grew_mb"]) for told in runs), f"{AIM_RSS_MB:.0f}"])]
    up = [str(told["server_up_seconds"]) for told in runs]
    lines += [_line(["killed server ready again, seconds", *up, f"{AIM_UP_SECONDS:.0f}"])]
    return "\n".join([*lines, ""])


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--store", action="append", choices=("sqlite", "postgres"))
    parser.add_argument("--jobs", type=int, default=10_000)
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    options.store = options.store or ["sqlite", "postgres"]
    return options


if __name__ == "__main__":
    main()
