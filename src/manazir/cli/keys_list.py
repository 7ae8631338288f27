"""`manazir keys list`."""

from manazir.cli.keys import run_list as run

__all__ = ["run"]
