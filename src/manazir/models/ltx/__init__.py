"""LTX-2, 2.3 and 2.5 (Lightricks): video and its sound in one transformer, as single-device modules."""
