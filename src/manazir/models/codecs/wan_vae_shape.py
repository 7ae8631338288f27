"""What a Wan video autoencoder is: its sizes, and the statistics of its latents."""

import math
from dataclasses import dataclass

from manazir.core.errors import ShapeError

MEANS_2_1 = (
    *(-0.7571, -0.7089, -0.9113, 0.1075, -0.1745, 0.9653, -0.1517, 1.5508),
    *(0.4134, -0.0715, 0.5517, -0.3632, -0.1922, -0.9497, 0.2503, -0.2921),
)
DEVIATIONS_2_1 = (
    *(2.8184, 1.4541, 2.3275, 2.6558, 1.2196, 1.7708, 2.6052, 2.0743),
    *(3.2687, 2.1526, 2.8652, 1.5579, 1.6382, 1.1253, 2.8251, 1.9160),
)
MEANS_2_2 = (
    *(-0.2289, -0.0052, -0.1323, -0.2339, -0.2799, 0.0174, 0.1838, 0.1557, -0.1382, 0.0542, 0.2813, 0.0891),
    *(0.1570, -0.0098, 0.0375, -0.1825, -0.2246, -0.1207, -0.0698, 0.5109, 0.2665, -0.2108, -0.2158, 0.2502),
    *(-0.2055, -0.0322, 0.1109, 0.1567, -0.0729, 0.0899, -0.2799, -0.1230, -0.0313, -0.1649, 0.0117, 0.0723),
    *(-0.2839, -0.2083, -0.0520, 0.3748, 0.0152, 0.1957, 0.1433, -0.2944, 0.3573, -0.0548, -0.1681, -0.0667),
)
DEVIATIONS_2_2 = (
    *(0.4765, 1.0364, 0.4514, 1.1677, 0.5313, 0.4990, 0.4818, 0.5013, 0.8158, 1.0344, 0.5894, 1.0901),
    *(0.6885, 0.6165, 0.8454, 0.4978, 0.5759, 0.3523, 0.7135, 0.6804, 0.5833, 1.4146, 0.8986, 0.5659),
    *(0.7069, 0.5338, 0.4889, 0.4917, 0.4069, 0.4999, 0.6866, 0.4093, 0.5709, 0.6065, 0.6415, 0.4944),
    *(0.5726, 1.2042, 0.5458, 1.6887, 0.3971, 1.0600, 0.3943, 0.5537, 0.5444, 0.4089, 0.7468, 0.7744),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class WanVaeShape:
    """Sizes of a Wan video autoencoder; the defaults are those of Wan 2.1 (arXiv:2503.20314).

    Raises:
        ShapeError: the sizes contradict each other.
    """

    width: int = 96
    """Channels of the encoder at full size."""
    decoder_width: int = 96
    """Channels of the decoder at full size."""
    multipliers: tuple[int, ...] = (1, 2, 4, 4)
    """Channels of each stage, from the largest pictures to the smallest, as multiples of the width."""
    blocks: int = 2
    """Residual blocks in each stage of the encoder; the decoder has one more."""
    halves_time: tuple[bool, ...] = (False, True, True)
    """Whether the rate is halved, too, between one stage and the next."""
    is_residual: bool = False
    """Wan 2.2: averages and repetitions lie beside the stages."""
    patch: int = 1
    """Pixels along each side of the squares that become channels before everything else."""
    channels_in: int = 3
    """What the encoder reads of each square; `channels_out`, what the decoder makes."""
    channels_out: int = 3
    latent_channels: int = 16
    latents_mean: tuple[float, ...] = MEANS_2_1
    """Of each latent channel; models work with latents of mean zero and deviation one."""
    latents_std: tuple[float, ...] = DEVIATIONS_2_1

    def __post_init__(self) -> None:
        """Refuse what cannot be built."""
        if len(self.halves_time) != len(self.multipliers) - 1:
            raise ShapeError(f"{len(self.multipliers)} stages need {len(self.multipliers) - 1} values of halves_time")
        if not len(self.latents_mean) == len(self.latents_std) == self.latent_channels:
            raise ShapeError(f"{self.latent_channels} latent channels need as many means and deviations")
        if not all(0 < deviation < math.inf for deviation in self.latents_std):
            raise ShapeError(f"deviations of latents are above 0, and one is {min(self.latents_std):g}")
        if self.patch < 1:
            raise ShapeError(f"patches of {self.patch} pixels a side; give 1 or more")
        if self.channels_in % self.patch**2 or self.channels_out % self.patch**2:
            raise ShapeError(f"channels_in and channels_out must be multiples of the {self.patch**2} pixels of a patch")

    @property
    def compression(self) -> int:
        """Pixels per latent cell, along height and width."""
        return int(self.patch * 2 ** len(self.halves_time))

    @property
    def frame_compression(self) -> int:
        """Frames per latent frame; but the first latent frame is one frame."""
        return int(2 ** sum(self.halves_time))


WAN_2_1 = WanVaeShape()
"""The autoencoder of Wan 2.1, and of Wan 2.2 14B."""

WAN_2_2 = WanVaeShape(
    width=160,
    decoder_width=256,
    is_residual=True,
    patch=2,
    channels_in=12,
    channels_out=12,
    latent_channels=48,
    latents_mean=MEANS_2_2,
    latents_std=DEVIATIONS_2_2,
)
"""The autoencoder of Wan 2.2 TI2V-5B."""
