"""Sound at another sample rate."""

import av
import numpy as np
from numpy.typing import NDArray


def resample(samples: NDArray[np.float32], sample_rate: int, wanted_rate: int) -> NDArray[np.float32]:
    """Samples `[n, channels]` at `wanted_rate`; nothing is delayed, and the length in seconds stays."""
    if sample_rate == wanted_rate or not len(samples):
        return samples
    layout = "mono" if samples.shape[1] == 1 else "stereo"
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples.T), format="fltp", layout=layout)
    frame.sample_rate = sample_rate
    resampler = av.AudioResampler(format="fltp", layout=layout, rate=wanted_rate)
    pieces = [piece.to_ndarray() for piece in (*resampler.resample(frame), *resampler.resample(None))]
    return np.ascontiguousarray(np.concatenate(pieces, axis=1).T, dtype=np.float32)
