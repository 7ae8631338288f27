"""The page to read, the OpenAPI behind it, and what both must have."""

import re

from fastapi.testclient import TestClient
from tests.server.api.talk import refusal


def test_the_page_tells_every_route_and_asks_for_nothing_elsewhere(client: TestClient) -> None:
    spec = client.get("/openapi.json", headers={"Authorization": ""}).json()
    page = client.get("http://testserver/docs", headers={"Authorization": ""})
    assert page.status_code == 200
    for path, operations in spec["paths"].items():
        for method in operations:
            assert f"{method.upper()} /api/v1{path}" in page.text
    assert re.findall(r"""(?:src|href|url)\s*[=(]\s*['"]?(?:https?:)?//""", page.text) == []
    assert "default-src 'none'" in page.headers["content-security-policy"]
    for target in re.findall(r"href='#(\w+)'", page.text):
        assert f"id='{target}'" in page.text, target


def test_every_route_says_what_it_does_and_every_refusal_has_the_one_shape(client: TestClient) -> None:
    spec = client.get("/openapi.json").json()
    names = [one["operationId"] for path in spec["paths"].values() for one in path.values()]
    assert len(set(names)) == len(names)
    for path in spec["paths"].values():
        for operation in path.values():
            assert operation["description"]
            assert operation["tags"]
            assert {"400", "401", "403", "422", "429", "500", "503"} <= operation["responses"].keys()
            for status, answer in operation["responses"].items():
                if int(status) >= 400 and status != "416":
                    schema = answer["content"]["application/json"]["schema"]
                    assert schema == {"$ref": "#/components/schemas/Refused"}, (operation["operationId"], status)


def test_other_places_tell_what_is_not_there_in_the_same_shape(client: TestClient) -> None:
    assert refusal(client.get("http://testserver/media/x/y.mp4"), 404)["code"] == "not_found"
    assert refusal(client.get("http://testserver/nothing"), 404)["code"] == "not_found"
