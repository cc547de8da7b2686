"""Do the bounds of a log without starts contain the truth? One JSON object a line, a table on stderr, exit 1 on a miss.

    python benchmarks/bounds.py [--logs 200] [--first 0] [--tasks 1 2 4]

Each log is that of an organisation of `organisations.py`, twelve weeks long, on which people work on one, two or four
tasks at once and whose starts are deleted. The truth is known: the work that each function was given. What is asked:

work.N         attention of one function, drawn by lot: hours of one person per execution (with N tasks at once each
               takes 1/N of the time it is open)
duration.N     working time from its start to its end
utilisation.N  share of the rostered hours that one team, drawn by lot, spends
single.1       under one task at a time, the sharper bound of that hypothesis alone

The bar is 168 of 200 for each. Width: geometric mean of upper over lower end, and of upper end over truth; bounds that
contain everything are worthless, so both are printed (no bar).
"""

from __future__ import annotations

import argparse
import json
import sys

import numpy as np
import organisations

from longwall.discovery.bounds import bounds_of
from longwall.discovery.calendars import presence_of
from longwall.discovery.flow import functions_of
from longwall.discovery.resources import resource_kinds
from longwall.discovery.teams import groups_of
from longwall.discovery.traces import traces_of

WEEKS, WARM_UP, BAR = 12, 4, 0.84


def one(number: int, tasks: int) -> dict[str, tuple[float, float, float]]:
    """Truth, low and high of what is asked of one log; nan where the log gives no bounds for it."""
    rng = np.random.default_rng([number, tasks, 8])
    made = organisations.random_organisation(rng, slots=tasks)
    made = organisations.replace(made, cover=np.zeros(made.n_functions))
    played = organisations.play(made, WARM_UP + WEEKS, number)
    log = organisations.log_of(made, played, from_h=168 * WARM_UP, until_h=168 * (WARM_UP + WEEKS), starts=False)
    traces = traces_of(log)
    groups = groups_of(log, resource_kinds(log, traces))
    found = bounds_of(log, traces, functions_of(log), groups, presence_of(log, groups))
    function = int(rng.integers(made.n_functions))
    work = float(made.work_h[function])
    of = found.of(f"Function {function}")
    missing = (np.nan, np.nan, np.nan)
    asked = {"work": missing, "duration": missing, "utilisation": missing}
    if of is not None:
        asked["work"] = (work / tasks, of.low_h, of.high_h)
        asked["duration"] = (work, of.low_h, of.duration_h[-1])
        if tasks == 1:
            asked["single"] = (work, of.low_h, of.duration_h[0])
    of_role = {role.role: role for role in found.roles}
    shown = [number for number, name in enumerate(groups.role_names) if name in of_role]
    if shown:
        role = int(rng.choice(shown))
        bounds = of_role[groups.role_names[role]]
        people = np.flatnonzero(groups.role_of[: made.team_of.size] == role)
        asked["utilisation"] = (_used(made, people, number), bounds.utilisation_low, bounds.utilisation_high)
    return asked


def _used(made, people: np.ndarray, number: int) -> float:  # type: ignore[no-untyped-def]
    """Share of the rostered hours of some people that is work, over a hundred weeks."""
    played = organisations.play(made, 100, number + 1_000_000)
    mine = np.isin(played.person, people)
    hours = made.on[people].sum() * 100 * made.slots
    return float(made.work_h[played.function[mine]].sum() / hours)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--logs", type=int, default=200)
    options.add_argument("--first", type=int, default=0)
    options.add_argument("--tasks", type=int, nargs="*", default=[1, 2, 4])
    given = options.parse_args()
    missed = False
    print(
        f"{'figure':16} {'contained':>10} {'high/low':>9} {'high/truth':>10} {'above':>6} {'below':>6}", file=sys.stderr
    )
    for tasks in given.tasks:
        logs = [one(number, tasks) for number in range(given.first, given.first + given.logs)]
        for name in ("work", "duration", "utilisation", *(("single",) if tasks == 1 else ())):
            truth, low, high = np.array([asked.get(name, (np.nan,) * 3) for asked in logs]).T
            inside = (low <= truth) & (truth <= high)
            least = int(np.ceil(BAR * given.logs))
            holds = bool(inside.sum() >= least)
            missed |= not holds
            width = float(np.exp(np.nanmean(np.log(high / np.maximum(low, 1e-4)))))
            over = float(np.exp(np.nanmean(np.log(high / truth))))
            print(
                json.dumps(
                    {"name": f"bounds.{name}.{tasks}", "value": int(inside.sum()), "of": given.logs, "bar": least,
                     "holds": holds, "high_over_low": round(width, 2), "high_over_truth": round(over, 2)}
                ),
                flush=True,
            )  # fmt: skip
            print(
                f"{name + '.' + str(tasks):16} {inside.sum():>6}/{given.logs} {width:>9.1f} {over:>10.2f} "
                f"{int((truth > high).sum()):>6} {int((truth < low).sum()):>6}",
                file=sys.stderr,
            )
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
