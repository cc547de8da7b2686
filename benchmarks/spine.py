"""Figures of the spine: whole runs on real logs, the same bits, and the speed of reading and simulating.

    python benchmarks/spine.py [--logs FOLDER] [--only NAME ...]

Prints one JSON object a line for each figure, a table for people on stderr, and exits 1 when a bar is missed. Needs
`pip install -e '.[benchmarks]'` for the peers.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
SHARED = HERE.parent.parent / "shared"
LONGWALL = Path(sys.executable).with_name("longwall")


def figure(
    name: str, value: float, bar: float, *, most: bool, low: float | None = None, high: float | None = None
) -> dict:
    """One figure; `most` says that the bar is the most that is allowed."""
    holds = value <= bar if most else value >= bar
    return {"name": name, "value": round(value, 4), "low": round(value if low is None else low, 4),
            "high": round(value if high is None else high, 4), "bar": bar, "holds": bool(holds)}  # fmt: skip


def timed(command: list[str], **environment: str) -> tuple[float, float]:
    """Wall seconds and peak resident GB of a command and its children."""
    probe = (
        "import json,resource,subprocess,sys,time;t=time.perf_counter();"
        "p=subprocess.run(sys.argv[1:],stdout=subprocess.DEVNULL,stderr=subprocess.PIPE);"
        "print(json.dumps([p.returncode,time.perf_counter()-t,resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss]),"
        "p.stderr.decode()[-2000:])"
    )
    done = subprocess.run([sys.executable, "-c", probe, *command], capture_output=True, text=True, check=True,
                          env={**os.environ, **environment})  # fmt: skip
    code, seconds, kilobytes = json.JSONDecoder().raw_decode(done.stdout)[0]
    if code != 0:
        sys.exit(f"{' '.join(command)} left with {code}:\n{done.stdout}")
    return seconds, kilobytes / 1024**2


def whole_runs(logs: Path) -> Iterator[dict]:
    """`longwall run` end to end, the compile cache warm."""
    with tempfile.TemporaryDirectory() as folder:
        log = logs / "helpdesk.xes.gz"
        timed([str(LONGWALL), "run", str(log), "--out", f"{folder}/warm"])
        runs = [timed([str(LONGWALL), "run", str(log), "--out", f"{folder}/again{k}"]) for k in range(3)]
        seconds, memory = [run[0] for run in runs], [run[1] for run in runs]
        yield figure("helpdesk_run_s", statistics.median(seconds), 120, most=True, low=min(seconds), high=max(seconds))
        yield figure("helpdesk_run_gb", max(memory), 2, most=True, low=min(memory))
        first = [
            timed([str(LONGWALL), "run", str(log), "--until", "ingest", "--out", f"{folder}/in{k}"])[0]
            for k in range(3)
        ]
        yield figure(
            "helpdesk_first_report_s", statistics.median(first), 20, most=True, low=min(first), high=max(first)
        )
        seconds_12, memory_12 = timed([str(LONGWALL), "run", str(logs / "bpic2012.xes.gz"), "--out", f"{folder}/bpic"])
        yield figure("bpic2012_run_s", seconds_12, 600, most=True)
        yield figure("bpic2012_run_gb", memory_12, 4, most=True)


def same_bits(logs: Path) -> Iterator[dict]:
    """Files of `results/` that differ between two runs, one thread and two."""
    with tempfile.TemporaryDirectory() as folder:
        seen = []
        for number, threads in enumerate(("1", "2", "2")):
            out = Path(folder) / f"run{number}"
            timed([str(LONGWALL), "run", str(logs / "helpdesk.xes.gz"), "--out", str(out), "--seed", "7"],
                  LONGWALL_THREADS=threads)  # fmt: skip
            seen.append({path.relative_to(out).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
                         for path in sorted((out / "results").rglob("*")) if path.is_file()})  # fmt: skip
        names = set().union(*seen)
        different = [name for name in sorted(names) if len({one.get(name) for one in seen}) > 1]
        if different:
            print("different:", *different, file=sys.stderr)
        yield figure("results_that_differ", len(different), 0, most=True)


def suite() -> Iterator[dict]:
    """Wall seconds of `make test`."""
    begin = time.perf_counter()
    done = subprocess.run(["make", "test"], cwd=HERE.parent, stdout=subprocess.DEVNULL, check=False)
    if done.returncode != 0:
        sys.exit("make test failed")
    yield figure("make_test_s", time.perf_counter() - begin, 480, most=True)


def area(script: str, asked: tuple[str, ...], names: tuple[str, ...]) -> Iterator[dict]:
    """Figures of another benchmark of this folder whose names begin so, with the bars it states."""
    done = subprocess.run(
        [sys.executable, str(HERE / script), "--only", *asked], stdout=subprocess.PIPE, text=True, check=False
    )
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    for name in names:
        matching = [line for line in lines if line["name"].startswith(name) and line["bar"] is not None]
        if not matching:
            sys.exit(f"{script} printed no figure {name}")
        yield from matching


def main() -> int:
    """Print the figures asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--logs", type=Path, default=SHARED / "data" / "logs")
    parser.add_argument("--only", nargs="*", default=None)
    asked = parser.parse_args()
    parts: dict[str, Callable[[], Iterator[dict]]] = {
        "runs": lambda: whole_runs(asked.logs),
        "bits": lambda: same_bits(asked.logs),
        "logs": lambda: area("logs.py", ("xes", "counts"), ("xes_vs_pm4py", "dfg_vs_pm4py", "handover_vs_pm4py")),
        "simulation": lambda: area("simulation.py", *2 * (("desk_vs_simpy_agents", "erlang_c", "erlang_a"),)),
        "suite": suite,
    }
    missed = 0
    for name in asked.only or parts:
        for one in parts[name]():
            print(json.dumps(one), flush=True)
            missed += not one["holds"]
            mark = "holds" if one["holds"] else "MISSED"
            print(f"{one['name']:28s} {one['value']:>12} (bar {one['bar']})  {mark}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
