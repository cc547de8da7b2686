"""Range queries to a metrics server that speaks Prometheus' HTTP API; bounded in time, size and number of tries."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPException, IncompleteRead
from typing import Any
from urllib import error, parse, request

from longwall.errors import EvidenceError, Fault

__all__ = ["Patience", "RangeQuery", "Sample", "query_range", "samples_of"]

_MOST_STEPS = 10_000
"""Samples of a series asked for at once; the server refuses more than 11,000 (Prometheus documentation, HTTP API)."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_AGAIN = (429, 500, 502, 503, 504)
_BLOCK = 1 << 16


@dataclass(frozen=True)
class RangeQuery:
    """What to ask, and where.

    Parameters
    ----------
    url : str
        Address of the server, with the path before ``/api/v1`` if there is one; http or https.
    query : str
        PromQL.
    since, until : datetime.datetime
        Aware; both ends belong to the range.
    step_s : int
        Seconds between two samples, >= 1.
    """

    url: str
    query: str
    since: datetime
    until: datetime
    step_s: int

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON; a password in the address is left out."""
        plain = asdict(self)
        return {**plain, "url": self.shown_address(), "since": self.since.astimezone(UTC).isoformat(),
                "until": self.until.astimezone(UTC).isoformat()}  # fmt: skip

    def shown_address(self) -> str:
        """Return the address as it may be shown."""
        parts = parse.urlsplit(self.url)
        return parse.urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


@dataclass(frozen=True)
class Patience:
    """How long and how often to try.

    Parameters
    ----------
    answer_s : float
        Seconds until an answer must be there whole, > 0.
    tries : int
        Attempts in all, >= 1; only what may pass by itself (no connection, too slow, 429, 5xx, cut off) is tried again.
    wait_s : float
        Seconds before the second attempt; twice as many before each further one.
    most_bytes : int
        Largest answer.
    """

    answer_s: float = 30.0
    tries: int = 3
    wait_s: float = 0.5
    most_bytes: int = 256 << 20


@dataclass(frozen=True)
class Sample:
    """One value of one series: labels, time [microseconds since 1970 UTC], finite value."""

    labels: Mapping[str, str]
    time_us: int
    value: float


class _Passing(Exception):
    """A failure that may pass by itself; carries the error to raise if it does not."""

    def __init__(self, final: EvidenceError) -> None:
        super().__init__()
        self.final = final


def query_range(query: RangeQuery, patience: Patience | None = None) -> tuple[Sample, ...]:
    """Return the samples of a range query, series by series in the order of the server, asked in bounded pieces.

    Raises
    ------
    EvidenceError
        LW-EV-140 no connection or too slow; LW-EV-141 an error of the server; LW-EV-142 no JSON; LW-EV-143 cut off or
        too large; LW-EV-144 sent elsewhere; LW-EV-145 refused; LW-EV-147 no samples; LW-EV-148 not an address, or no
        range.

    Notes
    -----
    Samples that are no numbers (NaN, infinities) are left out. A redirect is never followed: the query could be
    answered by a server that nobody named.
    """
    _check(query)
    patience = patience or Patience()
    found: list[Sample] = []
    for since, until in _pieces(query):
        text = {"query": query.query, "start": f"{since:.3f}", "end": f"{until:.3f}", "step": str(query.step_s)}
        address = f"{query.url.rstrip('/')}/api/v1/query_range?{parse.urlencode(text)}"
        found += samples_of(_tried(address, query.shown_address(), patience), query.shown_address())
    if not found:
        raise EvidenceError(
            Fault("LW-EV-147", query.shown_address(),
                  f"samples between {query.since.isoformat()} and {query.until.isoformat()}", "none",
                  "try the query in the server's own page; look at since and until")
        )  # fmt: skip
    return tuple(found)


def samples_of(document: Any, where: str) -> list[Sample]:
    """Return the samples in an answer of the API.

    Raises
    ------
    EvidenceError
        LW-EV-145: the server says the query is wrong; LW-EV-146: the answer is not a matrix of samples.
    """
    if isinstance(document, dict) and document.get("status") == "error":
        said = f"{document.get('errorType', 'error')}: {str(document.get('error', ''))[:300]}"
        raise EvidenceError(
            Fault("LW-EV-145", where, "an answer", f"a refusal ({said})", "correct `query` in study.yaml")
        )
    data = document.get("data") if isinstance(document, dict) else None
    series = data.get("result") if isinstance(data, dict) and data.get("resultType") == "matrix" else None
    try:
        if not isinstance(series, list):
            raise TypeError
        return [
            Sample({str(k): str(v) for k, v in one["metric"].items()}, round(float(at) * 1e6), float(value))
            for one in series
            for at, value in one["values"]
            if math.isfinite(float(value))
        ]
    except (TypeError, ValueError, KeyError, AttributeError, OverflowError):
        raise EvidenceError(
            Fault("LW-EV-146", where, "the answer of a range query (resultType matrix)", "JSON of another shape",
                  "look whether the address is that of a Prometheus server")
        ) from None  # fmt: skip


def _check(query: RangeQuery) -> None:
    """Refuse what cannot be asked."""
    parts = parse.urlsplit(query.url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise EvidenceError(
            Fault("LW-EV-148", "study.yaml: url", "an address such as http://metrics.example.org:9090",
                  repr(query.shown_address()), "correct the address")
        )  # fmt: skip
    if query.until < query.since or query.step_s < 1:
        raise EvidenceError(
            Fault("LW-EV-148", "study.yaml: since, until, step", "an end after the begin, steps of a second or more",
                  f"{query.since.isoformat()} to {query.until.isoformat()} in steps of {query.step_s} s",
                  "correct since, until or step")
        )  # fmt: skip


def _pieces(query: RangeQuery) -> Iterator[tuple[float, float]]:
    """Begin and end [s since 1970] of each request; steps fall on whole multiples of the step, as in any other one."""
    step = query.step_s
    first = math.ceil((query.since - _EPOCH) / timedelta(seconds=1) / step) * step
    last = math.floor((query.until - _EPOCH) / timedelta(seconds=1) / step) * step
    for begin in range(first, last + 1, _MOST_STEPS * step):
        yield float(begin), float(min(last, begin + (_MOST_STEPS - 1) * step))


def _tried(address: str, where: str, patience: Patience) -> Any:
    """Ask until there is an answer, at most so often."""
    for attempt in range(1, patience.tries + 1):
        try:
            return _asked(address, where, patience)
        except _Passing as failure:
            if attempt == patience.tries:
                raise failure.final from None
            time.sleep(patience.wait_s * 2 ** (attempt - 1))
    raise AssertionError("at least one try")


class _Stay(request.HTTPRedirectHandler):
    """Follows no redirect."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def _asked(address: str, where: str, patience: Patience) -> Any:
    """Ask once."""
    parts = parse.urlsplit(address)
    plain = parse.urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    asked = request.Request(plain, headers={"Accept": "application/json", "User-Agent": "longwall"})
    if parts.username:
        asked.add_header("Authorization", _basic(parts.username, parts.password or ""))
    until = time.monotonic() + patience.answer_s
    try:
        with request.build_opener(_Stay).open(asked, timeout=patience.answer_s) as answer:
            kind = str(answer.headers.get_content_type())
            body = _body(answer, where, until, patience)
    except error.HTTPError as refused:
        with refused:
            raise _refusal(refused, where) from None
    except IncompleteRead:
        raise _Passing(_cut_off(where)) from None
    except (error.URLError, OSError, HTTPException) as failure:
        reason = getattr(failure, "reason", failure)
        slow = isinstance(reason, TimeoutError)
        found = f"none within {patience.answer_s:g} s" if slow else f"no connection ({type(reason).__name__})"
        raise _Passing(EvidenceError(
            Fault("LW-EV-140", where, "an answer", found, "look whether the server runs and can be reached from here; "
                  "a query over a shorter range or with a longer step is faster"))) from None  # fmt: skip
    return _parsed(body, kind, where)


def _body(answer: Any, where: str, until: float, patience: Patience) -> bytes:
    """Read the answer, within the time and the size that are allowed."""
    body = bytearray()
    said = answer.headers.get("Content-Length")
    while block := answer.read1(_BLOCK):
        body += block
        if time.monotonic() > until:
            raise TimeoutError
        if len(body) > patience.most_bytes:
            raise EvidenceError(
                Fault("LW-EV-143", where, f"at most {patience.most_bytes >> 20} MiB", "more",
                      "ask for a shorter range, a longer step, or fewer series")
            )  # fmt: skip
    if said is not None and said.isdigit() and len(body) < int(said):
        raise _Passing(_cut_off(where))
    return bytes(body)


def _parsed(body: bytes, kind: str, where: str) -> Any:
    """JSON of an answer, or what it is instead."""
    start = body[:200].lstrip().lower()
    if start.startswith(b"<") or (kind != "application/json" and not start.startswith((b"{", b"["))):
        what = "a web page" if start.startswith(b"<") else f"{kind}"
        raise EvidenceError(
            Fault("LW-EV-142", where, "JSON", what,
                  "look whether the address is the server's own and not that of a sign-in page before it")
        )  # fmt: skip
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise _Passing(_cut_off(where)) from None


def _cut_off(where: str) -> EvidenceError:
    return EvidenceError(
        Fault("LW-EV-143", where, "a whole answer", "one that ends too early", "try again; look at the server and at "
              "what stands between, such as a proxy with a limit")
    )  # fmt: skip


def _refusal(refused: error.HTTPError, where: str) -> Exception:
    """What a status other than 200 means."""
    if 300 <= refused.code < 400:
        there = parse.urlsplit(str(refused.headers.get("Location", ""))).netloc.rpartition("@")[2] or "another path"
        return EvidenceError(
            Fault("LW-EV-144", where, "an answer from this address", f"a redirect to {there}",
                  "write the address it leads to into study.yaml, if you trust it")
        )  # fmt: skip
    if refused.code in _AGAIN:
        return _Passing(EvidenceError(
            Fault("LW-EV-141", where, "an answer", f"an error of the server (status {refused.code})",
                  "look at the server's own log; try again later")))  # fmt: skip
    try:
        document = json.loads(refused.read(_BLOCK))
        said = f"{document['errorType']}: {str(document['error'])[:300]}"
    except (ValueError, KeyError, TypeError, OSError, HTTPException, RecursionError):
        said = "no reason given"
    do = "sign in: write user and password into the address" if refused.code in (401, 403) else "correct the address " \
        "or the query in study.yaml"  # fmt: skip
    return EvidenceError(Fault("LW-EV-145", where, "an answer", f"a refusal (status {refused.code}, {said})", do))


def _basic(user: str, password: str) -> str:
    """Header of basic authentication (RFC 7617)."""
    import base64

    return "Basic " + base64.b64encode(f"{parse.unquote(user)}:{parse.unquote(password)}".encode()).decode()
