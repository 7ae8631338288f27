"""`/api/v1`: our own API, in our own words. What the studio and programs use."""
