"""How much of a skill is left after a time without practice."""

from __future__ import annotations

__all__ = ["skill_kept"]

# Months without practice in which half of what practice gained is lost: tasks of speed, mixed, of accuracy. Tag R,
# Tatel and Ackerman 2025, doi 10.1037/bul0000481 (1,344 effects, 457 reports); the exponential course is tag C.
_HALF_LIFE_MONTHS = (13.0, 11.0, 6.5)
_MONTH_DAYS = 30.44
_MOST_DAYS = 3650.0


def skill_kept(days: float) -> tuple[float, float, float]:
    """Return the share of what practice gained that is left after days without it, with its range over kinds of tasks.

    Parameters
    ----------
    days : float
        >= 0; more than ten years count as ten.

    Returns
    -------
    value, low, high : float
        Shares in (0, 1]: of mixed tasks, of tasks of accuracy, of tasks of speed.

    References
    ----------
    Tatel and Ackerman 2025, doi 10.1037/bul0000481.
    """
    months = min(days, _MOST_DAYS) / _MONTH_DAYS
    speed, mixed, accuracy = (0.5 ** (months / half) for half in _HALF_LIFE_MONTHS)
    return mixed, accuracy, speed
