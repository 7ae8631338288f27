"""`/models`: the names that are answered to here, and which installed model each one is."""

from typing import Any

from fastapi import APIRouter, Request

from manazir.inference.cards import installed_cards
from manazir.server.aliases import NAMES, answering
from manazir.server.errors import ApiError, Problem
from manazir.server.http import admit, bearer
from manazir.server.keys import Scope
from manazir.server.service import Service
from manazir.server.wire.sora import answers
from manazir.server.wire.sora.errors import RefusedError
from manazir.server.wire.sora.names import DIALECT, IMAGES


def model_routes(service: Service) -> APIRouter:
    """All of it."""
    routes = APIRouter(prefix="/models")

    @routes.get("")
    def list_(request: Request) -> Any:
        admit(service, request, bearer(request), Scope.READ)
        own = (card.name for card in installed_cards())
        known = dict.fromkeys((*own, *service.operator.aliases, *NAMES[DIALECT], *NAMES[IMAGES]))
        return {"object": "list", "data": [answers.model(name) for name in known]}

    @routes.get("/{name:path}")
    def retrieve(request: Request, name: str) -> Any:
        admit(service, request, bearer(request), Scope.READ)
        try:
            return answers.model(name, answering(name, service.operator, DIALECT).card.name)
        except ApiError as error:
            raise RefusedError(Problem.NOT_FOUND, error.message, field="model", code="model_not_found") from error

    return routes
