"""What every dialect asks of the service: who calls, submit, look, steer, files. It knows no vendor's words."""

from manazir.server.service.callers import Callers
from manazir.server.service.files import DAY_SECONDS, NOTHING, Brought, Files
from manazir.server.service.jobs import Jobs

__all__ = ["DAY_SECONDS", "NOTHING", "Brought", "Service"]


class Service(Callers, Jobs, Files):
    """All that dialects share. Its parts stand side by side: none asks anything of another."""
