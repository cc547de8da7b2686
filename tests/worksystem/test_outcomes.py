"""What came with alerts: routes that differ in their outcome only, and a class without arrivals of its own."""

from __future__ import annotations

from longwall.worksystem import Patch, check_system, in_words, parse_system, patched

SYSTEM = """
id: watch
social:
  teams: [{id: t}]
  roles: [{id: r, team: t, shifts: [{people: 2}]}]
work:
  demand:
    - id: alert
      alerts: {variance: missed, events_per_week: 10, noise_per_week: 1000, d_prime: 2, threshold: 2}
  functions: [{id: see, work_h: 1 min, roles: [r], triage: true}, {id: do, work_h: 1 min, roles: [r]}]
  routes:
    - {source: start, target: see}
    - {source: see, target: do, outcome: confirmed}
    - {source: see, target: do, outcome: dismissed, probability: 0.5}
    - {source: see, target: end, outcome: dismissed, probability: 0.5}
    - {source: do, target: end}
variances: [{id: missed, origin: see}]
"""


def test_routes_that_differ_in_outcome_only_are_two_and_each_has_a_path():
    # Before, the second was "each id once in a list" (LW-WS-011).
    system = parse_system(SYSTEM)
    assert check_system(system) == ()
    changed = patched(
        system,
        [
            Patch(path="work.routes.see->do=dismissed.probability", value=0.25),
            Patch(path="work.routes.see->end=dismissed.probability", value=0.75),
        ],
    )
    assert [route.probability.value for route in changed.work.routes] == [1, 1, 0.25, 0.75, 1]


def test_a_class_of_alerts_that_is_new_is_told_of():
    # Before, a class without `per_week` was a KeyError.
    system = parse_system(SYSTEM)
    more = patched(system, [Patch(op="add", path="work.demand", value={"id": "other"})])
    said = " ".join(in_words(system, more))
    assert "other" in said
    assert "0 a week" in said
