"""What three real logs show of work between teams, each against its null. One JSON object a line, a table on stderr.

    python benchmarks/known_logs.py [--logs ../shared/data/logs] [--draws 999]

Logs: the help desk of a software company, and the open and closed problems of a maker of vehicles. There is no truth to
hold the figures against, so no bar; what can be said is how far each lies from what would be seen if nothing stood
behind it. A claim is a p-value of at most 5% after Benjamini and Hochberg over everything that was asked of the log.

returns    items that a team gets back from the team it gave them to. Null: each team hands on as it always does, to
           whom it always does, whatever the item has been through (a first-order chain with the log's own shares).
waiting    share of all elapsed time that lies before the events of a team. Null: times are exchanged among events of
           the same step and the same priority, so a team that does slow steps does not stand out for it.
reopening  share of closings after which the item goes on. By team that closed, null: teams are exchanged among the
           closings of the same priority.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from longwall.evidence import Log, ingest, read_log
from longwall.stats import benjamini_hochberg, share_interval
from longwall.streams import generator

LOGS = Path(__file__).resolve().parents[2] / "shared" / "data" / "logs"
FILES = {
    "helpdesk": "helpdesk.xes.gz",
    "open problems": "bpic2013_open_problems.xes.gz",
    "closed problems": "bpic2013_closed_problems.xes.gz",
}
CLOSING = {
    "helpdesk": ("Closed",),
    "open problems": ("Completed/Closed",),
    "closed problems": ("Completed/Closed", "Completed/Cancelled"),
}
LEAST = 30
LEVEL = 0.05

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def read(path: Path) -> Log:
    """Read a log into a store of its own."""
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "evidence.duckdb"
        ingest(path, store, key=b"0" * 32)
        return read_log(store)


def p_value(drawn: Floats, seen: float) -> float:
    """Share of draws at least as high as what was seen, which counts as one of them (Phipson and Smyth 2010)."""
    return float((1 + (drawn >= seen - 1e-12).sum()) / (1 + drawn.size))


def strata(log: Log, rows: Ints, *columns: NDArray[Any]) -> Ints:
    """Number the combinations of the columns and the priority of each row's case."""
    parts = [np.asarray(column)[rows] for column in columns]
    parts += [a.codes[log.case[rows]] for a in log.case_attributes.values() if a.role == "priority" and a.codes.size]
    return np.unique(np.stack(parts or [np.zeros(rows.size)]), axis=1, return_inverse=True)[1].astype(np.int64).ravel()


def exchanged(stratum: Ints, luck: np.random.Generator) -> Ints:
    """Return an order of positions that exchanges them within each stratum only."""
    order = np.lexsort((luck.random(stratum.size), stratum))
    place = np.empty(stratum.size, dtype=np.int64)
    place[np.argsort(stratum, kind="stable")] = order
    return place


def returns(log: Log, draws: int, luck: np.random.Generator) -> dict[str, Any]:
    """Count items that come straight back, beside a chain that forgets where they came from."""
    known = np.flatnonzero(log.team >= 0)
    begins = np.r_[True, (log.team[known][1:] != log.team[known][:-1]) | (log.case[known][1:] != log.case[known][:-1])]
    case, team = log.case[known][begins], log.team[known][begins]
    same = case[1:] == case[:-1]
    teams = len(log.teams)
    count = np.zeros((teams, teams))
    np.add.at(count, (team[:-1][same], team[1:][same]), 1.0)
    step = np.cumsum(count / np.maximum(count.sum(axis=1, keepdims=True), 1.0), axis=1)
    first = np.flatnonzero(np.r_[True, ~same])
    length = np.diff(np.r_[first, case.size])
    seen = int((same[1:] & same[:-1] & (team[2:] == team[:-2])).sum())
    drawn = np.zeros(draws)
    for k in range(draws):
        before, now = np.full(length.size, -1), team[first].copy()
        for at in range(1, int(length.max(initial=1))):
            going = length > at
            following = np.minimum((luck.random(length.size)[:, None] > step[now]).sum(axis=1), teams - 1)
            drawn[k] += (going & (following == before)).sum()
            before, now = np.where(going, now, before), np.where(going, following, now)
    chances = int((length - 2).clip(0).sum())
    low, high = np.quantile(drawn, [0.025, 0.975])
    return {
        "figure": "returns", "value": seen, "of": chances, "null": float(drawn.mean()), "null_low": float(low),
        "null_high": float(high), "p": p_value(drawn, seen),
    }  # fmt: skip


def waiting(log: Log, draws: int, luck: np.random.Generator) -> list[dict[str, Any]]:
    """Share of elapsed time before the events of each team, beside times exchanged among events alike."""
    inner = np.flatnonzero((log.team >= 0) & np.r_[False, log.case[1:] == log.case[:-1]])
    elapsed = log.end_h[inner] - log.end_h[inner - 1]
    team, stratum = log.team[inner], strata(log, inner, log.activity)
    teams = [t for t in range(len(log.teams)) if (team == t).sum() >= LEAST]
    total = elapsed.sum()
    seen = np.bincount(team, weights=elapsed, minlength=len(log.teams)) / total
    drawn = np.stack(
        [
            np.bincount(team, weights=elapsed[exchanged(stratum, luck)], minlength=len(log.teams)) / total
            for _ in range(draws)
        ]
    )
    return [
        {
            "figure": "waiting", "team": log.teams[t], "value": float(seen[t]), "events": int((team == t).sum()),
            "null": float(drawn[:, t].mean()), "null_low": float(np.quantile(drawn[:, t], 0.025)),
            "null_high": float(np.quantile(drawn[:, t], 0.975)), "p": p_value(drawn[:, t], float(seen[t])),
        }
        for t in teams
    ]  # fmt: skip


def reopening(log: Log, closing: tuple[str, ...], draws: int, luck: np.random.Generator) -> list[dict[str, Any]]:
    """Share of closings after which an item goes on with another step, overall and by the team that closed."""
    codes = [log.activities.index(name) for name in closing if name in log.activities]
    last = np.r_[log.case[1:] != log.case[:-1], True]
    rows = np.flatnonzero(np.isin(log.activity, codes))
    on = ~last[rows] & ~np.isin(log.activity[np.minimum(rows + 1, log.n_events - 1)], codes)
    if not rows.size:
        return []
    low, high = share_interval(int(on.sum()), rows.size)
    found: list[dict[str, Any]] = [
        {
            "figure": "reopening",
            "team": "all",
            "value": float(on.mean()),
            "of": int(rows.size),
            "low": low,
            "high": high,
        }
    ]
    kept = log.team[rows] >= 0
    rows, on = rows[kept], on[kept]
    team, stratum = log.team[rows], strata(log, rows)
    for t in np.unique(team):
        mine = team == t
        if mine.sum() < LEAST:
            continue
        seen = float(on[mine].mean())
        drawn = np.array([on[exchanged(stratum, luck)][mine].mean() for _ in range(draws)])
        found.append(
            {
                "figure": "reopening", "team": log.teams[t], "value": seen, "of": int(mine.sum()),
                "null": float(drawn.mean()), "null_low": float(np.quantile(drawn, 0.025)),
                "null_high": float(np.quantile(drawn, 0.975)), "p": p_value(drawn, seen),
            }
        )  # fmt: skip
    return found


def main() -> int:
    """Print every figure; claims are marked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--logs", type=Path, default=LOGS)
    parser.add_argument("--draws", type=int, default=999)
    asked = parser.parse_args()
    for name, file in FILES.items():
        log = read(asked.logs / file)
        luck = generator(0, "known logs", name)
        rows = [returns(log, asked.draws, luck), *waiting(log, asked.draws, luck)]
        rows += reopening(log, CLOSING[name], asked.draws, luck)
        tested = [row for row in rows if "p" in row]
        for row, adjusted in zip(tested, benjamini_hochberg(np.array([row["p"] for row in tested])), strict=True):
            row |= {"adjusted": float(adjusted), "claimed": bool(adjusted <= LEVEL)}
        for row in rows:
            print(json.dumps({"name": f"{name}.{row['figure']}", **row}))
            null = f"{row['null']:.3g} ({row['null_low']:.3g} to {row['null_high']:.3g})" if "null" in row else ""
            mark = "claimed" if row.get("claimed") else ""
            print(f"{name:16s} {row['figure']:10s} {row.get('team', ''):14s} {row['value']:8.3g}  {null:28s} "
                  f"{row.get('adjusted', float('nan')):6.3f} {mark}", file=sys.stderr)  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
