"""Ranges that cannot be served, refused in this dialect's shape; what can be, the file's own answer serves."""

import re

from fastapi import Request

from manazir.server.errors import ApiError, Problem

ONE = r"([0-9]{1,18}-[0-9]{0,18}|-[0-9]{1,18})"
RANGES = re.compile(rf"bytes *= *{ONE}( *, *{ONE}){{0,99}}", re.IGNORECASE)


def check_range(request: Request, size_bytes: int) -> None:
    """Raise if a Range header asks for what a file of that size does not have.

    Raises:
        ApiError: it is past the end, or no range of bytes.
    """
    told = request.headers.get("range")
    if told is None:
        return
    if not RANGES.fullmatch(told.strip()):
        raise _malformed()
    for start, end in re.findall(r"([0-9]*)-([0-9]*)", told):
        if start and end and int(end) < int(start):
            raise _malformed()
        if int(start or 0) >= size_bytes or (not start and not int(end)):
            why = f"the file has {size_bytes} bytes, and the range is past its end"
            raise ApiError(Problem.BAD_RANGE, why, field="Range")


def _malformed() -> ApiError:
    return ApiError(Problem.BAD_REQUEST, "the Range header is no range of bytes; give `bytes=0-99`", field="Range")
