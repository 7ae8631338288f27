"""`models`: the names that this dialect's clients can use, and which model answers to each."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse

from manazir.inference.cards import installed_cards
from manazir.server.aliases import NAMES, answering
from manazir.server.errors import ApiError
from manazir.server.keys import Scope
from manazir.server.service import Service
from manazir.server.wire.veo.reading import DIALECT
from manazir.server.wire.veo.serving import NUMBER, bad_token, caller_of, page_size

DEFAULT_PAGE, LARGEST_PAGE = 50, 1000
METHODS = ["predictLongRunning", "createInteraction"]

Tell = Callable[[str], dict[str, Any]]


def model_routes(service: Service) -> APIRouter:
    """The developer API's paths and Vertex's, without the version in front."""
    routes = APIRouter()

    def developer(name: str) -> dict[str, Any]:
        card = answering(name, service.operator, DIALECT).card
        about = "" if card.name == name else f"{card.name} answers to this name"
        told = {"name": f"models/{name}", "displayName": name, "version": "001", "description": about}
        return told | {"supportedGenerationMethods": METHODS, "answeredBy": card.name}

    def vertex(name: str) -> dict[str, Any]:
        card = answering(name, service.operator, DIALECT).card
        told = {"name": f"publishers/google/models/{name}", "versionId": "001", "launchStage": "GA"}
        return told | {"supportedActions": {}, "answeredBy": card.name}

    _add(routes, service, "/models", "models", developer)
    for project in ("", "/projects/{project}/locations/{location}"):
        _add(routes, service, f"{project}/publishers/google/models", "publisherModels", vertex)
    return routes


def names(service: Service) -> list[str]:
    """Google's names, the operator's own, and those of installed models; each if somebody answers to it."""
    own = (card.name for card in installed_cards())
    found = []
    for name in dict.fromkeys((*NAMES[DIALECT], *service.operator.aliases, *own)):
        try:
            answering(name, service.operator)
        except ApiError:
            continue  # an alias of a model that is not here; who asks for it by name is told why
        found.append(name)
    return found


def _add(routes: APIRouter, service: Service, path: str, field: str, tell: Tell) -> None:
    @routes.get(path)
    def list_models(request: Request) -> Any:
        caller_of(service, request, Scope.READ)
        size = page_size(request.query_params.get("pageSize"), DEFAULT_PAGE, LARGEST_PAGE)
        token = request.query_params.get("pageToken") or "0"
        if not NUMBER.fullmatch(token):
            raise bad_token()
        begin, all_names = int(token), names(service)
        told: dict[str, Any] = {field: [tell(name) for name in all_names[begin : begin + size]]}
        return JSONResponse(told | ({"nextPageToken": str(begin + size)} if begin + size < len(all_names) else {}))

    @routes.get(path + "/{name}")
    def get(request: Request, name: str) -> Any:
        caller_of(service, request, Scope.READ)
        return JSONResponse(tell(name))
