"""Projects, shots, takes and boards as they are given and told."""
