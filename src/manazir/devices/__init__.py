"""How networks lie on devices: on several at once, on one that is too small for them, and in narrow numbers."""
