"""`/metrics`: numbers of the service for Prometheus, to whoever has a key that may see them.

Labels are words of ours (routes as they are written in the code, states, installed models), never a client's: neither
tenants nor ids nor paths.
"""

import platform
from importlib.metadata import version

from fastapi import APIRouter, Request
from prometheus_client import CollectorRegistry, Counter, Histogram, Info, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.responses import Response

from manazir.server.census import Census
from manazir.server.http import bearer
from manazir.server.keys import Scope
from manazir.server.service import Service
from manazir.server.webhooks.outbox import Outcome

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 120.0)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Metrics:
    """What one server counts, and what the record says of all."""

    def __init__(self, service: Service) -> None:
        """Count from now on."""
        self.registry = CollectorRegistry()
        told = "Requests that were answered."
        labels = ["dialect", "method", "route", "status"]
        self._requests = Counter("manazir_requests", told, labels, registry=self.registry)
        told = "From a request's first byte to its answer's last."
        labels = ["dialect", "route"]
        self._took = Histogram("manazir_request_seconds", told, labels, buckets=SECONDS, registry=self.registry)
        told = "Tries to tell receivers what became of jobs; `waiting` are those that will be made again."
        self._deliveries = Counter("manazir_deliveries", told, ["dialect", "outcome"], registry=self.registry)
        about = {"version": version("manazir"), "python": platform.python_version()}
        Info("manazir_build", "What runs.", registry=self.registry).info(about)
        ProcessCollector(registry=self.registry)
        self.registry.register(Census(service))

    def answered(self, dialect: str, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request.

        Args:
            route: as the code has it, with names in the place of ids.
        """
        self._requests.labels(dialect, method if method in METHODS else "other", route, str(status)).inc()
        self._took.labels(dialect, route).observe(seconds)

    def delivered(self, dialect: str, outcome: Outcome) -> None:
        """Count a try to tell a receiver."""
        self._deliveries.labels(dialect, outcome).inc()


def metrics_routes(service: Service, metrics: Metrics) -> APIRouter:
    """What Prometheus asks."""
    routes = APIRouter()

    @routes.get("/metrics")
    def numbers(request: Request) -> Response:
        service.caller(bearer(request), Scope.METRICS)
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    return routes
