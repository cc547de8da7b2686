"""A small sound desk as YAML text, for tests that plant one fault each."""

from __future__ import annotations

import pytest

DESK = """\
# The desk
id: desk   # its id
name: A desk

technical:
  components:
    - id: bot
      kind: automation
      depends_on: [tool]
    - id: tool

social:
  teams:
    # first line
    - id: front

    # second line
    - id: back

  # who does it
  roles:
    - id: agent   # answers
      team: front
      shifts:
        - people: 6   # by day
          hours: mon-fri 08:00-17:00
      authority: [misroute]
      skills: {triage: 1.2}
    - id: expert
      team: back
      shifts: [{people: 3, hours: "mon-fri 09:00-17:00"}]
  links:
    - {source: agent, target: expert, kind: reports_to}

work:
  demand:
    - id: incident
      per_week: {value: 200, source: counted by hand}
      due_h: 2 d   # contract
    - id: request
      per_week: 80
  functions:
    - id: triage
      work_h: 10 min
      roles: [agent]
    - id: fix
      work_h: {shape: lognormal, mean_h: 90 min}
      roles: [expert]
      allocation:
        level: 4
        component: bot

  # how it flows
  routes:
    - {source: start, target: triage}
    - {source: triage, target: fix, probability: 0.4}   # the rest is solved
    - {source: triage, target: end, probability: 0.6}
    - {source: fix, target: end}

environment:
  constraints:
    - id: four-eyes
      source: a rule
      why: a reason
      functions: [fix]
      separates: [triage, fix]

variances:
  - id: misroute
    origin: triage
    probability: 0.05
    detections:
      - {function: fix, probability: 0.8}
    control: {function: triage, role: agent}

indicators:
  - {id: late_share, column: technical, target: 0.1}

assumptions:
  - id: stable
    statement: Demand stays as it is
    rests_on: [work.demand.incident.per_week]
"""


@pytest.fixture
def desk() -> str:
    """The text of the desk."""
    return DESK
