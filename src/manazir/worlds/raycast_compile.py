"""How the functions of the numba ray caster are compiled. Division by zero gives infinity, as in numpy."""

import numba

called = numba.njit(error_model="numpy")
inlined = numba.njit(error_model="numpy", forceinline=True)
"""For what runs once or more for every ray: calls alone took half of the time (two counted references each)."""
merged = numba.njit(error_model="numpy", inline="always")
"""For the few that call all others: each level of calls has everything below it compiled once more, for seconds."""
