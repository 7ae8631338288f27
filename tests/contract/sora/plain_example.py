"""What people's scripts do; run with the client of some version, against OPENAI_BASE_URL."""

import json
import sys
import warnings
from pathlib import Path

import openai


def main() -> None:
    warnings.simplefilter("ignore", DeprecationWarning)
    client = openai.OpenAI()
    video = client.videos.create_and_poll(prompt="a red ball", seconds="8", size="1280x720", poll_interval_ms=50)
    content = client.videos.download_content(video.id).read()
    client.videos.create(prompt="a red ball", input_reference=Path(sys.argv[1]))
    listed = len(list(client.videos.list(limit=1)))
    told = {"version": openai.__version__, "status": video.status, "bytes": len(content) > 0, "listed": listed}
    print(json.dumps(told))


if __name__ == "__main__":
    main()
