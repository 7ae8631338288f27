"""`manazir keys create`."""

from manazir.cli.keys import run_create as run

__all__ = ["run"]
