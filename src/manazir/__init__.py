"""Manazir: world models and video generation that people run themselves."""
