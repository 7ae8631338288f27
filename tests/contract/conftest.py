"""What tests of all dialects share: a service with the tiny model, keys, and one engine's process."""

from tests.server.conftest import database, engine, key, other_key, service, tables

__all__ = ["database", "engine", "key", "other_key", "service", "tables"]
