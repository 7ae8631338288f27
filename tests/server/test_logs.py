"""Lines of the log: whose work it was, in two forms; and of errors where, but not their words."""

import io
import json
import logging
import threading
from collections.abc import Iterator

import pytest

from manazir.core.errors import StoreError, UnsupportedError
from manazir.server.logs import set_up_logs, trace
from manazir.server.notes import Notes, noting

LOG = logging.getLogger("manazir.tests")


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    root, hook = logging.getLogger(), threading.excepthook
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:], threading.excepthook = handlers, hook
    root.setLevel(level)


@pytest.fixture
def stream(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What is logged, in the form that the test's parameter names."""
    monkeypatch.setenv("MANAZIR_LOG", getattr(request, "param", "text"))
    made = io.StringIO()
    set_up_logs(made)
    return made


SAID = "a secret prompt"


def raised() -> ValueError:
    try:
        try:
            int(SAID)
        except ValueError as error:
            raise ValueError(SAID) from error
    except ValueError as error:
        return error
    raise AssertionError


def test_a_line_for_people_says_whose_work_it_was(stream: io.StringIO) -> None:
    with noting(Notes(request_id="req_1", tenant_id="t")) as notes:
        notes.job_id = "j"
        LOG.info("it %s", "works")
    LOG.warning("two\nlines\x1b[31m")
    first, second = stream.getvalue().splitlines()
    assert first.endswith("INFO manazir.tests: it works [request=req_1 tenant=t job=j]")
    assert second.endswith("WARNING manazir.tests: two\\x0alines\\x1b[31m"), "nobody writes lines of their own"


@pytest.mark.parametrize("stream", ["json"], indirect=True)
def test_a_line_for_machines_is_an_object(stream: io.StringIO) -> None:
    with noting(Notes(request_id="req_1")):
        LOG.error("it failed", extra={"facts": {"status": 500}}, exc_info=raised())
    told = json.loads(stream.getvalue())
    assert (told["level"], told["message"], told["request_id"], told["status"]) == ("ERROR", "it failed", "req_1", 500)
    assert told["time"].endswith("+00:00")
    assert told["error"] == "ValueError"
    assert "test_logs.py" in told["trace"]


def test_of_an_error_there_is_where_but_not_its_words(stream: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    LOG.error("it failed", exc_info=raised())
    told = stream.getvalue()
    assert "in raised" in told
    assert "which led to:" in told
    assert SAID not in told
    assert "the store is away" in trace(StoreError("the store is away")), "our own words about no request are shown"
    monkeypatch.setenv("MANAZIR_DEBUG", "1")
    assert SAID in trace(raised())


def test_errors_in_a_group_and_in_threads_are_told_as_well(stream: io.StringIO) -> None:
    assert trace(ExceptionGroup("words", [raised()])).count("(what it says") == 3
    thread = threading.Thread(target=lambda: int(SAID), name="helper")
    thread.start()
    thread.join()
    assert "the thread helper ended" in stream.getvalue()
    assert SAID not in stream.getvalue()


def test_asyncios_lines_end_before_the_objects_in_them(stream: io.StringIO) -> None:
    logging.getLogger("asyncio").error(f"Task exception was never retrieved\nfuture: <Task exception={SAID}>")
    assert SAID not in stream.getvalue()
    assert "never retrieved" in stream.getvalue()


def test_another_form_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MANAZIR_LOG", "xml")
    with pytest.raises(UnsupportedError, match="MANAZIR_LOG is 'xml'; give text or json"):
        set_up_logs()
