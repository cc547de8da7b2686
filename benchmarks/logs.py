"""Logs against pm4py, and the cost of an ingest: one JSON object a line, a table on stderr, exit 1 if a bar is missed.

    python benchmarks/logs.py [--logs ../shared/data/logs] [--repeats 3] [--only NAME ...]

Run it where both are installed: `pip install -e '.[benchmarks]'`. Same work on both sides, peers interleaved, processor
seconds, the median of the paired ratios with the least and the greatest, and equal counts checked first:

xes_vs_pm4py        file to event table. Ours: safety pass, parse, typed table. pm4py's own parser (`iterparse`, what it
                    takes without r4pm). Where r4pm is installed pm4py uses it too: xes_vs_pm4py_on_r4pm, without a bar.
dfg_vs_pm4py        event table in memory to directly-follows counts; our table is encoded, as ingest leaves it.
handover_vs_pm4py   the same for handover of work, after dropping events without a resource, on which pm4py fails.
ingest_*            the whole ingest in a process of its own: processor seconds and resident memory.
csv_memory_growth   peak memory of a CSV of 150 MB over that of one of 50 MB, the engine held to 300 MB.
five_million.*      directly-follows of 5 million sorted, encoded events: our time over that of DuckDB's SQL on the same
                    table in memory; and the resident memory of a process that reads such a store and asks.
append.*            adding a file of 36,000 events, half of them known, to a store of seven times as many: processor
                    seconds over those of reading the small file alone, and over those of reading everything anew.
ten_million.*       a CSV of 10 million rows, and of 2 million: peak resident memory, and the one over the other. Only
                    with `--only big`; it takes minutes.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

KEY = b"a key for benchmarks, long enough"
INSTALL = "install the peers first: pip install -e '.[benchmarks]'"
XES_LOGS = ("helpdesk", "bpic2012")


def cpu_s(work: Callable[[], Any]) -> tuple[float, Any]:
    before = time.process_time()
    result = work()
    return time.process_time() - before, result


def ratio(ours: Callable[[], Any], peer: Callable[[], Any], repeats: int) -> tuple[float, float, float]:
    """Median, least and greatest ratio of the peer's time to ours; each of our runs is long enough to be timed."""
    ratios = []
    once = max(cpu_s(ours)[0], 1e-6)
    inner = max(1, round(0.05 / once))
    for _ in range(repeats):
        theirs = cpu_s(peer)[0]
        mine = cpu_s(lambda: [ours() for _ in range(inner)])[0] / inner
        ratios.append(theirs / mine)
    return statistics.median(ratios), min(ratios), max(ratios)


def say(name: str, figures: tuple[float, float, float], bar: float | None, *, at_most: bool = False) -> bool:
    value, low, high = (float(f"{figure:.4g}") for figure in figures)
    holds = bar is None or (value <= bar if at_most else value >= bar)
    print(json.dumps({"name": name, "value": value, "low": low, "high": high, "bar": bar, "holds": holds}), flush=True)
    told = (
        "no bar" if bar is None else f"{'at most' if at_most else 'at least'} {bar:g}: {'holds' if holds else 'MISSED'}"
    )
    print(f"{name:34s} {value:10.4g}  ({low:.4g} to {high:.4g})  {told}", file=sys.stderr, flush=True)
    return holds


def our_table(path: Path, folder: Path) -> int:
    from longwall.evidence.probe import probe
    from longwall.evidence.readers import load
    from longwall.evidence.store import Store

    with Store(folder / "staging.duckdb", in_memory=True) as store:
        return load(probe(path), store).rows


def xes(path: Path, name: str, repeats: int, folder: Path) -> bool:
    import pm4py

    rows = our_table(path, folder)
    frame = pm4py.read_xes(str(path), variant="iterparse")
    if len(frame) != rows:
        raise SystemExit(f"{name}: {rows} events here, {len(frame)} in pm4py")
    own = ratio(lambda: our_table(path, folder), lambda: pm4py.read_xes(str(path), variant="iterparse"), repeats)
    holds = say(f"{name}.xes_vs_pm4py", own, 10)
    rust = ratio(lambda: our_table(path, folder), lambda: pm4py.read_xes(str(path), variant="r4pm"), repeats)
    say(f"{name}.xes_vs_pm4py_on_r4pm", rust, None)
    return holds


def counts(path: Path, name: str, repeats: int, folder: Path) -> bool:
    """Directly-follows and handover on every row of the log as an event."""
    import pm4py

    from longwall.evidence import directly_follows, ingest, pseudonym, read_log, transition_counts
    from longwall.evidence.store import Store

    ingest(path, folder / "all.duckdb", key=KEY, mapping={"lifecycle": None})
    log = read_log(folder / "all.duckdb")
    frame = pm4py.read_xes(str(path), variant="iterparse")
    named = frame.dropna(subset=["org:resource"])
    with Store(folder / "all.duckdb", read_only=True) as store:
        code_of = {hidden: int(code) for code, hidden in store.rows("SELECT code, pseudonym FROM resources")}

    theirs, _, _ = pm4py.discover_dfg(frame)
    table = directly_follows(log).counts
    ours = {(log.activities[i], log.activities[j]): int(table[i, j]) for i, j in zip(*table.nonzero(), strict=True)}
    if ours != {pair: int(n) for pair, n in theirs.items()}:
        raise SystemExit(f"{name}: directly-follows counts differ from pm4py")

    def our_handover() -> Any:
        return transition_counts(log.resource, log.case, log.n_resources)

    passed = our_handover()
    peer = pm4py.discover_handover_of_work_network(named).connections
    scale = passed.sum() / sum(peer.values())  # pm4py gives shares of all handovers
    wrong = [
        pair
        for pair, share in peer.items()
        if round(share * scale) != passed[tuple(code_of[pseudonym(KEY, str(person))] for person in pair)]
    ]
    if wrong or len(peer) != (passed > 0).sum():
        raise SystemExit(f"{name}: handover counts differ from pm4py in {len(wrong)} pairs")

    dfg = ratio(lambda: directly_follows(log), lambda: pm4py.discover_dfg(frame), repeats)
    work = ratio(our_handover, lambda: pm4py.discover_handover_of_work_network(named), repeats)
    return all([say(f"{name}.dfg_vs_pm4py", dfg, 18), say(f"{name}.handover_vs_pm4py", work, 45)])


def apart(path: Path, folder: Path, memory: str = "") -> tuple[float, float]:
    """Ingest in a process of its own; return processor seconds and peak resident MB."""
    script = (
        "import json, resource, sys, time\nfrom pathlib import Path\nfrom longwall.evidence import ingest, store\n"
        f"store.MEMORY_LIMIT = {memory!r} or store.MEMORY_LIMIT\n"
        f"before = time.process_time()\ningest(Path({str(path)!r}), Path({str(folder / 'apart.duckdb')!r}), "
        f"key={KEY!r})\n"
        "peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != 'darwin' else 1024**2)\n"
        "print(json.dumps([time.process_time() - before, peak]))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    seconds, peak = json.loads(done.stdout.splitlines()[-1])
    return float(seconds), float(peak)


def whole(logs: Path, repeats: int, folder: Path) -> bool:
    ok = True
    for name, bar_s in (("helpdesk", 5.0), ("bpic2012", 30.0)):
        runs = [apart(logs / f"{name}.xes.gz", folder) for _ in range(repeats)]
        for figure, column, bar in (("ingest_s", 0, bar_s), ("ingest_rss_mb", 1, 1500.0)):
            seen = [run[column] for run in runs]
            ok &= say(f"{name}.{figure}", (statistics.median(seen), min(seen), max(seen)), bar, at_most=True)
    return ok


def growth(folder: Path) -> bool:
    peaks = [apart(csv_of(folder / f"{size}.csv", size), folder, "300MB")[1] for size in (50, 150)]
    print(f"peak memory: {peaks[0]:.0f} MB for 50 MB of CSV, {peaks[1]:.0f} MB for 150 MB", file=sys.stderr)
    grown = peaks[1] / peaks[0]
    return say("csv_memory_growth", (grown, grown, grown), 1.25, at_most=True)


SEQUENCE = """
    SELECT count(*)
    FROM (SELECT activity AS b, lag(activity) OVER (PARTITION BY case_code ORDER BY place) AS a FROM events)
    WHERE a IS NOT NULL GROUP BY a, b ORDER BY a, b
"""


def large_store(path: Path, events: int) -> Path:
    """Write a store of ten events an item as ingest would leave it, straight from the engine."""
    from longwall.evidence import ingest
    from longwall.evidence.store import Store

    small = csv_of(path.with_suffix(".csv"), rows=600)
    ingest(small, path, key=KEY)
    with Store(path, spill=path.parent / "spill") as store:
        store.run("DELETE FROM events")
        store.run("DELETE FROM cases")
        store.run(
            "INSERT INTO events SELECT n, n // 10, hash(n) % 6, hash(n + 1) % 100, hash(n + 2) % 12, "
            f"1700000000000000 + n * 1000000, 1700000000000000 + n * 1000000, 0, n + 1 FROM range({events}) t(n)"
        )
        store.run(f"INSERT INTO cases SELECT n, n, 'INC' || n FROM range({events // 10}) t(n)")
        store.run("CHECKPOINT")
    return path


def five_million(repeats: int, folder: Path) -> bool:
    """Directly-follows of a large log, against SQL on the same table; and the memory it takes."""
    import duckdb

    from longwall.evidence import directly_follows, read_log

    path = large_store(folder / "large.duckdb", 5_000_000)
    log = read_log(path)
    with duckdb.connect(":memory:", config={"threads": 2}) as engine:
        engine.execute(f"ATTACH '{path}' AS kept (READ_ONLY)")
        engine.execute("CREATE TABLE events AS SELECT * FROM kept.events ORDER BY place")
        theirs = [count for (count,) in engine.execute(SEQUENCE).fetchall()]
        if theirs != directly_follows(log).counts.ravel().tolist():
            raise SystemExit("five million events: directly-follows counts differ from SQL")
        share = ratio(lambda: engine.execute(SEQUENCE).fetchall(), lambda: directly_follows(log), repeats)
    script = (
        "import resource, sys\nfrom pathlib import Path\n"
        "from longwall.evidence import directly_follows, handovers, read_log\n"
        f"log = read_log(Path({str(path)!r}))\ndirectly_follows(log)\nhandovers(log)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != 'darwin' else 1024**2))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    peak = float(done.stdout)
    return all([say("five_million.dfg_vs_sql", share, 0.4, at_most=True),
                say("five_million.read_rss_mb", (peak, peak, peak), 3000, at_most=True)])  # fmt: skip


def appending(folder: Path) -> bool:
    """What it costs to add a file, against reading it alone and against reading everything."""
    from longwall.evidence import append, ingest

    known, more = csv_of(folder / "known.csv", rows=252_000), csv_of(folder / "more.csv", rows=36_000, first=234_000)
    base, alone, whole = (folder / f"{name}.duckdb" for name in ("base", "alone", "whole"))
    everything, _ = cpu_s(lambda: ingest(known, base, key=KEY))
    small, _ = cpu_s(lambda: ingest(more, alone, key=KEY))
    added, record = cpu_s(lambda: append(more, base, key=KEY))
    again, _ = cpu_s(lambda: append(more, base, key=KEY))
    if (
        record.files[-1].accepted != 18_000
        or record.events != ingest(csv_of(folder / "all.csv", rows=270_000), whole, key=KEY).events
    ):
        raise SystemExit("appending: not the events of the whole")
    print(f"append {added:.1f} s; alone {small:.1f} s; all {everything:.1f} s; the same again {again:.2f} s",
          file=sys.stderr)  # fmt: skip
    figures = (added / small, added / everything)
    say("append.over_alone", (figures[0],) * 3, None)
    return say("append.over_all", (figures[1],) * 3, 0.6, at_most=True)


def ten_million(folder: Path) -> bool:
    """Peak memory of 10 million rows, against the limit and against 2 million."""
    peaks = [apart(csv_of(folder / f"{rows}.csv", rows=rows), folder)[1] for rows in (2_000_000, 10_000_000)]
    small, large = peaks
    ok = say("ten_million.rss_mb", (large, large, large), 1500, at_most=True)
    say("ten_million.over_two_million", (large / small,) * 3, None)
    return ok


def csv_of(path: Path, megabytes: int = 0, *, rows: int = 0, first: int = 0) -> Path:
    """Write a ticket log of about this size, or these rows; six events an item, two columns that nobody maps."""
    with path.open("w") as out:
        out.write("number,activity,assigned_to,assignment_group,priority,comment,note,timestamp\n")
        number = first
        while out.tell() < megabytes << 20 or number < first + rows:
            lines = []
            for _ in range(min(6000, first + rows - number) if rows else 6000):
                case, step = divmod(number, 6)
                day = f"2024-{1 + case % 12:02d}-{1 + case // 12 % 28:02d}"
                when = f"{day} {step * 3:02d}:{number % 60:02d}:{case % 60:02d}"
                lines.append(f'INC{case:08d},Step {step},Person {number * 7919 % 400},Group '
                             f'{number % 12},{1 + case % 4},'
                             f'"some, longer text {number * 2654435761 % 2**32} that nobody '
                             f'maps",x,{when}\n')  # fmt: skip
                number += 1
            out.writelines(lines)
    return path


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--logs", type=Path, default=Path(__file__).resolve().parents[2] / "shared" / "data" / "logs")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--only", nargs="*", choices=["xes", "counts", "ingest", "memory", "large", "append", "big"])
    parser.add_argument("--log", nargs="*", default=XES_LOGS, choices=XES_LOGS)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    chosen = arguments.only or ["xes", "counts", "ingest", "memory", "large", "append"]
    if {"xes", "counts"} & set(chosen) and importlib.util.find_spec("pm4py") is None:
        print(INSTALL, file=sys.stderr)
        return 1
    ok = True
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for log in arguments.log:
            path = arguments.logs / f"{log}.xes.gz"
            if "xes" in chosen:
                ok &= xes(path, log, arguments.repeats, folder)
            if "counts" in chosen:
                ok &= counts(path, log, arguments.repeats, folder)
        if "ingest" in chosen:
            ok &= whole(arguments.logs, arguments.repeats, folder)
        if "memory" in chosen:
            ok &= growth(folder)
        if "large" in chosen:
            ok &= five_million(arguments.repeats, folder)
        if "append" in chosen:
            ok &= appending(folder)
        if "big" in chosen:
            ok &= ten_million(folder)
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
