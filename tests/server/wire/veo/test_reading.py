"""A body becomes a canvas, exactly: sizes, durations, keyframes, defaults. Nothing here needs a service."""

import base64
import json
from typing import Any

import pytest

from manazir.core.canvas import Need
from manazir.server.asks import Ask
from manazir.server.errors import ApiError
from manazir.server.jobs.request import Kind
from manazir.server.wire.veo.interaction_reading import Creation, read_creation
from manazir.server.wire.veo.interaction_requests import Create
from manazir.server.wire.veo.media import Media, Placed, decoded
from manazir.server.wire.veo.names import file_id_of, operation_job
from manazir.server.wire.veo.reading import Prediction, read_prediction
from manazir.server.wire.veo.requests import Predict
from manazir.server.wire.veo.shape import parse
from manazir.server.wire.veo.sizes import size_of

CLIP = Placed("asset:clip", (640, 480))


def whole(text: str) -> bytes:
    return b"".join(decoded(text, "f"))


def place(media: Media) -> Placed:
    return CLIP if media.kind == "video" else Placed(f"asset:{media.field}")


def asks(parameters: dict[str, Any] | None = None, **instance: Any) -> list[Ask]:
    body = {"instances": [{"prompt": "a ball"} | instance]}
    if parameters is not None:
        body["parameters"] = parameters  # type: ignore[assignment]
    predict = parse(Predict, json.dumps(body).encode())
    return read_prediction(Prediction(model="veo-3.1", resource="models/veo-3.1", body=predict), place)


def creation(**body: Any) -> Ask:
    told = {"model": "models/gemini-omni-1.1-flash", "input": "a ball"} | body
    asked = Creation(body=parse(Create, json.dumps(told).encode()))
    return read_creation(asked, place, lambda _: CLIP)


def test_what_is_not_said_is_as_veo_has_it() -> None:
    (ask,) = asks()
    canvas = ask.canvas
    assert (canvas.width, canvas.height, canvas.duration_seconds) == (1280, 720, 8)
    assert (canvas.frame_rate, canvas.seed, ask.has_sound) == (None, None, True)
    assert (ask.dialect, ask.wire) == ("veo", {"as": "operation", "resource": "models/veo-3.1"})


@pytest.mark.parametrize(
    ("shape", "resolution", "known", "size"),
    [
        (None, None, None, (1280, 720)),
        ("9:16", None, None, (720, 1280)),
        ("16:9", "360p", None, (640, 360)),
        ("16:9", "1080p", None, (1920, 1080)),
        ("9:16", "4K", None, (2160, 3840)),
        (None, "854x480", None, (854, 480)),
        ("9:16", "720x1280", None, (720, 1280)),
        (None, None, (640, 480), (640, 480)),
        (None, "1080p", (640, 480), (1440, 1080)),
        ("16:9", None, (640, 480), (1280, 720)),
    ],
)
def test_sizes_are_exact(
    shape: str | None, resolution: str | None, known: tuple[int, int] | None, size: tuple[int, int]
) -> None:
    assert size_of(shape, resolution, known=known, shape_name="a", name="b") == size


def test_all_that_can_be_honoured_arrives() -> None:
    image = {"bytesBase64Encoded": "AAAA", "mimeType": "image/png"}
    told = {"durationSeconds": "6", "negativePrompt": "rain", "seed": 4, "fps": 24, "generateAudio": False}
    first, second = asks(told | {"sampleCount": 2, "personGeneration": "ALLOW_ALL"}, image=image, last_frame=image)
    canvas = first.canvas
    assert (canvas.duration_seconds, canvas.negative_prompt, canvas.frame_rate) == (6, "rain", 24)
    assert [(str(key.image), key.at_seconds) for key in canvas.keyframes] == [
        ("asset:instances[0].image", 0),
        ("asset:instances[0].lastFrame", None),
    ]
    assert (first.has_sound, canvas.seed, second.canvas.seed) == (False, 4, 5)
    assert first.fields[Need.LAST_FRAME] == "instances[0].lastFrame"


def test_samples_have_keys_of_their_own() -> None:
    predict = parse(Predict, b'{"instances": [{"prompt": "a"}], "parameters": {"sampleCount": 2}}')
    asked = Prediction(model="m", resource="models/m", body=predict, idempotency_key="k" * 255)
    keys = [ask.idempotency_key or "" for ask in read_prediction(asked, place)]
    assert keys[0] == "k" * 255
    assert keys[1] != keys[0]
    assert len(keys[1]) <= 255


def test_long_keys_of_samples_differ_where_the_keys_do() -> None:
    predict = parse(Predict, b'{"instances": [{"prompt": "a"}], "parameters": {"sampleCount": 4}}')
    found = {
        ask.idempotency_key
        for key in ("k" * 240, "k" * 241, "k" * 254 + "1", "k" * 254 + "2")
        for ask in read_prediction(
            Prediction(model="veo-3.1", resource="models/veo-3.1", body=predict, idempotency_key=key), place
        )
    }
    assert len(found) == 16
    assert max(len(key or "") for key in found) <= 255


def test_an_extension_keeps_the_clips_size_and_adds_seven_seconds() -> None:
    (ask,) = asks(video={"uri": "files/abc"})
    assert (ask.canvas.width, ask.canvas.height, ask.canvas.duration_seconds) == (640, 480, 7)
    assert ask.canvas.needs() == {Need.TEXT, Need.EXTEND_AFTER}


def test_the_callback_is_kept_with_what_comes_along() -> None:
    body = {"instances": [{"prompt": "a"}], "webhookConfig": {"uris": ["https://a.org"], "user_metadata": {"n": 1}}}
    predict = parse(Predict, json.dumps(body).encode())
    (ask,) = read_prediction(Prediction(model="m", resource="models/m", body=predict), place)
    assert (ask.callback_url, ask.wire["user_metadata"]) == ("https://a.org", {"n": 1})


def test_an_interaction_says_the_same_in_other_words() -> None:
    form = {"type": "video", "aspect_ratio": "9:16", "resolution": "360p", "duration": "3.5s", "delivery": "uri"}
    ask = creation(response_format=form, generation_config={"seed": 9}, service_tier="flex", labels={"a": "b"})
    canvas = ask.canvas
    assert (ask.model, canvas.width, canvas.height, canvas.duration_seconds) == ("gemini-omni-1.1-flash", 360, 640, 3.5)
    assert (canvas.seed, ask.priority, ask.wire["delivery"], ask.wire["labels"]) == (9, -1, "uri", {"a": "b"})
    assert ask.wire["task"] == "text_to_video"


def test_tasks_follow_from_what_is_given() -> None:
    clip, image = {"type": "video", "uri": "u"}, {"type": "image", "uri": "u"}
    text = {"type": "text", "text": "a"}
    assert creation(input=[text, image]).wire["task"] == "image_to_video"
    assert creation(input=[text, clip]).canvas.modification is not None
    assert creation(previous_interaction_id="x").wire["task"] == "edit"
    upscale = {"generation_config": {"video_config": {"task": "upscale"}}, "input": [clip]}
    enlarged = creation(**upscale, response_format={"type": "video", "resolution": "720p"})
    assert (enlarged.kind, enlarged.canvas.width, enlarged.canvas.height) == (Kind.UPSCALE, 960, 720)


def test_names() -> None:
    assert file_id_of("abc123:download") == "abc123"
    assert file_id_of("http://h/google/v1/files/abc/files/x9:download") == "x9"
    assert file_id_of("") == ""
    job = "0190163d-8694-739b-aea6-966c26f8ad91"
    assert operation_job(f"models/m/operations/{job.replace('-', '')}") == job
    with pytest.raises(ApiError, match="no operation 'models/m'"):
        operation_job("models/m")


def test_base64_in_either_alphabet() -> None:
    assert whole("-_-_") == whole("+/+/") == b"\xfb\xff\xbf"
    assert whole("YQ") == whole("YQ==") == b"a"
    long = bytes(range(256)) * 20_000
    assert whole(base64.b64encode(long).decode()) == long
    for wrong in ("", "a", "a b", "é"):
        with pytest.raises(ApiError, match="f is"):
            whole(wrong)
