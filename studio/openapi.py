"""Writes `studio/openapi.json`, from which the studio's types are made: run `python studio/openapi.py`.

A test (`tests/studio/test_openapi.py`) holds it equal to what the server says.
"""

import json
import tempfile
from pathlib import Path

from manazir.server.api.app import make_app
from manazir.server.assets.storage import FolderStorage
from manazir.server.service import Service
from manazir.server.store.database import Database
from manazir.server.store.migrate import upgrade

FILE = Path(__file__).with_name("openapi.json")


def described() -> str:
    """The OpenAPI of our own API, as text."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/store.sqlite3")
        upgrade(database)
        spec = make_app(Service(database, storage=FolderStorage(folder=Path(folder) / "storage"))).openapi()
        database.close()
    spec["info"]["version"] = "0"  # a release changes no type
    return json.dumps(spec, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


if __name__ == "__main__":
    FILE.write_text(described())
