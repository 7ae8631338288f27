"""What requests bring and takes leave: bytes kept by their hash, fetched with care, checked before use."""
