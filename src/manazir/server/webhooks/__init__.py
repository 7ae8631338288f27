"""Telling others what became of jobs: callbacks of single requests, and endpoints that hear of all of a tenant's.

`bodies` says what is told in each dialect, `signatures` how a receiver knows that it was us, `outbox` what waits to be
told and what became of it, `deliverer` does it.
"""
