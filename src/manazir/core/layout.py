"""Layouts: what is where in a clip, frame by frame, as numbers.

A layout is an array `[t, SLOTS, FEATURES]`. Slot 0 is the set (camera, light, ground), then come bodies in the order of
their roles, then a ramp. Noor makes a layout before it makes pictures; the simulator knows the true one. Places in the
picture are in half short sides from its middle, rightwards and upwards, times PLACE_SCALE; every number is about one in
size, so that unit noise hides it. An empty slot is all zeros but for PRESENT.
"""

SLOTS = 6
SET = 0
BODIES = slice(1, 5)
RAMP = 5

FEATURES = 32
LARGEST = 4.0
"""Numbers are kept within this: what is far outside the picture, or behind the camera, is just far."""
PLACE_SCALE = 2.0
BULK_CENTRE, BULK_SCALE = -1.7, 2.5
"""BULK = (log(apparent radius in half short sides) - centre) * scale."""
SIZE_CENTRE, SIZE_SCALE = -0.95, 3.0
"""SIZE likewise, of the radius in metres."""

# Of bodies and ramps.
PRESENT = 0
"""1: there is something; -1: the slot is empty."""
ACROSS, UP, BULK = 1, 2, 3
"""Where in the picture, and how large it appears."""
HEIGHT = 4
HEIGHT_LEAST, HEIGHT_SCALE = -0.8, 1.5
"""HEIGHT = metres of the centre above the ground * scale + least."""
SHADOW_ACROSS, SHADOW_UP = 5, 6
"""Where the main light's ray through the centre meets the ground."""
TURN = slice(7, 13)
TURN_SCALE = 1.5
"""Two of the body's axes (x, z) in the camera's (right, up, forward). Of a ramp: its slope and its sizes."""
ROD, ROD_ACROSS, ROD_UP = 13, 14, 15
"""Whether it hangs from a rod, and where the rod's upper end is."""
COLOUR = slice(16, 19)
COLOUR_SCALE = 1.5
"""As a screen shows it, from -1 to 1, times this."""
SHAPE = slice(19, 25)
MATERIAL = slice(25, 30)
SIZE = 30
FIXED = 31

# Of the set.
CAMERA = slice(1, 11)
FORWARD_UP = 9
"""How much the camera looks upwards: (sine - ...) like BULK."""
FORWARD_UP_CENTRE, FORWARD_UP_SCALE = 2.0, 8.0
USUAL_TANGENT = 0.3249
"""Of half the camera's field (36 degrees), over the short side."""
LIGHT = slice(11, 18)
GROUND = slice(18, 26)
PATTERN = slice(22, 25)
BACKDROP = slice(26, 30)
FLAT = 30

KINDS = (SHAPE, MATERIAL)
SET_KINDS = (PATTERN, BACKDROP)
"""Of things and of the set: features of which one is KIND and the others are 0."""
KIND = 2.0

STEADY = [PRESENT, *range(COLOUR.start, FEATURES)]
"""Features that stay as they are for a whole clip."""
