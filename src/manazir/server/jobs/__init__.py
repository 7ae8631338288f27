"""Jobs: accepted requests, until their takes are ready."""
