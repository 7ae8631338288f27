"""The service while its processes are killed: every accepted job ends, nothing is lost, nothing committed twice.

    python benchmarks/service_chaos.py                                  # both stores, 1,000 jobs and 100 kills each
    python benchmarks/service_chaos.py --store sqlite --jobs 60 --jobs-between 6 --seed 7 --out /tmp/out

A real `manazir serve` (with one more dialect, chaos/server.py) with a tiny model on the CPU, and a worker that joins.
Workers, engines and the server are killed with SIGKILL, and the server with all workers at once, to be started again in
any order; workers are also frozen for longer than their lease; on Postgres the database itself is stopped at once, is
away for half a minute, and comes back. Clients send an Idempotency-Key, and send again what was not
answered. At the end everything is held against everything: rows, events, ledger, files, hashes.

The seed is printed; it says who is killed after how many jobs. Writes benchmarks/results/service-chaos.json and .md.
"""

import argparse
import json
import random
import shutil
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import func, select

sys.path.insert(0, str(Path(__file__).parent.parent))
from tests.server.postgres import Postgres, temporary_folder
from tests.tiny_noor import save_tiny_noor

from chaos.checks import found_wrong, left_behind, waits
from chaos.killer import Killer
from chaos.place import Place
from chaos.report import table
from manazir.core.errors import StoreError
from manazir.server.assets.storage import FolderStorage
from manazir.server.jobs.job import ENDED
from manazir.server.store.database import Database
from manazir.server.store.tables import jobs
from provenance import provenance

RESULTS = Path(__file__).parent / "results"
CLIENTS = 4
AHEAD = 40
"""Jobs that wait while more are sent."""
AWAY_SECONDS = 30.0
STUCK_SECONDS = 900.0
"""If no job ends for as long, the run has failed."""


def main() -> None:
    options = _options()
    options.out.mkdir(parents=True, exist_ok=True)
    report: dict[str, Any] = {**provenance(), "seed": options.seed, "runs": {}}
    for store in options.store:
        print(f"{store}: seed {options.seed}", flush=True)
        report["runs"][store] = told = _run(store, options)
        print(json.dumps(told, indent=2), flush=True)
    (options.out / "service-chaos.json").write_text(json.dumps(report, indent=2) + "\n")
    (options.out / "service-chaos.md").write_text(table(report))
    sys.exit(any(told["wrong"] for told in report["runs"].values()))


def _run(store: str, options: argparse.Namespace) -> dict[str, Any]:
    folder = Path(tempfile.mkdtemp(prefix="manazir-chaos-"))
    cluster = Postgres(temporary_folder(), is_durable=True) if store == "postgres" else None
    try:
        save_tiny_noor(folder)
        url = f"sqlite:///{folder / 'manazir.sqlite3'}"
        if cluster is not None:
            cluster.prepare()
            cluster.start()
            url = cluster.new_database()
        return _Run(folder, url, cluster, options).told()
    finally:
        if cluster is not None:
            cluster.stop(at_once=True)
            shutil.rmtree(cluster.folder)
        if options.keep:
            print(f"kept {folder}", file=sys.stderr)
        else:
            shutil.rmtree(folder)


class _Run:
    """One store's run."""

    def __init__(self, folder: Path, url: str, cluster: Postgres | None, options: argparse.Namespace) -> None:
        self.options, self.cluster = options, cluster
        self.place = Place(folder, url, options.workers, has_joined=True, chance=random.Random(options.seed))
        self.database = Database(url)
        self.storage = FolderStorage(folder=folder / "storage")
        self.chance = random.Random(options.seed)
        self.accepted: dict[str, str] = {}
        self.last_ended = 0
        self.refused = {"unreachable": 0, "503 with Retry-After": 0, "other": 0}

    def told(self) -> dict[str, Any]:
        """Run, and say what was found."""
        began = time.monotonic()
        self.place.start()
        killer = Killer(self.place, self.database, random.Random(self.chance.random()), self.options.jobs_between)
        thread = threading.Thread(target=killer.run, name="killer")
        thread.start()
        outage: dict[str, Any] = {}
        try:
            with ThreadPoolExecutor(CLIENTS) as clients:
                wanted = [(number, self._wanted()) for number in range(self.options.jobs)]
                sent = [clients.submit(self._send, *one) for one in wanted]
                if self.cluster is not None:
                    outage = self._go_away(killer)
                for one in sent:
                    one.result()
            stuck = self._wait(self.options.jobs)
        finally:
            killer.stopping.set()
            thread.join()
            self.place.stop()
        wrong, found = found_wrong(self.database, self.storage, self.accepted)
        wrong += stuck + outage.pop("wrong", [])
        left = left_behind(self.place.folder)
        waited = waits(self.database, killer.struck)
        self.database.close()
        return found | {
            "wrong": wrong,
            "killed": dict(killer.counts),
            "kills": sum(count for kind, count in killer.counts.items() if kind != "stopped worker"),
            "wait_seconds": {
                kind: {
                    what: {"count": len(found), "median": _at(found, 0.5), "most": _at(found, 1.0)}
                    for what, found in of.items()
                }
                for kind, of in waited.items()
            },
            "server_up_seconds": {"count": len(self.place.up_seconds), "most": round(max(self.place.up_seconds), 1)},
            "not_answered": self.refused,
            "outage": outage,
            "left_behind": len(left),
            "seconds": round(time.monotonic() - began),
        }

    def _wanted(self) -> dict[str, Any]:
        kind = self.chance.choice(["image", "image", "video"])
        return {
            "prompt": self.chance.choice(["a red ball", "كرة خضراء"]),
            "seed": self.chance.randint(1, 4),
            "kind": kind,
        }

    def _send(self, number: int, wanted: dict[str, Any]) -> None:
        """Until it is accepted, as a client does; not long before its turn, so that there is sending all the time."""
        key = f"job-{number}"
        while number > self.last_ended + AHEAD:
            self._ended()
            time.sleep(0.2)
        while True:
            try:
                head = {"Authorization": f"Bearer {self.place.key}", "Idempotency-Key": key}
                url = f"{self.place.address}/chaos/jobs"
                answer = httpx.post(url, json=wanted, headers=head, timeout=60, verify=False)
            except httpx.TransportError:
                self.refused["unreachable"] += 1
                time.sleep(0.3)
                continue
            if answer.status_code == 200:
                break
            known = answer.status_code == 503 and "Retry-After" in answer.headers
            self.refused["503 with Retry-After" if known else "other"] += 1
            time.sleep(1.0)
        known_as = self.accepted.setdefault(key, answer.json()["id"])
        assert known_as == answer.json()["id"], f"{key} became two jobs"

    def _go_away(self, killer: Killer) -> dict[str, Any]:
        """Postgres stops in the middle of everything, and is back half a minute later."""
        assert self.cluster is not None
        stuck = self._wait(self.options.jobs // 3)
        killer.spares_server.set()
        while not self.place.is_ready():
            time.sleep(0.2)
        self.cluster.stop(at_once=True)
        until, answers = time.monotonic() + self.options.away_seconds, []
        self.last_ended += AHEAD  # those are sent meanwhile
        while time.monotonic() < until:
            answer = httpx.get(f"{self.place.address}/readyz", timeout=30, verify=False)
            answers.append((answer.status_code, "Retry-After" in answer.headers))
            time.sleep(1.0)
        self.cluster.start()
        killer.spares_server.clear()
        wrong = [f"/readyz answered {told} while Postgres was away" for told in answers if told != (503, True)]
        return {"seconds": self.options.away_seconds, "readyz_503": len(answers), "wrong": stuck + wrong}

    def _wait(self, count: int) -> list[str]:
        """Until so many jobs have ended."""
        last, at = -1, time.monotonic()
        while (ended := self._ended()) < count:
            if ended != last:
                last, at = ended, time.monotonic()
            if time.monotonic() - at > STUCK_SECONDS:
                return [f"no job ended for {STUCK_SECONDS:.0f} s; {ended} of {self.options.jobs} had"]
            time.sleep(0.2)
        return []

    def _ended(self) -> int:
        try:
            with self.database.reading() as connection:
                ended = int(connection.execute(select(func.count()).where(jobs.c.state.in_(ENDED))).scalar_one())
                self.last_ended = max(self.last_ended, ended)
                return ended
        except StoreError:
            return -1


def _at(numbers: list[float], share: float) -> float | None:
    return round(numbers[min(len(numbers) - 1, int(share * len(numbers)))], 1) if numbers else None


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--store", action="append", choices=("sqlite", "postgres"))
    parser.add_argument("--jobs", type=int, default=1000)
    parser.add_argument("--jobs-between", type=float, default=8.0, help="kills come after so many jobs, on average")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--away-seconds", type=float, default=AWAY_SECONDS)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    parser.add_argument("--keep", action="store_true", help="leave logs and store where they are")
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    options.store = options.store or ["sqlite", "postgres"]
    return options


if __name__ == "__main__":
    main()
