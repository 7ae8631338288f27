"""Numbers that shape the pictures, shared by both ray casters; tuned by eye on 128 px pictures."""

import numpy as np

ON_GROUND, IN_SKY = -1, -2
"""What a ray met, in place of the index of a primitive."""

LIGHT_SPREAD = 0.055
"""Tangent of the light's angular radius: shadows soften by about a twentieth of their length."""
LIGHT_POINTS = np.array(
    [
        [(-0.25, -0.75), (0.75, -0.25), (0.25, 0.75), (-0.75, 0.25)],
        [(0.25, -0.75), (0.75, 0.25), (-0.25, 0.75), (-0.75, -0.25)],
        [(-0.25, -0.25), (0.25, -0.25), (0.25, 0.25), (-0.25, 0.25)],
        [(-0.75, -0.75), (0.75, -0.75), (0.75, 0.75), (-0.75, 0.75)],
    ]
)
"""`[subsample, ray, 2]`: points of the light that shadow rays go to; together they fill a square evenly."""
OCCLUSION_REACH = 3.0
"""Bodies keep skylight away up to this many of their own radii."""

FOG_METRES = 26.0
"""The ground fades into the horizon over about this distance."""
CHECKER_METRES = 0.8
PLANK_METRES = 0.45
GAP_METRES = 0.02
"""Between planks."""
BAND_HALF = 0.24
"""Half the width of the band around a ball, as a share of its radius."""
BAND_SHADE = 0.66

MIRRORED_FOOTPRINT = 0.1
"""Metres over which the ground's pattern is averaged where it is seen in a mirror."""
SUBSAMPLES = np.array([(0.375, 0.125), (0.875, 0.375), (0.625, 0.875), (0.125, 0.625)])
"""Where in a pixel (x, y) the rays of an anti-aliased one go: a rotated grid."""
CONTRAST = 0.06
"""Neighbours whose channels differ by more than this share of their sum are traced again, more finely."""
STEP = 0.004
"""And by more than this."""
