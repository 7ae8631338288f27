"""The official `luma-agents` client against the application, and a worker with the tiny model."""

from collections.abc import Iterator

import pytest
from luma_agents import Luma
from starlette.testclient import TestClient
from tests.contract.luma_served import in_process, worker_of

from manazir.server.app import make_app
from manazir.server.service import Service
from manazir.server.workers.engine_process import EngineProcess
from manazir.server.workers.worker import Worker


@pytest.fixture
def worker(service: Service, engine: EngineProcess) -> Worker:
    return worker_of(service, engine)


@pytest.fixture
def http(service: Service) -> Iterator[TestClient]:
    with TestClient(make_app(service), raise_server_exceptions=False) as client:
        yield client


def client_of(http: TestClient, key: str) -> Luma:
    base_url = "http://testserver/luma/v1"
    return Luma(auth_token=key, base_url=base_url, http_client=in_process(http), max_retries=0)


@pytest.fixture
def luma(http: TestClient, key: str) -> Luma:
    return client_of(http, key)


@pytest.fixture
def other_luma(http: TestClient, other_key: str) -> Luma:
    return client_of(http, other_key)
