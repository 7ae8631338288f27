"""Bringing a store up to date: the tables as this version of Manazir has them, with what is in them kept."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from manazir.core.errors import StoreError
from manazir.server.store.database import Database, one_at_a_time

FOLDER = Path(__file__).parent / "migrations"


def upgrade(database: Database) -> None:
    """Make the tables, or change those of an older version.

    Raises:
        StoreError: the store was written by a newer version; nothing was changed.
    """
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    script = ScriptDirectory.from_config(config)
    with database.transaction() as connection:
        one_at_a_time(connection, "upgrade")
        has = MigrationContext.configure(connection).get_current_revision()
        if has is not None and has not in {one.revision for one in script.walk_revisions()}:
            raise StoreError(
                f"this store was written by a newer Manazir: its tables are of version {has[:20]}, and this one knows "
                f"those up to {script.get_current_head()}. Install the newer one, restore the backup from before the "
                "upgrade, or give MANAZIR_HOME or MANAZIR_DATABASE_URL of another store; nothing was changed"
            )
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
