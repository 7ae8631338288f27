"""Tells receivers what became of jobs: soon, in order, again and again for a day, and without holding anybody up."""

import logging
import random
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from sqlalchemy import Connection

from manazir.core.errors import FetchError, StoreError
from manazir.server.assets.fetching import Answer, post
from manazir.server.service import Service
from manazir.server.store.database import now
from manazir.server.webhooks.bodies import WRITERS, Writer
from manazir.server.webhooks.letters import LetterWriter, NoLetterError
from manazir.server.webhooks.outbox import Delivery, Outcome, Room, claim_due, give_up_rest, is_due, settle

LOG = logging.getLogger(__name__)
MINUTE, HOUR = 60.0, 3600.0
WAITS = (5.0, 30.0, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, *[2 * HOUR] * 11)
"""Seconds between one try and the next: about a day in all."""
POST_SECONDS = 10.0
IDLE_SECONDS = 0.5
BUSY_SECONDS = 0.05
GONE = 410


@dataclass(frozen=True, slots=True)
class Tried:
    """How a try went."""

    outcome: Outcome
    """WAITING: it is to be tried again."""
    status: int | None = None
    error: str | None = None
    wait_seconds: float = 0.0
    """At least, because the receiver asked for it."""
    wants_no_more: bool = False


def _some() -> float:
    return random.uniform(0.8, 1.2)


def _ignore(_dialect: str, _outcome: Outcome) -> None:
    pass


@dataclass
class Deliverer:
    """Does it in a thread beside the server, and in a few more that wait for receivers."""

    service: Service
    base_url: str
    """How receivers reach the service, for links to files; without a slash at its end."""
    writers: Mapping[str, Writer] = field(default_factory=lambda: WRITERS)
    waits: Sequence[float] = WAITS
    clock: Callable[[Connection], float] = now
    spread: Callable[[], float] = _some
    """A wait is multiplied with it, so that what failed together does not come back together."""
    count: Callable[[str, Outcome], None] = _ignore
    """Told of each try: the dialect, and how it went."""
    post_seconds: float = POST_SECONDS
    threads: int = 16
    most_a_place: int = 2
    """Under way at once to one host."""
    stopping: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        """One tenant gets half of the threads at most."""
        self._letters = LetterWriter(
            service=self.service, writers=self.writers, base_url=self.base_url, clock=self.clock
        )
        self._room = Room(Counter(), Counter(), max(1, self.threads // 2), self.most_a_place)
        self._lock = threading.Lock()

    def run(self) -> None:
        """Until `stopping` is set; a store that is away is waited for. What is under way then is brought to its end."""
        wait = IDLE_SECONDS
        with ThreadPoolExecutor(self.threads, thread_name_prefix="webhooks") as pool:
            while not self.stopping.wait(wait):
                try:
                    wait = BUSY_SECONDS if self.hand_out(pool) else IDLE_SECONDS
                except StoreError as error:
                    LOG.warning("cannot look for messages to send: %s", error)
                    wait = IDLE_SECONDS * 4

    def hand_out(self, pool: ThreadPoolExecutor) -> int:
        """Take what is due and give it to threads; how many messages that were."""
        with self.service.database.reading() as connection:
            if not is_due(connection, self.clock(connection)):
                return 0
        with self._lock:
            room = self._room.copy()  # if the store fails, nothing was taken
            with self.service.database.transaction() as connection:
                free = self.threads - room.tenants.total()
                taken = claim_due(connection, self.clock(connection), room, free)
            self._room = room
        for delivery in taken:
            pool.submit(self._deliver, delivery)
        return len(taken)

    def _deliver(self, delivery: Delivery) -> None:
        try:
            self._settle(delivery, self._try(delivery))
        except StoreError as error:  # its lease runs out, and it is sent once more
            LOG.warning("cannot write down what became of delivery %s: %s", delivery.id, error)
        finally:
            with self._lock:
                self._room.leaves(delivery)

    def _try(self, delivery: Delivery) -> Tried:
        try:
            letter = self._letters.write(delivery)
            reach = self.service.hook_reach
            answer = post(delivery.url, letter.body, letter.headers, reach=reach, total_seconds=self.post_seconds)
        except NoLetterError as error:
            return Tried(error.outcome, error=error.why)
        except FetchError as error:  # what is refused stays so
            return Tried(Outcome.GIVEN_UP if error.reason == "refused" else Outcome.WAITING, error=str(error))
        except StoreError:
            raise
        except Exception as error:  # the boundary of the thread
            LOG.error("delivery %s of job %s failed", delivery.id, delivery.job_id, exc_info=error)
            return Tried(Outcome.WAITING, error="an error of ours; the server's log has it")
        return _read(answer)

    def _settle(self, delivery: Delivery, tried: Tried) -> None:
        outcome, next_at = tried.outcome, None
        with self.service.database.transaction() as connection:
            time = self.clock(connection)
            if outcome is Outcome.WAITING:
                if delivery.attempt < len(self.waits):
                    next_at = time + max(self.waits[delivery.attempt] * self.spread(), tried.wait_seconds)
                else:
                    outcome = Outcome.GIVEN_UP
            is_kept = settle(
                connection, delivery, outcome, time, next_at=next_at, status=tried.status, error=tried.error
            )
            if is_kept and tried.wants_no_more:
                give_up_rest(connection, delivery, time, tried.error or "")
        self.count(delivery.dialect, outcome)
        LOG.info(
            "delivery %s of job %s, try %d: %s%s",
            delivery.id,
            delivery.job_id,
            delivery.attempt + 1,
            "to be tried again" if next_at is not None else outcome,
            f" ({tried.error})" if tried.error else "",
        )


def _read(answer: Answer) -> Tried:
    """What an answer means: taken, not now, or never again."""
    status = answer.status
    if 200 <= status < 300:
        return Tried(Outcome.DELIVERED, status)
    if status == GONE:
        told = "the receiver wants no more (410 Gone)"
        return Tried(Outcome.GIVEN_UP, status, told, wants_no_more=True)
    if 300 <= status < 400:
        told = f"the receiver leads on elsewhere ({status}), where nobody follows; name the last address itself"
        return Tried(Outcome.WAITING, status, told)
    wait = answer.headers.get("retry-after", "")
    seconds = min(float(wait), 2 * HOUR) if wait.isascii() and wait.isdigit() else 0.0
    return Tried(Outcome.WAITING, status, f"the receiver answered with status {status}", wait_seconds=seconds)
