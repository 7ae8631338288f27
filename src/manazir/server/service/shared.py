"""What all parts of the service stand on: the record, the storage, the operator's word, and what follows from them."""

import threading
from dataclasses import dataclass, field
from functools import cached_property

from manazir.server.assets.addresses import Reach
from manazir.server.assets.storage import Storage, chosen_storage
from manazir.server.operator import Operator
from manazir.server.rates import Rates
from manazir.server.sessions import COOKIE
from manazir.server.signing import Signer, load_signer
from manazir.server.store.database import Database
from manazir.server.waiting import Waiting


@dataclass(frozen=True)
class Shared:
    """The record, the storage and the operator's word."""

    database: Database
    operator: Operator = field(default_factory=Operator)
    storage: Storage = field(default_factory=chosen_storage)
    rates: Rates = field(default_factory=Rates)
    ending: threading.Event = field(default_factory=threading.Event)
    """Set when the server is to end: answers that have no end of their own end then."""

    @cached_property
    def reach(self) -> Reach:
        """How far what requests point to may be."""
        return Reach(allowed_hosts=frozenset(self.operator.allowed_hosts))

    @cached_property
    def hook_reach(self) -> Reach:
        """Where messages about jobs may be sent: to public hosts over https, and to those that the operator names."""
        return Reach(allowed_hosts=frozenset(self.operator.allowed_hosts), is_https_only=True)

    @cached_property
    def waiting(self) -> Waiting:
        """Those who listen, or wait."""
        return Waiting(self.operator.waiting_per_key, self.operator.waiting_per_tenant)

    @cached_property
    def under_way(self) -> Waiting:
        """Those whose requests are not answered yet."""
        word = self.operator
        return Waiting(word.open_per_key, word.open_per_tenant, "are under way", "open_per")

    @cached_property
    def signer(self) -> Signer:
        """Signs addresses of files."""
        with self.database.transaction() as connection:
            return load_signer(connection)

    @cached_property
    def cookie(self) -> str:
        """The name of the sessions' cookie. A browser has one jar for all ports of a host, and services share hosts."""
        return f"{COOKIE}_{self.signer.service_name}"
