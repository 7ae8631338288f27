"""`/mcp` by the package's own client, at a real address, by the handshake of 2025 and without it."""

import asyncio
import base64
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import httpx
import httpx2
import pytest
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import ImageContent, TextContent

from manazir.server.service import Service

Result = TypeVar("Result")
Talk = Callable[[Client], Coroutine[Any, Any, Result]]


def talking(address: str, key: str, mode: str, talk: Talk[Result]) -> Result:
    async def run() -> Result:
        async with httpx2.AsyncClient(headers={"Authorization": f"Bearer {key}"}) as http_client:
            transport = streamable_http_client(f"{address}/mcp", http_client=http_client)
            async with Client(transport, mode=mode) as client:
                return await talk(client)

    return asyncio.run(run())


@pytest.mark.parametrize("mode", ["legacy", "auto"])
def test_an_assistant_has_a_film_made(address: str, key: str, work: Callable[[], bool], mode: str) -> None:
    async def talk(client: Client) -> None:
        tools = {tool.name for tool in (await client.list_tools()).tools}
        assert tools == {"generate", "status", "list", "fetch", "cancel"}
        asked = {"prompt": "a red ball", "seed": 1, "width": 96, "height": 64}
        job = (await client.call_tool("generate", asked)).structured_content
        assert job is not None
        assert (job["state"], job["model"], job["ahead"]) == ("queued", "noor-nano", 0)
        early = await client.call_tool("fetch", {"job_id": job["id"]})
        assert early.is_error
        assert await asyncio.to_thread(work)
        status = (await client.call_tool("status", {"job_id": job["id"]})).structured_content
        assert status is not None
        assert (status["state"], status["progress"]) == ("succeeded", 1.0)
        fetched = await client.call_tool("fetch", {"job_id": job["id"]})
        assert fetched.structured_content is not None
        link = fetched.structured_content["outputs"]["video"]["url"]
        assert link.startswith(address)
        film = await asyncio.to_thread(httpx.get, link)
        assert film.content[4:8] == b"ftyp"
        picture = next(one for one in fetched.content if isinstance(one, ImageContent))
        assert base64.b64decode(picture.data)[:4] == b"RIFF"

    talking(address, key, mode, talk)


def test_jobs_are_listed_and_cancelled(address: str, key: str) -> None:
    async def talk(client: Client) -> None:
        for prompt in ("one", "two"):
            await client.call_tool("generate", {"prompt": prompt, "kind": "image"})
        listed = (await client.call_tool("list", {"limit": 1})).structured_content
        assert listed is not None
        assert [job["prompt"] for job in listed["jobs"]] == ["two"]
        rest = (await client.call_tool("list", {"after": listed["next"]})).structured_content
        assert rest is not None
        assert [job["prompt"] for job in rest["jobs"]] == ["one"]
        ended = (await client.call_tool("cancel", {"job_id": rest["jobs"][0]["id"]})).structured_content
        assert ended is not None
        assert (ended["state"], ended["reason"]) == ("cancelled", "cancelled while it waited")

    talking(address, key, "auto", talk)


def test_what_is_refused_is_told_in_words(address: str, key: str, other_key: str) -> None:
    async def told(client: Client, tool: str, **arguments: Any) -> str:
        answer = await client.call_tool(tool, arguments)
        assert answer.is_error
        assert isinstance(answer.content[0], TextContent)
        return answer.content[0].text

    async def make(client: Client) -> str:
        assert "empty canvas" in await told(client, "generate")
        assert "no model answers to 'gpt'" in await told(client, "generate", prompt="x", model="gpt")
        assert "multiple of 2" in await told(client, "generate", prompt="x", width=33, height=32)
        made = (await client.call_tool("generate", {"prompt": "mine"})).structured_content
        assert made is not None
        return str(made["id"])

    job_id = talking(address, key, "auto", make)

    async def look(client: Client) -> None:
        for tool in ("status", "fetch", "cancel"):
            assert f"there is no job {job_id}" in await told(client, tool, job_id=job_id)
        assert (await client.call_tool("list", {})).structured_content == {"jobs": [], "next": None}

    talking(address, other_key, "auto", look)


def test_who_has_no_key_gets_nothing(address: str, service: Service) -> None:
    answer = httpx.post(f"{address}/mcp", json={"jsonrpc": "2.0", "id": 1, "method": "tools/list"})
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")


def test_a_message_that_no_assistant_would_send_is_refused(address: str, key: str) -> None:
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json", "Accept": "application/json"}
    assert httpx.post(f"{address}/mcp", content=b"x" * 4_000_001, headers=headers).status_code == 413
    assert httpx.post(f"{address}/mcp", content=b"x" * 4_000_000, headers=headers).status_code == 400
