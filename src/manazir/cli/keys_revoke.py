"""`manazir keys revoke`."""

from manazir.cli.keys import run_revoke as run

__all__ = ["run"]
