"""Three counted facts about items, in plain sentences, from the store."""

from __future__ import annotations

from longwall.evidence.observed import Fact
from longwall.evidence.sizes import Counts
from longwall.evidence.store import Store, literal
from longwall.units import duration_text, share_text

__all__ = ["facts"]

_HOUR_US = 3_600_000_000
WORTH_TELLING = 0.01
_DAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")


def facts(store: Store, counts: Counts, able: tuple[str, ...], zone: str) -> tuple[Fact, ...]:
    """Return the three facts that tell most about a log.

    Parameters
    ----------
    store : Store
    counts : Counts
    able : tuple of str
        What the log can show.
    zone : str
        IANA zone whose clocks are meant.
    """
    found = [_returns(store, counts, able), _slowest(store, counts), _peak(store, counts, zone),
             _longest_gap(store, counts, able), _volume(counts)]  # fmt: skip
    return tuple([fact for fact in found if fact is not None][:3])


def _returns(store: Store, counts: Counts, able: tuple[str, ...]) -> Fact | None:
    """Items that came back to a team they had left; where teams are not told, items that repeated a step."""
    if "order" not in able:
        return None
    teams_told = counts.teams > 1 and counts.with_team > 0.5 * counts.events
    back = _came_back(store, "team") if teams_told else 0
    text = "came back to a team they had left"
    if back < WORTH_TELLING * counts.cases:
        back, text = _came_back(store, "activity"), "came back to a step they had left"
    share = back / counts.cases
    return Fact("returns", f"{back:,} of {counts.cases:,} items ({share_text(share)}) {text}.", share)


def _came_back(store: Store, column: str) -> int:
    """Items that left a team, or a step, and came back to it."""
    (back,) = store.row(
        f"SELECT count(DISTINCT case_code) FROM (SELECT case_code, {column}, count(*) AS visits FROM (SELECT "
        f"case_code, {column}, "
        f"lag({column}) OVER (PARTITION BY case_code ORDER BY place) AS before FROM events WHERE {column} >= 0) "
        f"WHERE before IS NULL OR before <> {column} GROUP BY ALL) WHERE visits > 1"
    )
    return int(back)


def _slowest(store: Store, counts: Counts) -> Fact | None:
    """Share of all elapsed time that the slowest tenth of the items holds."""
    if counts.cases < 10:
        return None
    n = counts.cases // 10
    top, total, median = store.row(
        # Whole microseconds add up to the same sum in any order; hours would not, on several threads.
        "WITH c AS (SELECT max(end_us) - min(start_us) AS us FROM events GROUP BY case_code) "
        f"SELECT (SELECT sum(us) / 3.6e9 FROM (SELECT us FROM c ORDER BY us DESC LIMIT {n})), "
        "(SELECT sum(us) / 3.6e9 FROM c), (SELECT median(us) / 3.6e9 FROM c)"
    )
    if not total:
        return None
    return Fact("slowest_tenth", f"The slowest tenth of the items holds {share_text(top / total)} of all "
                                 "elapsed time; half of "
                f"the items take less than {duration_text(float(median))}.", float(top / total))  # fmt: skip


def _peak(store: Store, counts: Counts, zone: str) -> Fact | None:
    """The hour of the week in which most items arrive, beside the mean over all hours."""
    if counts.cases < 100 or counts.last_us - counts.first_us < 14 * 24 * _HOUR_US:
        return None
    store.run(f"SET TimeZone = {literal(zone)}")
    day, hour, n, midnight = store.row(
        "WITH a AS (SELECT make_timestamptz(min(start_us)) AS t FROM events GROUP BY case_code) "
        "SELECT isodow(t) AS d, hour(t) AS h, count(*) AS n, (SELECT avg((hour(t) = 0 AND minute(t) = "
        "0)::INTEGER) FROM a) "
        "FROM a GROUP BY d, h ORDER BY n DESC, d, h LIMIT 1"
    )
    store.run("SET TimeZone = 'UTC'")
    if midnight > 0.5:
        return None
    times = n / (counts.cases / 168)
    return Fact("arrival_peak", f"Most items arrive on {_DAYS[day - 1]} between {hour}:00 and {hour + 1}:00 ({zone}): "
                f"{times:.1f} times the mean of all hours of the week.", float(times))  # fmt: skip


def _longest_gap(store: Store, counts: Counts, able: tuple[str, ...]) -> Fact | None:
    """The transition between two steps that holds the most elapsed time."""
    if "order" not in able:
        return None
    found = store.rows(
        "WITH g AS (SELECT activity AS b, lag(activity) OVER w AS a, greatest(0, start_us - lag(end_us) OVER w) "
        "AS us "
        "FROM events WINDOW w AS (PARTITION BY case_code ORDER BY place)), s AS (SELECT a, b, sum(us) AS us FROM "
        "g WHERE a IS NOT NULL "
        "GROUP BY ALL) SELECT x.label, y.label, s.us / 3.6e9, (SELECT sum(us) / 3.6e9 FROM s) FROM s "
        "JOIN activities x ON x.code = s.a "
        "JOIN activities y ON y.code = s.b ORDER BY s.us DESC, s.a, s.b LIMIT 1"
    )
    if not found or not found[0][3]:
        return None
    before, after, hours, total = found[0]
    return Fact("longest_gap", f"{share_text(hours / total)} of the time between steps passes between "
                               f"'{before}' and '{after}'.",
                float(hours / total))  # fmt: skip


def _volume(counts: Counts) -> Fact:
    """How many items and events in how long."""
    span_h = (counts.last_us - counts.first_us) / _HOUR_US
    return Fact(
        "volume",
        f"{counts.cases:,} items with {counts.events:,} events in {duration_text(span_h)}.",
        float(counts.cases),
    )
