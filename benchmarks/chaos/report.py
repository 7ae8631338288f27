"""What a run of chaos found, as a page for people."""

from typing import Any

NOTES = """\
A real `manazir serve` with a model of a few thousand weights, and a `manazir worker --join` beside it, while SIGKILL
reaches workers, engines, the server itself, and the server with all workers at once, which are then started again in
any order; workers are frozen for longer than their lease; Postgres is stopped (`pg_ctl stop -m immediate`) in the
middle, and is away for a while. Clients send an Idempotency-Key, and send again what was not answered.

Held at the end: each accepted job is there once and has ended, with one event that says so; it was charged once, and
got its credits back unless it succeeded; each file is there, whole by its hash; equal requests became equal files.
`engine_lost` is the end of a job whose engine was killed twice. `free` and `begun again` are from the moment at which a
worker was struck in the middle of a job until that job could be had by another, and until one had it, or it had ended.
Of a worker that was killed its server knows, or the next one; of one that is frozen nobody does, until its lease of
15 s and two more are over. After the server with all workers, both wait for processes to start.
"""


def table(report: dict[str, Any]) -> str:
    """All of it in Markdown."""
    lines = ["# The service while its processes are killed", ""]
    lines += [
        f"{report['machine']}. Commit {report['commit'][:12]}, {report['date'][:10]}: `{report['command']}`, seed"
    ]
    lines += [f"{report['seed']}.", "", NOTES, ""]
    stores = list(report["runs"])
    rows = {name: _column(told) for name, told in report["runs"].items()}
    lines += ["|  | " + " | ".join(stores) + " |", "| --- |" + " --- |" * len(stores)]
    for what in dict.fromkeys(what for column in rows.values() for what in column):
        lines.append(f"| {what} | " + " | ".join(rows[store].get(what, "") for store in stores) + " |")
    return "\n".join([*lines, ""])


def _column(told: dict[str, Any]) -> dict[str, str]:
    outage = told["outage"]
    again = {
        f"{what} after: {kind}; seconds: median, most": f"{of['median']}, {of['most']} (of {of['count']})"
        for kind, waits in told["wait_seconds"].items()
        for what, of in waits.items()
    }
    return {
        "jobs accepted": str(told["jobs"]),
        "SIGKILLs": f"{told['kills']} ({_counts(told['killed'])})",
        "wrong at the end (lost, twice, not whole)": str(len(told["wrong"])),
        "ended as": _counts(told["ended"]),
        "attempts": str(told["attempts"]),
        **again,
        "server up after a kill, seconds, most": str(told["server_up_seconds"]["most"]),
        "requests not answered, sent again": _counts(told["not_answered"]),
        "Postgres away": f"{outage['seconds']:.0f} s, /readyz said 503 {outage['readyz_503']} times" if outage else "",
        "folders of killed workers left": str(told["left_behind"]),
        "took, seconds": str(told["seconds"]),
    }


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {what}" for what, count in sorted(counts.items()) if count)
