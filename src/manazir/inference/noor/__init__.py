"""Noor: layouts first, then pictures and sound from them."""
