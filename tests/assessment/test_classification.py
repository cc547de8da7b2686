"""Coupling and interaction: parts in closed form, what striking adds, the seven contexts as the method writes them."""

from __future__ import annotations

import hashlib
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from longwall import templates
from longwall.assessment import (
    Answers,
    Classification,
    Structure,
    assess,
    classify,
    flow_of,
    load_thresholds,
    perturb,
    reference_contexts,
)
from longwall.assessment.classes.interaction import alerts_per_week, false_alert_share
from longwall.assessment.classes.scales import log_part
from longwall.assessment.classes.structure import repeats
from longwall.worksystem import Alerts, Parameter, Patch, WorkSystem, patched

CUTS = load_thresholds()
CONTEXTS = {context.template: context for context in reference_contexts()}


@cache
def classified(name: str) -> Classification:
    return assess(templates.read(name)).classification


def value(found: Classification, name: str) -> float | None:
    return next(part.value for part in (*found.coupling.parts, *found.interaction.parts) if part.name == name)


def chain(n: int, back: float = 0.0, **function: object) -> WorkSystem:
    """A line of functions; from the last one, items go back to the first with some probability."""
    names = [f"f{k}" for k in range(n)]
    routes = [{"source": a, "target": b} for a, b in zip(["start", *names], names, strict=False)]
    routes += [{"source": names[-1], "target": "end", "probability": 1 - back}]
    routes += [{"source": names[-1], "target": names[0], "probability": back}] if back else []
    return WorkSystem.model_validate(
        {
            "id": "chain",
            "technical": {"components": [{"id": "tool"}]},
            "social": {
                "teams": [{"id": "t"}],
                "roles": [{"id": "r", "team": "t", "shifts": [{"people": 2, "hours": "always"}]}],
            },
            "work": {
                "demand": [{"id": "d", "per_week": 100, "due_h": 13}],
                "functions": [{"id": name, "work_h": 0.1, "roles": ["r"], **function} for name in names],
                "routes": routes,
            },
        }
    )


@given(back=st.floats(0.0, 0.9), n=st.integers(1, 5))
@settings(max_examples=25, deadline=None)
def test_repeats_of_a_line_are_the_share_that_goes_back(back: float, n: int) -> None:
    # Each pass repeats everything; passes are geometric, so a share `back` of all executions are repeats.
    system = chain(n, back)
    assert repeats(system, flow_of(system)) == pytest.approx(back, abs=1e-6)


@pytest.mark.parametrize("name", CONTEXTS)
def test_templates_are_as_they_were_frozen_before_the_indices_were_drawn_up(name: str) -> None:
    assert hashlib.sha256(templates.path(name).read_bytes()).hexdigest() == CONTEXTS[name].sha256


@pytest.mark.parametrize("name", CONTEXTS)
def test_a_context_comes_out_as_the_method_writes_it(name: str) -> None:
    """Fails when any part is left out of its place; the position beside studies is the one computed."""
    found, context = classified(name), CONTEXTS[name]
    assert (found.coupling.label, found.interaction.label) == (context.coupling, context.interaction)
    assert found.profile is not None
    assert set(found.profile.dominant.variances) <= set(context.dominant_variance)
    assert found.profile.primary_risk == context.primary_risk
    assert found.profile.dominant.share > found.profile.next_share
    assert found.coupling.value == pytest.approx(context.coupling_index, abs=0.005)
    assert found.interaction.value == pytest.approx(context.interaction_index, abs=0.005)
    assert min(found.coupling.margin, found.interaction.margin) > 0.01


def test_cuts_are_thirds_and_a_half() -> None:
    assert (CUTS["coupling_low"], CUTS["coupling_high"], CUTS["interaction_cut"]) == (1 / 3, 2 / 3, 1 / 2)


def test_the_index_is_the_mean_of_its_known_parts() -> None:
    found = classified("service-desk")
    for index in (found.coupling, found.interaction):
        known = [part.value for part in index.parts if part.value is not None]
        assert index.value == pytest.approx(sum(known) / len(known))
        assert index.low < index.value < index.high


def test_log_scale_between_its_references() -> None:
    for hours, expected in ((1000, 0.0), (168, 0.0), (168**0.5, 0.5), (1, 1.0), (0.1, 1.0)):
        assert log_part("x", hours, "time", CUTS, "").value == pytest.approx(expected)
    assert log_part("x", 0.0, "pairs", CUTS, "").value == 0
    assert log_part("x", None, "pairs", CUTS, "").value is None


def test_urgency_and_slack_in_closed_form() -> None:
    system = chain(1)
    found = classify(system, flow_of(system), CUTS)
    assert value(found, "urgency") == pytest.approx(0.4995, abs=1e-3)  # 13 h is the geometric middle of 1 and 168
    assert value(found, "lack of slack") == 0  # 13 h over 6 minutes
    assert value(found, "synchronous links") is None  # nothing leads to anything
    assert value(found, "no substitute") == 0


def test_what_is_not_in_the_model_is_left_out_and_said() -> None:
    system = chain(2)
    found = classify(system, flow_of(system), CUTS, missing="because")
    assert value(found, "reach of outages") is None
    assert any("reach of outages" in caution for caution in found.cautions)
    assert any("because" in caution for caution in found.cautions)


def test_tools_that_must_work_tighten_and_buffers_loosen() -> None:
    system = templates.read("cloud-operations")
    changes = [Patch(path=f"technical.components.{c}.buffer_h", value=6.0) for c in ("control-plane", "telemetry")]
    loose = patched(system, changes)
    before, after = (classify(s, flow_of(s), CUTS) for s in (system, loose))
    for name in ("synchronous links", "propagation cost"):
        assert (value(after, name) or 0) < (value(before, name) or 0), name
    assert value(after, "common mode") == value(before, "common mode")


def test_what_rests_on_a_component_over_others() -> None:
    system = templates.read("cloud-operations")
    structure = Structure(system, flow_of(system))
    rows = list(system.components)
    assert (structure.rests[rows.index("power-network")] >= structure.rests[rows.index("control-plane")]).all()
    assert not structure.felt.diagonal().any()


def test_false_alerts_by_signal_detection() -> None:
    alerts = Alerts(
        variance="v", events_per_week=Parameter(value=10), benign_per_week=Parameter(value=30),
        noise_per_week=Parameter(value=100), d_prime=Parameter(value=0), threshold=Parameter(value=0),
    )  # fmt: skip
    # Without discrimination half of everything is raised.
    assert alerts_per_week(alerts) == pytest.approx(70)
    assert false_alert_share(alerts) == pytest.approx(1 - 5 / 70)


def test_striking_a_system_without_slack_reaches_further() -> None:
    """One person for every function of a busy line, and six for the same work: the reach falls."""
    tight = chain(3, uses=["tool"], work_h=0.45)
    loose = patched(tight, [Patch(path="social.roles.r.shifts.0.people", value=8)])
    reaches = []
    for system in (tight, loose):
        found, why = perturb(system, flow_of(system), seed=2)
        assert found is not None and why == ""
        effect = next(e for e in found.effects if e.target == "tool")
        reaches.append(effect.reach.value if effect.felt else 0.0)
        assert effect.half_h is None or effect.half_h >= 0
        assert effect.functions_share <= 1 and effect.aside_share == 0
    assert reaches[0] > 1.5 * reaches[1] > 0


def test_striking_is_left_out_where_it_costs_too_much_or_cannot_be_done() -> None:
    system = chain(2, uses=["tool"])
    found, why = perturb(system, flow_of(system), most_steps=10)
    assert found is None and "longwall show STUDY outages" in why
    bare = WorkSystem(id="nothing")
    assert perturb(bare, flow_of(bare))[0] is None


def test_answers_of_people_stand_beside_and_disagree_aloud() -> None:
    system = templates.read("service-desk")
    answers = [Answers(coupling={"urgent": 1, "ordered": 1}), Answers(coupling={"urgent": 0.75})]
    found = classify(system, flow_of(system), CUTS, answers=answers)
    coupling, interaction = found.checklist
    assert coupling.value == pytest.approx((1 + 0.75) / 2)
    assert (coupling.label, coupling.disagrees) == ("tight", True)
    assert [rating.answered for rating in coupling.ratings] == [2, 1]
    assert (interaction.label, interaction.disagrees, interaction.value) == ("not answered", False, None)
    assert classify(system, flow_of(system), CUTS).checklist == ()
