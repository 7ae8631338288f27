"""Wan 2.1 and 2.2 (Alibaba, Apache-2.0), as single-device modules."""
