"""What Alembic runs: on the connection that `migrate.upgrade` lends it."""

from alembic import context

from manazir.server.store.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA, render_as_batch=True)
context.run_migrations()
