"""What a program of google-genai 2.34 does in the developer API's mode; run by its own Python, prints what it got."""

import hashlib
import json
import sys
import time
from pathlib import Path

from google import genai
from google.genai import types

MODEL = "veo-3.1-generate-preview"


def main(base_url: str, key: str, picture: str, film: str) -> None:
    client = genai.Client(api_key=key, http_options=types.HttpOptions(base_url=base_url))
    image = types.Image(image_bytes=Path(picture).read_bytes(), mime_type="image/png")
    config = types.GenerateVideosConfig(
        number_of_videos=2,
        duration_seconds=4,
        aspect_ratio="9:16",
        resolution="720p",
        negative_prompt="rain",
        person_generation="allow_adult",
        last_frame=image,
        webhook_config=types.WebhookConfig(uris=["https://example.org/told"], user_metadata={"a": "b"}),
    )
    source = types.GenerateVideosSource(prompt="a red ball", image=image)
    operation = finished(client, client.models.generate_videos(model=MODEL, source=source, config=config))
    videos = [made.video for made in operation.response.generated_videos]
    hashes = [hashlib.sha256(client.files.download(file=video)).hexdigest() for video in videos]
    extended = client.models.generate_videos(
        model=MODEL, source=types.GenerateVideosSource(prompt="it rolls", video=types.Video(uri=videos[0].uri))
    )
    file = client.files.upload(file=film)
    interaction = client.interactions.create(model="gemini-omni-1.1-flash", input="a ball")
    told = {"version": genai.__version__, "hashes": hashes, "metadata": operation.metadata, "file": file.state}
    told |= {"extended": finished(client, extended).error, "interaction": interaction.status}
    told |= {"video": hashlib.sha256(content(interaction.output_video.data)).hexdigest()}
    print(json.dumps(told))


def finished(client: genai.Client, operation: types.GenerateVideosOperation) -> types.GenerateVideosOperation:
    while not operation.done:
        time.sleep(0.1)
        operation = client.operations.get(operation)
    return operation


def content(data: str | bytes) -> bytes:
    import base64

    return base64.b64decode(data) if isinstance(data, str) else data


if __name__ == "__main__":
    main(*sys.argv[1:])
