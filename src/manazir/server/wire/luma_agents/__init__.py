"""`/luma/v1`: Luma's current API, as the `luma-agents` client speaks it."""
