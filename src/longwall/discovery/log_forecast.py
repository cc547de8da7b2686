"""Future logs for judging: a situation in, several simulated logs out, whose performers are roles.

Settings are chosen inside the log before the cut (`longwall.discovery.forecast.choose`); nothing after the cut is read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from longwall import streams
from longwall.discovery.donors import Drawn, Situation
from longwall.discovery.extraction import keeps_whole_cases
from longwall.discovery.forecast import Choice, Forecaster, Trial, choose, last_period_again
from longwall.discovery.resources import resource_kinds
from longwall.discovery.teams import groups_of, pooled_groups
from longwall.discovery.traces import before, traces_of
from longwall.errors import DiscoveryError, Fault

if TYPE_CHECKING:
    from longwall.evidence import Log

__all__ = ["LogForecast", "forecast_log", "roles_of_events"]


@dataclass(frozen=True)
class LogForecast:
    """Simulated logs of one future, and what they rest on.

    Parameters
    ----------
    situation : Situation
        As given, and whether the known log holds whole cases only, as found in it.
    choice : Choice
        Settings, as given or as chosen.
    tried : tuple of Trial
        Everything that was tried; empty where the settings were given, or the log is too short for an earlier cut.
    runs : tuple of Drawn
        Simulated logs.
    control : tuple of Drawn
        The last period again, as many draws as runs.
    activities : tuple of str
        Names of the codes in `runs` and `control`.
    role_names : tuple of str
    role_of_row : ndarray of int64, shape (n_events,)
        Role of each event of the known log, by its row in it; -1 where unknown or where fewer than five people would
        be told apart.
    """

    situation: Situation
    choice: Choice
    tried: tuple[Trial, ...]
    runs: tuple[Drawn, ...]
    control: tuple[Drawn, ...]
    activities: tuple[str, ...]
    role_names: tuple[str, ...]
    role_of_row: NDArray[np.int64]


def forecast_log(
    log: Log,
    situation: Situation,
    *,
    runs: int,
    seed: int,
    choice: Choice | None = None,
    progress: Callable[[float, str], None] | None = None,
) -> LogForecast:
    """Return simulated logs of what comes after a moment.

    Parameters
    ----------
    log : Log
        Events that end at the cut or later are not looked at.
    runs : int
        Simulated logs, >= 1.
    seed : int
        The same seed gives the same bits.
    choice : Choice, optional
        Settings known from before; none: chosen on earlier cuts.

    Raises
    ------
    DiscoveryError
        LW-DI-060: fewer than two cases were known at the cut.
    """
    say = progress or (lambda share, text: None)
    known = before(log, situation.cut_h)
    if known.n_cases < 2:
        raise DiscoveryError(
            Fault("LW-DI-060", "the log before the forecast begins", "at least 2 items", str(known.n_cases),
                  "let the forecast begin later, or bring an earlier log")
        )  # fmt: skip
    situation = replace(situation, whole_only=keeps_whole_cases(known))
    tried: tuple[Trial, ...] = ()
    if choice is None:
        say(0.05, "choosing how to forecast on earlier weeks")
        choice, tried = choose(known, situation, seed=seed)
    say(0.6, "simulating the weeks to come")
    forecaster = Forecaster(known, situation)
    drawn = tuple(forecaster.draw(choice, streams.generator(seed, "log forecast", number)) for number in range(runs))
    again = tuple(
        last_period_again(known, situation, streams.generator(seed, "log forecast control", number))
        for number in range(runs)
    )
    say(0.9, "naming roles")
    names, roles = roles_of_events(known)
    return LogForecast(situation, choice, tried, drawn, again, log.activities, names, roles)


def roles_of_events(log: Log) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """Return names of roles, and the role of each event; never a person, never a group of fewer than five people.

    Notes
    -----
    Roles with fewer than five people are joined until each joint one has five; a joint role is named after all its
    parts. Where everybody together is fewer than five, no event has a role.
    """
    groups = groups_of(log, resource_kinds(log, traces_of(log)))
    members = [frozenset(np.flatnonzero(groups.role_of == role).tolist()) for role in range(groups.n_roles)]
    pool = pooled_groups(members)
    joint = sorted(set(pool) - {-1})
    names = tuple(
        "; ".join(groups.role_names[role] for role in range(groups.n_roles) if pool[role] == number) for number in joint
    )
    place = np.array([joint.index(number) if number >= 0 else -1 for number in pool] + [-1], dtype=np.int64)
    return names, place[groups.role_of_event]
