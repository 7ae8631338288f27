"""google-genai 3.4, as it is installed, against the service: Vertex, Interactions, operations, files, models."""

import base64
import io
import socket
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from google import genai
from google.genai import errors, types
from google.genai._gaos.lib import compat_errors
from starlette.testclient import TestClient

from manazir.server.app import make_app
from manazir.server.jobs.job import Job
from manazir.server.service import Service

pytestmark = pytest.mark.filterwarnings(
    "ignore:You should not use the 'timeout' argument with the TestClient"  # google-genai gives each request one
)

VEO, OMNI = "veo-3.1-generate-001", "gemini-omni-1.1-flash"
Finish = Callable[[], Job]
Clients = Callable[..., genai.Client]


@pytest.fixture(params=["in process", "by a socket"])
def clients(request: pytest.FixtureRequest, service: Service, key: str) -> Clients:
    """Makes the official client; `vertexai=True` for the other of its two modes."""

    held = []  # a client that nobody holds closes what it was given

    def made(api_key: str = key, **how: object) -> genai.Client:
        if request.param == "by a socket":
            options = types.HttpOptions(base_url=request.getfixturevalue("address"))
        else:
            http = TestClient(make_app(service), raise_server_exceptions=False)
            options = types.HttpOptions(base_url="http://testserver/google", httpx_client=http)
        held.append(genai.Client(api_key=api_key, http_options=options, **how))  # type: ignore[arg-type]
        return held[-1]

    return made


def test_vertex_makes_videos(clients: Clients, finish: Finish, film: Path, picture: bytes) -> None:
    client = clients(vertexai=True)
    operation = client.models.generate_videos(
        model=VEO,
        source=types.GenerateVideosSource(
            prompt="a red ball", image=types.Image(image_bytes=picture, mime_type="image/png")
        ),
        config=types.GenerateVideosConfig(
            number_of_videos=2,
            duration_seconds=6,
            aspect_ratio="9:16",
            resolution="1080p",
            negative_prompt="rain",
            seed=3,
            fps=24,
            generate_audio=False,
            person_generation="ALLOW_ADULT",
            enhance_prompt=False,
            last_frame=types.Image(image_bytes=picture, mime_type="image/png"),
            compression_quality=types.VideoCompressionQuality.OPTIMIZED,
            labels={"team": "a"},
        ),
    )
    assert operation.name is not None
    assert operation.name.startswith(f"publishers/google/models/{VEO}/operations/")
    assert not client.operations.get(operation).done
    requests = [finish().request for _ in range(2)]
    canvas = requests[0].canvas
    assert (canvas.width, canvas.height, canvas.duration_seconds, canvas.frame_rate) == (1080, 1920, 6, 24)
    assert (canvas.prompt, canvas.negative_prompt, len(canvas.keyframes)) == ("a red ball", "rain", 2)
    assert not requests[0].delivery.has_sound
    assert {request.canvas.seed for request in requests} == {3, 4}
    done = client.operations.get(operation)
    assert done.done
    assert done.response is not None
    videos = done.response.generated_videos or []
    assert [made.video.video_bytes for made in videos if made.video] == [film.read_bytes()] * 2
    assert (done.metadata or {})["model"] == "noor-nano"


def test_a_made_video_is_saved_and_extended(clients: Clients, finish: Finish, film: Path, tmp_path: Path) -> None:
    client = clients(vertexai=True)
    operation = client.models.generate_videos(model=VEO, source=types.GenerateVideosSource(prompt="a ball"))
    finish()
    response = client.operations.get(operation).response
    assert response is not None
    assert response.generated_videos is not None
    video = response.generated_videos[0].video
    assert video is not None
    video.save(str(tmp_path / "ball.mp4"))
    assert (tmp_path / "ball.mp4").read_bytes() == film.read_bytes()
    source = types.GenerateVideosSource(prompt="it rolls", video=video)
    client.models.generate_videos(model=VEO, source=source, config={"output_gcs_uri": "gs://bucket"})
    assert finish().request.canvas.extension is not None


def test_refusals_are_the_clients_own_errors(clients: Clients, picture: bytes) -> None:
    client = clients(vertexai=True)
    mask = types.VideoGenerationMask(image=types.Image(image_bytes=picture, mime_type="image/png"), mask_mode="INSERT")  # type: ignore[arg-type]
    with pytest.raises(errors.ClientError) as refused:
        client.models.generate_videos(
            model=VEO, source=types.GenerateVideosSource(prompt="a"), config=types.GenerateVideosConfig(mask=mask)
        )
    assert (refused.value.code, refused.value.status) == (400, "INVALID_ARGUMENT")
    assert "instances[0].mask" in str(refused.value.message)
    with pytest.raises(errors.ClientError) as stranger:
        list(clients(api_key="mnz_00000000_nothing").models.list())
    assert (stranger.value.code, stranger.value.status) == (401, "UNAUTHENTICATED")


def test_a_failed_operation_has_an_error_and_nothing_is_raised(clients: Clients, fail: Finish) -> None:
    client = clients(vertexai=True)
    operation = client.models.generate_videos(model=VEO, source=types.GenerateVideosSource(prompt="a"))
    fail()
    done = client.operations.get(operation)
    assert (done.done, done.response) == (True, None)
    assert (done.error or {})["message"] == "the memory was full"


def test_an_operation_of_the_developer_api_is_polled_and_downloaded(
    clients: Clients, finish: Finish, film: Path, service: Service, key: str
) -> None:
    """3.4 makes none, and goes on with those that an older one made."""
    with TestClient(make_app(service), headers={"x-goog-api-key": key}) as older:
        body = {"instances": [{"prompt": "a"}]}
        name = older.post(f"/google/v1beta/models/{VEO}:predictLongRunning", json=body).json()["name"]
    client = clients()
    operation = types.GenerateVideosOperation(name=name)
    assert not client.operations.get(operation).done
    finish()
    response = client.operations.get(operation).response
    assert response is not None
    assert response.generated_videos is not None
    video = response.generated_videos[0].video
    assert video is not None
    assert video.uri is not None
    assert urlsplit(video.uri).scheme == "http"
    assert client.files.download(file=video) == film.read_bytes()
    assert video.video_bytes == film.read_bytes()


def test_an_interaction_is_waited_for_or_polled(clients: Clients, finish: Finish, film: Path, picture: bytes) -> None:
    client = clients()
    image = {"type": "image", "data": base64.b64encode(picture).decode(), "mime_type": "image/png"}
    begun = client.interactions.create(
        model=OMNI,
        input=[{"type": "text", "text": "it falls"}, image],  # type: ignore[list-item]
        background=True,
        response_format={"type": "video", "aspect_ratio": "9:16", "resolution": "360p", "duration": "5s"},
        generation_config={"video_config": {"task": "image_to_video"}, "seed": 3},
        response_modalities=["video"],
        labels={"team": "a"},
    )
    assert (begun.status, begun.output_video) == ("in_progress", None)
    canvas = finish().request.canvas
    assert (canvas.width, canvas.height, canvas.duration_seconds, canvas.seed) == (360, 640, 5, 3)
    assert begun.id is not None
    made = client.interactions.get(begun.id)
    assert made.status == "completed"
    assert made.output_video is not None
    assert made.output_video.data is not None
    assert base64.b64decode(made.output_video.data) == film.read_bytes()
    edited = client.interactions.create(
        model=OMNI, input="make it blue", previous_interaction_id=begun.id, background=True,
        response_format={"type": "video", "delivery": "uri"},
    )  # fmt: skip
    assert finish().request.canvas.modification is not None
    assert edited.id is not None
    video = client.interactions.get(edited.id).output_video
    assert video is not None
    assert video.uri is not None
    assert client.files.download(file=types.Video(uri=video.uri)) == film.read_bytes()
    events = list(client.interactions.get(edited.id, stream=True))
    assert [event.event_type for event in events][-2:] == ["interaction.status_update", "interaction.completed"]
    client.interactions.delete(edited.id)
    with pytest.raises(compat_errors.NotFoundError):
        client.interactions.get(edited.id)


def test_an_interaction_is_cancelled_and_one_that_cannot_be_is_refused(clients: Clients) -> None:
    client = clients()
    begun = client.interactions.create(model=OMNI, input="a", background=True)
    assert begun.id is not None
    assert client.interactions.cancel(begun.id).status == "cancelled"
    with pytest.raises(compat_errors.BadRequestError, match="system_instruction"):
        client.interactions.create(model=OMNI, input="a", system_instruction="b")


def test_files_are_uploaded_in_chunks_listed_and_deleted(
    clients: Clients, film: Path, finish: Finish, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("google.genai._api_client.CHUNK_SIZE", 256)
    client = clients()
    file = client.files.upload(file=film)
    assert (file.state, file.size_bytes, file.mime_type) == ("ACTIVE", film.stat().st_size, "video/mp4")
    assert file.name is not None
    named = client.files.upload(
        file=io.BytesIO(film.read_bytes()), config={"mime_type": "video/mp4", "name": "mine", "display_name": "Mine"}
    )
    assert (named.name, named.display_name) == ("files/mine", "Mine")
    assert client.files.get(name=file.name).uri == file.uri
    assert [one.name for one in client.files.list(config={"page_size": 1})] == [named.name, file.name]
    clip = {"type": "video", "uri": file.uri, "mime_type": "video/mp4"}
    client.interactions.create(model=OMNI, input=[{"type": "text", "text": "a"}, clip], background=True)  # type: ignore[list-item]
    assert finish().request.files[0].startswith("asset:")
    client.files.delete(name="files/mine")
    with pytest.raises(errors.ClientError, match="404"):
        client.files.get(name="files/mine")
    with pytest.raises(errors.ClientError, match="not a media file"):
        client.files.upload(file=io.BytesIO(b"hello"), config={"mime_type": "video/mp4"})


def test_models_are_listed_in_both_modes(clients: Clients) -> None:
    assert f"models/{VEO}" in [model.name for model in clients().models.list()]
    vertex = clients(vertexai=True)
    assert f"publishers/google/models/{VEO}" in [model.name for model in vertex.models.list()]
    assert vertex.models.get(model=VEO).name == f"publishers/google/models/{VEO}"
    assert clients().models.get(model=OMNI).name == f"models/{OMNI}"


def test_a_chunk_that_broke_off_is_kept_up_to_there(address: str, service: Service, key: str, film: Path) -> None:
    """Half a chunk, then the connection is gone; the query says how much came, and the rest is sent."""
    data = film.read_bytes()
    headers = {"x-goog-api-key": key, "X-Goog-Upload-Protocol": "resumable", "X-Goog-Upload-Command": "start"}
    headers |= {"X-Goog-Upload-Header-Content-Length": str(len(data))}
    base = address.removesuffix("/google")
    url = httpx.post(f"{base}/google/upload/v1beta/files", headers=headers, json={}).headers["x-goog-upload-url"]
    received = next(filter(None, (_broken_off(url, data, seconds) for seconds in (0.2, 2.0, 10.0))), 0)
    assert received == 700
    rest = {"X-Goog-Upload-Command": "upload, finalize", "X-Goog-Upload-Offset": str(received)}
    answer = httpx.post(url, headers=rest, content=data[received:])
    assert answer.json()["file"]["sizeBytes"] == str(len(data))


def _broken_off(url: str, data: bytes, seconds: float) -> int:
    """How much has come of a chunk whose sender went after a while."""
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname or "", parts.port or 0)) as connection:
        head = f"POST {parts.path}?{parts.query} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(data)}\r\n"
        head += "X-Goog-Upload-Command: upload\r\nX-Goog-Upload-Offset: 0\r\n\r\n"
        connection.sendall(head.encode() + data[:700])
        time.sleep(seconds)
    for _ in range(50):
        query = httpx.post(url, headers={"X-Goog-Upload-Command": "query"})
        if query.headers["x-goog-upload-size-received"] != "0":
            return int(query.headers["x-goog-upload-size-received"])
    return 0
