"""A periodic nonlinearity for sound, and the resampling that keeps it from adding tones of its own.

Bending a wave makes overtones; those above half the sample rate would come back as other, false tones (aliasing). So
the wave is bent at twice the rate and brought back through a low-pass filter (BigVGAN, arXiv:2206.04658).
"""

import math

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

RATIO = 2
TAPS = 12

REACH = 6
ROLLOFF = 0.99
"""Of `upsample`: zero crossings of its filter to each side, and how far below half the rate it cuts off."""


class Snake(nn.Module):
    """x + sin²(a·x) / b for each channel, at twice the rate.

    The logarithms of a and b are learnt; the two low-pass filters are stored with the weights, rounded as they were
    when the rest was taught.
    """

    rise: Tensor
    fall: Tensor

    def __init__(self, width: int) -> None:
        super().__init__()
        self.log_a = nn.Parameter(torch.zeros(width))
        self.log_b = nn.Parameter(torch.zeros(width))
        self.register_buffer("rise", torch.zeros(1, 1, TAPS))
        self.register_buffer("fall", torch.zeros(1, 1, TAPS))

    def forward(self, x: Float[Tensor, "b c samples"]) -> Float[Tensor, "b c samples"]:
        """Return as many samples as came in."""
        x = _raise(x, self.rise, RATIO, TAPS // RATIO - 1, (TAPS - RATIO) // 2)
        a, b = self.log_a.exp()[:, None], self.log_b.exp()[:, None]
        x = x + (1.0 / (b + 1e-9)) * (x * a).sin().square()
        x = F.pad(x, (TAPS // 2 - 1, TAPS // 2), mode="replicate")
        return F.conv1d(x, self.fall.expand(x.shape[1], 1, TAPS), stride=RATIO, groups=x.shape[1])


def upsample(x: Float[Tensor, "b c samples"], ratio: int) -> Float[Tensor, "b c more"]:
    """Return `ratio` times as many samples of the same sound, by a sinc under a raised cosine."""
    width = math.ceil(REACH / ROLLOFF)
    time = (torch.arange(2 * width * ratio + 1, device=x.device) / ratio - width) * ROLLOFF
    window = (time.clamp(-REACH, REACH) * math.pi / REACH / 2).cos().square()
    taps = torch.sinc(time) * window * ROLLOFF / ratio
    return _raise(x, taps.to(x.dtype), ratio, width, width * ratio)


def _raise(x: Tensor, taps: Tensor, ratio: int, beside: int, delay: int) -> Tensor:
    """Put zeros between samples and smooth; the ends are repeated, and what comes of the repeats cut off.

    Args:
        x: sound `[b, c, samples]`.
        taps: of the filter.
        ratio: new samples for each.
        beside: how often the end samples are repeated.
        delay: the filter's, in new samples.
    """
    samples = x.shape[-1] * ratio
    x = F.pad(x, (beside, beside), mode="replicate")
    x = ratio * F.conv_transpose1d(x, taps.expand(x.shape[1], 1, -1), stride=ratio, groups=x.shape[1])
    start = beside * ratio + delay
    return x[..., start : start + samples]
