"""`/livez`: the process answers. `/readyz`: it can accept work."""

from fastapi import APIRouter
from starlette.responses import JSONResponse

from manazir.core.errors import StorageError, StoreError
from manazir.server.http import as_api_error
from manazir.server.service import Service
from manazir.server.store.database import check


def health_routes(service: Service) -> APIRouter:
    """What supervisors and load balancers ask."""
    routes = APIRouter()

    @routes.get("/livez")
    def livez() -> dict[str, str]:
        return {"status": "alive"}

    @routes.get("/readyz")
    def readyz() -> JSONResponse:
        try:
            check(service.database)
            service.storage.check_room()
        except (StoreError, StorageError) as error:
            why = as_api_error(error).message
            return JSONResponse({"status": "not ready", "reason": why}, 503, headers={"Retry-After": "5"})
        return JSONResponse({"status": "ready"})

    return routes
