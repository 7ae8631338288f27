"""`/dream-machine/v1`: Luma's Dream Machine API, as the `lumaai` client speaks it."""
