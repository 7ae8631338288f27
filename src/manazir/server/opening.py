"""A service as verbs on its machine find it: its record and its files, and where it was reached last.

Nothing here needs the web application, which takes most of a second to import: a worker never has one.
"""

from manazir.core.home import home, public_url
from manazir.server.assets.storage import chosen_storage
from manazir.server.operator import load_operator
from manazir.server.service import Service
from manazir.server.sessions import make_opening
from manazir.server.store.database import Database
from manazir.server.store.migrate import upgrade

ADDRESS_FILE = "address"
USUAL_PORT = 8420
LOOPBACK = ("127.0.0.1", "::1", "localhost")


def open_service() -> Service:
    """The service of this machine's environment, its record brought up to date.

    Raises:
        StoreError, UnsupportedError: the record or the operator's file cannot be used.
    """
    database = Database()
    database.check_reachable()
    upgrade(database)
    return Service(database, load_operator(), chosen_storage())


def studio_address(service: Service, address: str) -> str:
    """Where the studio opens with the admin's key: good once, for a quarter of an hour.

    Raises:
        UnsupportedError: no admin has a key.
    """
    with service.database.transaction() as connection:
        return f"{address}/#open={make_opening(connection)}"


def last_address() -> str:
    """Where a server of this home was reached last; of one that never ran, where it would be."""
    try:
        return (home() / ADDRESS_FILE).read_text().strip()
    except FileNotFoundError:
        return public_url() or f"http://{LOOPBACK[0]}:{USUAL_PORT}"
