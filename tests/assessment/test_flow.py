"""The flow of the assessment against that of the simulator, which was written apart from it."""

from __future__ import annotations

import numpy as np
import pytest

from longwall import templates
from longwall.assessment import flow_of
from longwall.simulation import compile_system


@pytest.mark.parametrize("name", [name for name in templates.names() if name != "security-operations"])
def test_expected_visits_agree_with_the_simulator(name: str) -> None:
    # Among them a fork whose join is reached again from outside; a join that counts each branch was caught here.
    system = templates.read(name)
    compiled, flow = compile_system(system), flow_of(system)
    columns = [flow.functions.index(function.id) for function in compiled.functions]
    for row, demand in zip(compiled.flow.visits, compiled.demand, strict=True):
        np.testing.assert_allclose(flow.visits[demand.id][columns], row, rtol=1e-6, atol=1e-9)


def test_alerts_take_the_ways_of_their_outcomes() -> None:
    system = templates.read("security-operations")
    flow = flow_of(system)
    alerts = flow.visits["endpoint-alert"]
    # Every alert is triaged once; real ones, one in twenty, are confirmed and go to a case.
    assert alerts[flow.functions.index("triage-alert")] == pytest.approx(1, rel=1e-6)
    assert 0.05 < alerts[flow.functions.index("investigate")] < 0.4
    assert flow.executions["triage-alert"] > 1000
