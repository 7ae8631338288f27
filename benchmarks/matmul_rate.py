"""What one core can do: large products of matrices."""

import time

import torch

SIDE, TIMES = 1024, 7


def matmul_rate(dtype: torch.dtype) -> float:
    """Products and sums in a nanosecond of CPU time, at best, on as many threads as torch has."""
    a, b = torch.randn(2, SIDE, SIDE).to(dtype).unbind()
    seconds = []
    for _ in range(TIMES):
        began = time.process_time()
        a @ b
        seconds.append(time.process_time() - began)
    return 2 * SIDE**3 / min(seconds) / 1e9
