"""A cheap model of designs, composed from pictures of today and of each change alone."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from longwall.alignment.approximation.jit import entry
from longwall.alignment.approximation.measures import INDICATORS, indicators_of_week, pressed_table
from longwall.alignment.approximation.picture import Name, Picture, picture_of
from longwall.alignment.approximation.places import HOURS, Places
from longwall.alignment.approximation.week import flow_through_week
from longwall.alignment.trials import Chosen, Key
from longwall.simulation.compile import Compiled

__all__ = ["Composed"]

_KINDS = (
    ("arrivals", HOURS), ("class", 4), ("goes", 1), ("function", 10), ("able", 1), ("staff", HOURS), ("ends", HOURS),
    ("back", HOURS), ("post", 2), ("team", 1), ("escapes", 1),
)  # fmt: skip


class Composed:
    """Means of indicators of designs by a mean week of flows.

    Parameters
    ----------
    today : dict of tuple of str to ndarray
        Picture of today (`picture_of`).
    parts : mapping of str to dict
        Picture of each intervention alone; one that is missing changes nothing.
    keys : tuple of Key
        Which indicators, in which order; nan where the model has no view.
    high_load : float
        Share of a half-hour from which on it counts as one of high load.
    tiring : ndarray, shape (3,)
        Rates of fatigue and of recovery at work [1/h], share of fatigue left an hour later off work.

    Notes
    -----
    What a change alone makes of each number of the picture is added to it, and a number that may not fall below zero
    does not: two changes of one number add up, as people, hours and chances do. Flows: `flow_through_week`.
    """

    def __init__(
        self, today: Picture, parts: Mapping[str, Picture], keys: tuple[Key, ...], *, high_load: float,
        tiring: NDArray[np.float64],
    ) -> None:  # fmt: skip
        self.keys = keys
        self._frame = _Frame(today, parts)
        self._places = {name: place for place, name in enumerate(parts)}
        self._table, self._tiring = pressed_table(high_load), tiring
        rows = {name: row for row, name in enumerate(INDICATORS)}
        self._columns = [rows.get(key.id, -1) if key.scope == "organisation" else -1 for key in keys]

    @classmethod
    def of(cls, today: Compiled, parts: Mapping[str, Picture], keys: tuple[Key, ...]) -> Composed:
        """Return the model of a compiled system and of its changes."""
        row = today.model.par[0]
        rates = np.array([1.0 / row.rise_h, 1.0 / row.recovery_h, math.exp(-1.0 / row.recovery_h)])
        return cls(picture_of(today), parts, keys, high_load=float(row.high_load), tiring=rates)

    def means(self, designs: Sequence[Chosen]) -> NDArray[np.float64]:
        """Return the mean of each key for each design, shape (n, keys); nan where the model has no view."""
        chosen = [[self._places[name] for name in design if name in self._places] for design in designs]
        at = np.concatenate([[0], np.cumsum([len(each) for each in chosen])]).astype(np.int64)
        names = np.array([place for each in chosen for place in each], dtype=np.int64)
        found = np.empty((len(designs), len(INDICATORS) + 1))
        frame = self._frame
        _all_weeks(
            at, names, frame.today, frame.delta_at, frame.delta_where, frame.delta, frame.rows.copy(), frame.places,
            frame.days, self._table, self._tiring, found,
        )  # fmt: skip
        found[:, -1] = np.nan
        return np.ascontiguousarray(found[:, self._columns])


class _Frame:
    """All names that occur, in one order, and where they stand."""

    def __init__(self, today: Picture, parts: Mapping[str, Picture]) -> None:
        names: dict[str, list[Name]] = {kind: [] for kind, _ in _KINDS}
        for name in sorted({name for picture in (today, *parts.values()) for name in picture}):
            names[name[0]].append(name)
        rows = {kind: {name[1]: k for k, name in enumerate(names[kind])} for kind in ("class", "function", "post")}
        teams = {team: k for k, team in enumerate(sorted({name[2] for name in names["team"]}))}
        lists = self._ways(names, rows)
        names["able"].sort(key=lambda name: (rows["function"][name[1]], rows["post"][name[2]]))
        lists["pair_at"] = _begins([rows["function"][name[1]] for name in names["able"]], len(rows["function"]))
        lists["pair_post"] = np.array([rows["post"][name[2]] for name in names["able"]], np.int64)
        lists["member_post"] = np.array([rows["post"][name[1]] for name in names["team"]], np.int64)
        lists["member_team"] = np.array([teams[name[2]] for name in names["team"]], np.int64)
        lists["level_of"] = lists["by_urgency"] = np.zeros(len(rows["class"]), np.int64)
        self.rows = np.concatenate(list(lists.values()))
        begins = np.cumsum([0, *(len(names[kind]) * width for kind, width in _KINDS)])
        where = {
            name: int(begin) + k * width
            for (kind, width), begin in zip(_KINDS, begins[:-1], strict=True)
            for k, name in enumerate(names[kind])
        }
        entering = len(lists["enter_to"])
        self.places = _places(names, len(teams), begins, entering, lists)
        self.today = _vector(today, where, self.places.size)
        at, changes = [np.zeros(0, np.int64)], [np.zeros(0)]
        for picture in parts.values():
            difference = _vector(picture, where, self.places.size) - self.today
            at.append(np.flatnonzero(difference))
            changes.append(difference[at[-1]])
        self.delta_at = np.cumsum([len(each) for each in at]).astype(np.int64)
        self.delta_where, self.delta = np.concatenate(at), np.concatenate(changes)
        hours = slice(self.places.arrivals, self.places.cls), slice(self.places.staff, self.places.ends)
        each = np.zeros((len(parts) + 1, self.places.size))
        each[0] = self.today
        for row, (where_, change) in enumerate(zip(at[1:], changes[1:], strict=True)):
            each[row + 1, where_] = change
        by_day = np.concatenate([each[:, part].reshape(-1, 7, 24) for part in hours]).swapaxes(0, 1).reshape(7, -1)
        coming = self.today[hours[0]].reshape(-1, 7, 24).sum(axis=2)
        self.days = _days(by_day, (coming[coming.sum(axis=1) > 0.0] > 0.0).all(axis=0))

    def _ways(
        self, names: dict[str, list[Name]], rows: Mapping[str, Mapping[str, int]]
    ) -> dict[str, NDArray[np.int64]]:
        """Return cells and the ways between them, by their names in `Places`, and put ``goes`` in their order."""
        functions, classes = rows["function"], rows["class"]
        ways = [(functions.get(name[2], -1) + 1, functions[name[3]]) for name in names["goes"]]
        rank = {f: k for k, f in enumerate(_along_the_way(len(functions), ways))}
        met = {(classes[name[1]], functions[name[3]]) for name in names["goes"]}
        cells = sorted(met | {(classes[n[1]], functions[n[2]]) for n in names["goes"] if n[2] != "start"},
                       key=lambda cell: (cell[0], rank[cell[1]]))  # fmt: skip
        place = {cell: k for k, cell in enumerate(cells)}

        def begin(name: Name) -> tuple[bool, int, int]:
            entering = name[2] == "start"
            source = classes[name[1]] if entering else place[classes[name[1]], functions[name[2]]]
            return not entering, source, place[classes[name[1]], functions[name[3]]]

        names["goes"].sort(key=begin)
        order = [begin(name) for name in names["goes"]]
        enter, following = [each for each in order if not each[0]], [each for each in order if each[0]]
        return {
            "cell_at": _begins([cell[0] for cell in cells], len(classes)),
            "cell_of": np.array([cell[1] for cell in cells], np.int64),
            "enter_at": _begins([each[1] for each in enter], len(classes)),
            "enter_to": np.array([each[2] for each in enter], np.int64),
            "next_at": _begins([each[1] for each in following], len(cells)),
            "next_to": np.array([each[2] for each in following], np.int64),
        }


def _places(
    names: Mapping[str, Sequence[Name]], teams: int, begins: NDArray[np.int64], entering: int,
    lists: Mapping[str, NDArray[np.int64]],
) -> Places:  # fmt: skip
    """Return where what stands: numbers of the design first, then what is summed up, then room to reckon."""
    n_c, n_f, n_p = len(names["class"]), len(names["function"]), len(names["post"])
    cells, pairs = len(lists["cell_of"]), len(names["able"])
    widths = {
        **dict.fromkeys(("waiting", "passing", "coming", "virtual", "asked_now"), cells),
        **dict.fromkeys(("release", "reads", "demand", "served", "believed"), n_f),
        **dict.fromkeys(("left", "weight", "load", "rest"), n_p), "split": pairs, "used": (n_c + 1) * n_p,
        "on_call": 1, "sums": 0,
        **dict.fromkeys(("through", "asked", "lying", "chance"), cells), "lost": n_c, "work": pairs,
        "busy": n_p * HOURS, "sums_end": 0,
    }  # fmt: skip
    at = dict(zip(widths, (int(begins[-1]) + np.cumsum([0, *widths.values()])[:-1]).tolist(), strict=True))
    rows = dict(zip(lists, np.cumsum([0, *(len(each) for each in lists.values())])[:-1].tolist(), strict=True))
    own = dict(zip((kind for kind, _ in _KINDS), begins[:-1].tolist(), strict=True))
    return Places(
        n_class=n_c, n_function=n_f, n_post=n_p, n_cell=cells, n_team=teams, n_member=len(names["team"]),
        n_escape=len(names["escapes"]), arrivals=own["arrivals"], cls=own["class"], enter_p=own["goes"],
        next_p=own["goes"] + entering, function=own["function"], able=own["able"], staff=own["staff"],
        ends=own["ends"], back=own["back"], post=own["post"], member=own["team"], escape=own["escapes"],
        size=at["sums_end"], **at, **rows,
    )  # fmt: skip


def _days(by_day: NDArray[np.float64], busy: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the days of a week that need be gone through, and how many each counts for, shape (n, 2).

    Of busy days in a row that are alike the first and the second, which counts for the rest. The longest such row ends
    the week, so that what lies over a weekend is met by a Monday; its last day, beginning empty, comes before the week.

    Parameters
    ----------
    by_day : ndarray, shape (7, n)
        Everything that may differ by day.
    busy : ndarray of bool, shape (7,)
        Days on which every class arrives.
    """
    alike = [day > 0 and bool(busy[day] and (by_day[day] == by_day[day - 1]).all()) for day in range(7)]
    found: list[list[int]] = []
    for day in range(7):
        if found and alike[day] and day > 1 and alike[day - 1] and found[-1][0] + found[-1][1] == day:
            found[-1][1] += 1
        else:
            found.append([day, 1])
    longest = max(range(len(found)), key=lambda row: found[row][1])
    turned = [*found[longest + 1 :], *found[: longest + 1]]
    return np.array([[found[longest][0], 1], *turned], dtype=np.int64)


def _begins(sorted_rows: Sequence[int], count: int) -> NDArray[np.int64]:
    """Return where each row begins in a sorted list of rows, and the end, shape (count + 1,)."""
    return np.searchsorted(np.array(sorted_rows, np.int64), np.arange(count + 1)).astype(np.int64)


def _vector(picture: Picture, where: Mapping[Name, int], size: int) -> NDArray[np.float64]:
    """Return a picture as one vector."""
    found = np.zeros(size)
    for name, numbers in picture.items():
        found[where[name] : where[name] + len(numbers)] = numbers
    return found


def _along_the_way(functions: int, goes: Sequence[tuple[int, int]]) -> NDArray[np.int64]:
    """Return functions in the order in which items come to them first, as far as loops allow.

    A depth-first search from the start; the reverse of the order in which functions are left.
    """
    after: dict[int, list[int]] = {}
    for source, target in goes:
        after.setdefault(source, []).append(target + 1)
    left: list[int] = []
    seen = {0}
    stack = [(0, iter(after.get(0, [])))]
    while stack:
        here, targets = stack[-1]
        following = next((target for target in targets if target not in seen), None)
        if following is None:
            left.append(here)
            stack.pop()
        else:
            seen.add(following)
            stack.append((following, iter(after.get(following, []))))
    order = [row - 1 for row in reversed(left) if row > 0]
    return np.array([*order, *(k for k in range(functions) if k not in set(order))], dtype=np.int64)


@entry
def _all_weeks(
    at: Any, names: Any, today: Any, delta_at: Any, delta_where: Any, delta: Any, m: Any, o: Places, days: Any,
    table: Any, tiring: Any, found: Any,
) -> None:  # fmt: skip
    """Write the indicators of designs."""
    x = np.empty(o.size)
    for row in range(len(at) - 1):
        x[:] = today
        for name in names[at[row] : at[row + 1]]:
            for k in range(delta_at[name], delta_at[name + 1]):
                x[delta_where[k]] += delta[k]
        for k in range(o.waiting):
            # What both of two changes take away is gone once; urgencies may be below zero.
            if x[k] < 1e-12 and not o.cls <= k < o.enter_p:
                x[k] = 0.0
        for f in range(o.n_function):
            manned = 0.0
            for k in range(m[o.pair_at + f], m[o.pair_at + f + 1]):
                manned += x[o.able + k]
            # Where nobody is able, the item passes as if nobody were needed.
            x[o.function + 10 * f] = min(x[o.function + 10 * f], 1.0) if manned > 0.0 else 0.0
            x[o.function + 10 * f + 9] = min(x[o.function + 10 * f + 9], 1.0)
        flow_through_week(x, m, o, days)
        indicators_of_week(x, m, o, table, tiring, found[row, :-1])
