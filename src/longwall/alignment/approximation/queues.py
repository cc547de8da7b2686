"""Closed forms of waiting: M/M/c, M/M/c with patience, and what general work makes of them.

Approximations to start a search from, not forecasts: what a design is worth, the simulation says.
"""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

__all__ = ["Station", "delayed_share", "erlang_a", "wait_h"]

Station = tuple[float, float, float]
"""Share of arrivals that wait, mean wait of all arrivals [mean services], share that give up."""

_MOST_STATES = 4000
"""States of a queue with patience that are summed; later ones are beyond double precision."""


@numba.njit(cache=True, nogil=True)
def delayed_share(offered: float, servers: int) -> float:
    """Return the probability that an arrival at an M/M/c station waits (Erlang C); 1 where the load fills the servers.

    Parameters
    ----------
    offered : float
        Arrival rate times mean service time [erlang], >= 0.
    servers : int
        >= 1.

    References
    ----------
    Erlang 1917; by the stable recursion of the Erlang B formula.
    """
    if offered >= servers:
        return 1.0
    blocked = 1.0
    for server in range(1, servers + 1):
        blocked = offered * blocked / (server + offered * blocked)
    return blocked / (1.0 - (offered / servers) * (1.0 - blocked))


@numba.njit(cache=True, nogil=True)
def erlang_a(offered: float, servers: int, patience: float) -> Station:
    """Return share waiting, mean wait and share giving up of M/M/c+M (Erlang A).

    Parameters
    ----------
    offered : float
        Arrival rate times mean service time [erlang], > 0; may exceed the servers.
    servers : int
        >= 1.
    patience : float
        Mean patience in mean services, > 0 and finite.

    Returns
    -------
    tuple of float
        Share of arrivals that find all servers busy, mean wait of all arrivals [mean services], share that give up.

    References
    ----------
    Garnett, Mandelbaum and Reiman 2002, "Designing a call center with impatient customers", Manufacturing and Service
    Operations Management 4, section 2: a birth-death process, so that giving up is the mean queue over patience and
    arrivals; summed here from the state of full servers upwards and downwards.
    """
    below, weight = 0.0, 1.0
    for state in range(servers, 0, -1):
        weight *= state / offered
        below += weight
        if weight < 1e-18 * below:
            break
    full, queue, weight = 1.0, 0.0, 1.0
    for waiting in range(1, _MOST_STATES):
        weight *= offered / (servers + waiting / patience)
        full += weight
        queue += waiting * weight
        if weight * waiting < 1e-16 * full:
            break
    total = below + full
    return full / total, queue / total / offered, queue / total / patience / offered


def wait_h(
    arrivals_per_h: NDArray[np.float64], service_h: NDArray[np.float64], servers: NDArray[np.float64],
    cv2: NDArray[np.float64],
) -> NDArray[np.float64]:  # fmt: skip
    """Return the mean wait of G/G/c stations, approximately; infinite where the work fills the servers.

    Parameters
    ----------
    arrivals_per_h, service_h : ndarray
        Arrivals [1/h] and mean service [h], >= 0; shapes that broadcast.
    servers : ndarray
        Need not be whole, as people who share themselves out are not; > 0.
    cv2 : ndarray
        Sum of the squared coefficients of variation of the gaps between arrivals and of services; 2 for M/M/c.

    Notes
    -----
    Allen and Cunneen: (ca^2 + cs^2) / 2 times the wait of M/M/c, the latter by Sakasegawa's closed form, which is up
    to 15% off where the load is above .8 and takes servers that are not whole.

    References
    ----------
    Allen 1990, "Probability, statistics, and queueing theory with computer science applications", 2nd edition, section
    5.3.5. Sakasegawa 1977, "An approximation formula L_q = alpha rho^beta / (1 - rho)", Annals of the Institute of
    Statistical Mathematics 29. Whitt 1993, "Approximations for the GI/G/m queue", Production and Operations Management
    2.
    """
    load = arrivals_per_h * service_h / servers
    with np.errstate(divide="ignore", invalid="ignore"):
        wait = service_h * cv2 / 2.0 * load ** (np.sqrt(2.0 * (servers + 1.0)) - 1.0) / (servers * (1.0 - load))
    found: NDArray[np.float64] = np.where(load < 1.0, wait, np.inf)
    return found
