"""Pictures as a video codec leaves them: models that were taught with frames of films take these for frames too."""

import io

import av
import numpy as np
from numpy.typing import NDArray


def recompressed(picture: NDArray[np.uint8], crf: int) -> NDArray[np.uint8]:
    """A picture as H.264 gives it back; an odd last row or column is lost.

    LTX-2 and 2.3 were taught with pictures at a crf of 33, LTX-2.5 at 18.

    Args:
        picture: rows, columns, red green blue.
        crf: how coarsely: 0 not at all, 51 most.
    """
    if not crf:
        return picture
    height, width = (length // 2 * 2 for length in picture.shape[:2])
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        options = {"crf": str(crf), "preset": "veryfast", "threads": "1"}
        video = container.add_stream("libx264", rate=1, options=options)
        video.width, video.height, video.pix_fmt = width, height, "yuv420p"
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture[:height, :width]), format="rgb24")
        for packets in (video.encode(frame.reformat(format="yuv420p")), video.encode(None)):
            container.mux(packets)
    file.seek(0)
    with av.open(file, "r") as container:
        seen: NDArray[np.uint8] = next(container.decode(video=0)).to_ndarray(format="rgb24").astype(np.uint8)
    return seen
