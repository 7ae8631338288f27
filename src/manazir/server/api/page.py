"""`/docs`: our own API as a page to read, made from its OpenAPI. It asks for nothing from anywhere else."""

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from html import escape
from typing import Any

from fastapi import APIRouter, FastAPI
from starlette.responses import HTMLResponse

STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h2 { margin-top: 3rem; text-transform: capitalize; }
h3 { margin: 2rem 0 .25rem; font: 600 1rem ui-monospace, monospace; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
td { padding: .2rem .75rem .2rem 0; vertical-align: top; border-top: 1px solid #8884; }
td:first-child, code, pre { font-family: ui-monospace, monospace; }
pre { overflow-x: auto; background: #8882; padding: 1rem; }
nav a { margin-right: 1rem; } summary { cursor: pointer; }
"""
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "X-Content-Type-Options": "nosniff",
}
Schema = Mapping[str, Any]


def page_routes(app: Callable[[], FastAPI], path: str) -> APIRouter:
    """The page.

    Args:
        app: gives what it tells of.
        path: where that is mounted.
    """
    routes = APIRouter()

    @cache
    def made() -> str:
        return "".join(_page(app().openapi(), path))

    @routes.get("/docs", response_class=HTMLResponse)
    def docs() -> HTMLResponse:
        return HTMLResponse(made(), headers=HEADERS)

    return routes


def _page(spec: Schema, path: str) -> Iterator[str]:
    groups: dict[str, list[tuple[str, str, Schema]]] = {}
    for template, operations in spec["paths"].items():
        for method, operation in operations.items():
            groups.setdefault(operation["tags"][0], []).append((method.upper(), path + template, operation))
    info = spec["info"]
    yield f"<!doctype html><html lang=en><meta charset=utf-8><title>{escape(info['title'])}</title>"
    yield f"<meta name=viewport content='width=device-width'><style>{STYLE}</style>"
    yield f"<h1>{escape(info['title'])} {escape(info['version'])}</h1>"
    yield "".join(f"<p>{_text(part)}</p>" for part in info["description"].split("\n\n"))
    yield f"<p>For programs: <a href='{path}/openapi.json'>OpenAPI</a>.</p><nav>"
    yield "".join(f"<a href='#{name}'>{name}</a>" for name in groups)
    yield "</nav>"
    for name, operations in groups.items():
        yield f"<h2 id='{name}'>{name}</h2>"
        for method, template, operation in operations:
            yield from _operation(spec, method, template, operation)
    yield "<h2 id=bodies>Bodies</h2>"
    for name, schema in spec["components"]["schemas"].items():
        if "properties" in schema:
            yield f"<h3 id='{name}'>{name}</h3><p>{_text(schema.get('description', ''))}</p>{_fields(schema)}"


def _operation(spec: Schema, method: str, template: str, operation: Schema) -> Iterator[str]:
    yield f"<h3>{method} {escape(template)}</h3><p>{_text(operation.get('description', ''))}</p>"
    rows = [
        (f"{one['name']}{'' if one['required'] else '?'}", one["in"], _kind(one["schema"]), _about(one))
        for one in operation.get("parameters", [])
    ]
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        rows.append(("body", kind, _kind(content["schema"]), ""))
        for example in _examples(spec, content["schema"]):
            yield f"<details><summary>For example</summary><pre>{escape(json.dumps(example, indent=1))}</pre></details>"
    for status, answer in operation["responses"].items():
        for kind, content in answer.get("content", {}).items():
            if int(status) < 300:
                rows.append((status, kind, _kind(content.get("schema", {})), _text(answer.get("description", ""))))
    yield _table(rows)


def _examples(spec: Schema, schema: Schema) -> list[Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    found: list[Any] = spec["components"]["schemas"].get(name, {}).get("examples", [])
    return found


def _fields(schema: Schema) -> str:
    needed = schema.get("required", [])
    return _table(
        [
            (name if name in needed else f"{name}?", "", _kind(one), _about(one))
            for name, one in schema["properties"].items()
        ]
    )


def _table(rows: list[tuple[str, str, str, str]]) -> str:
    told = "".join(f"<tr><td>{escape(name)}<td>{escape(where)}<td>{kind}<td>{text}" for name, where, kind, text in rows)
    return f"<table>{told}</table>" if rows else ""


def _about(told: Schema) -> str:
    limits = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<", "maxLength": "length ≤"}
    schema: Schema = told.get("schema", told)
    kinds = [schema, *schema.get("anyOf", [])]
    found = [f"{sign} {one[name]:g}" for name, sign in limits.items() for one in kinds if name in one]
    return _text("; ".join(filter(None, [told.get("description", ""), ", ".join(found)])))


def _kind(schema: Schema) -> str:
    """What kind of value a schema takes."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"<a href='#{name}'>{name}</a>"
    if "enum" in schema or "const" in schema:
        return escape(" | ".join(json.dumps(one) for one in schema.get("enum", [schema.get("const")])))
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(map(_kind, schema["anyOf"])))
    if schema.get("type") == "array":
        return f"[{_kind(schema.get('items', {}))}]"
    return escape(str(schema.get("format") or schema.get("type") or "anything"))


def _text(text: str) -> str:
    """Words with `code` in them."""
    parts = escape(text).split("`")
    return "".join(f"<code>{part}</code>" if index % 2 else part for index, part in enumerate(parts))
