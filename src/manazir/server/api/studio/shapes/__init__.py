"""Projects, shots and takes as they are given and told."""
