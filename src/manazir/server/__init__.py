"""The service: jobs that always end, and the APIs that programs already speak. Imports no torch."""
