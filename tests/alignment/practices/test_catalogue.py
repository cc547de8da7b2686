"""The contract of a practice: every one that ships, and any that a user adds, passes the same battery."""

from __future__ import annotations

import ast
from importlib.util import find_spec
from pathlib import Path

import pytest

from longwall.alignment import load_costs
from longwall.alignment.practices import (
    DIMENSIONS,
    INTENSITIES,
    KINDS,
    TRAITS,
    UNFIT,
    Advice,
    Catalogue,
    PracticeEntry,
    catalogue_of,
    cost_of,
    drafts,
    effect_of,
    model_of,
    recommend,
    shipped,
)
from longwall.alignment.space import Space
from longwall.errors import AlignmentError
from longwall.evidence import own_items
from longwall.simulation import known_indicators
from longwall.worksystem import Estimate, Finding, WorkSystem, apply

COSTS = load_costs()
OWN = """
context: services
practices:
  - id: buddy-week
    name: A week beside another team
    bundle: ability
    does: "Everybody works one week a year in the team that gets their work."
    answers:
      - {sign: bounce, because: "who has stood there knows what is theirs"}
    through: {ability: 0.5, motivation: 0.5}
    effect: {value: 0.1, low: -0.1, high: 0.3, tag: R, source: "a trial of our own, 2024"}
    weeks_to_effect: {value: 20, low: 10, high: 40}
    lead_time_weeks: 4
    costs: {hours_per_head_week: 0.8}
    complements: [shared-triage]
    evidence:
      - {says: "our own trial", tag: R, source: "report of 2024"}
    look: {says: "changes of team fall", indicator: handovers_per_item, after_weeks: 26}
    takes_part: "all"
"""


def finding(kind: str, *where: str, name: str = "") -> Finding:
    return Finding(
        id=name or kind.replace("_", "-"), kind=kind, statement=f"12% of the items show {kind}.", where=where,
        severity=Estimate.counted(1.0), footing="counted",
    )  # fmt: skip


def battery(entry: PracticeEntry, catalogue: Catalogue, desk: WorkSystem) -> None:
    """What any practice must pass, whoever wrote it."""
    assert [other.id for other in catalogue.practices].count(entry.id) == 1
    assert set(entry.through) <= set(DIMENSIONS) and entry.bundle in entry.through
    assert sum(entry.through.values()) == pytest.approx(1.0)
    assert all(paper.tag and paper.source and paper.says for paper in entry.evidence)
    assert entry.effect is None or entry.effect.tag in ("R", "C")
    assert {match.sign for match in entry.answers} <= set(KINDS)
    assert {trait for match in entry.answers for trait in (*match.when, *match.unless)} <= set(TRAITS)
    assert any(match.first for match in entry.answers)
    assert not entry.look.indicator or entry.look.indicator in {one.id for one in known_indicators()}
    assert not entry.look.question or entry.look.question in {item[0] for item in own_items()}
    assert entry.look.indicator or entry.look.question
    for other in catalogue.complements(entry.id):
        assert entry.id in catalogue.complements(other) and catalogue.clash(entry.id, other) is None
    for conflict in entry.conflicts:
        assert catalogue.clash(conflict.practice, entry.id) == catalogue.clash(entry.id, conflict.practice) is not None
    once, weekly = cost_of(desk, entry, ("agent", "expert"), COSTS)
    for amount in (once, weekly, entry.weeks_to_effect, entry.lead_time_weeks):
        low, high = (amount.value if end is None else end for end in (amount.low, amount.high))
        assert 0 <= low <= amount.value <= high
    assert once.value + weekly.value > 0
    parts = model_of(entry, catalogue)
    assert sum(part.value for part in parts.values()) == pytest.approx(effect_of(entry, catalogue).value)
    assert all(part.footing == "assumed" and part.source for part in parts.values())
    advice = Advice(statement="", recommended=(_as_recommended(entry, catalogue, desk),))
    made = drafts(desk, (), COSTS, advice=advice, catalogue=catalogue)
    assert len(made) == len(INTENSITIES)
    for draft in made:
        added = [p for p in apply(desk, [draft]).social.practices if p.id == entry.id]
        assert len(added) == 1 and set(added[0].roles) == {"agent", "expert"}
    assert len(Space(made).decisions) == 1, "two intensities of one practice go together"


def _as_recommended(entry: PracticeEntry, catalogue: Catalogue, desk: WorkSystem):
    """The practice as recommended for some sign that anything can have."""
    match = entry.answers[0].model_copy(update={"sign": "bounce", "when": (), "unless": (), "first": True})
    asked = entry.model_copy(update={"answers": (match,), "unfit": ()})
    alone = catalogue.model_copy(update={"practices": (asked,)})
    return recommend(desk, [finding("bounce", "front", "back")], alone, costs=COSTS).recommended[0]


@pytest.mark.parametrize("entry", shipped().practices, ids=lambda entry: entry.id)
def test_every_practice_that_ships_keeps_the_contract(entry: PracticeEntry, desk: WorkSystem) -> None:
    battery(entry, shipped(), desk)


def test_a_practice_of_a_user_keeps_the_same_contract(tmp_path: Path, desk: WorkSystem) -> None:
    file = tmp_path / "practices.yaml"
    file.write_text(OWN, encoding="utf-8")
    catalogue = catalogue_of(file)
    own = catalogue.of("buddy-week")
    assert own is not None and len(catalogue.practices) == len(shipped().practices) + 1
    battery(own, catalogue, desk)
    advice = recommend(desk, [finding("bounce", "front", "back")], catalogue, context="services")
    assert "buddy-week" in {one.practice for one in (*advice.recommended, *advice.others)}


def test_no_practice_that_ships_invents_a_coefficient() -> None:
    """Fails when somebody types an effect into the catalogue: only bundles are known, and their parts are assumed."""
    catalogue = shipped()
    assert all(entry.effect is None for entry in catalogue.practices)
    for entry in catalogue.practices:
        effect = effect_of(entry, catalogue)
        assert (effect.footing, effect.tag) == ("assumed", "M")
        assert effect.value * catalogue.prior.parts == pytest.approx(catalogue.prior.bundle.value)
        assert (
            effect_of(entry, catalogue, "services").value
            < effect.value
            < effect_of(entry, catalogue, "manufacturing").value
        )


def test_each_bundle_and_every_theme_is_there() -> None:
    bundles = [entry.bundle for entry in shipped().practices]
    assert all(bundles.count(dimension) >= 4 for dimension in DIMENSIONS)
    assert 12 <= len(bundles) <= 20


def test_signs_are_those_that_an_assessment_really_gives() -> None:
    """Fails when a kind of finding is added or renamed and no practice could ever answer it."""
    produced: set[str] = set()
    for package in ("assessment", "inquiry"):
        spec = find_spec(f"longwall.{package}")
        assert spec is not None and spec.origin is not None
        for file in Path(spec.origin).parent.rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                name = getattr(getattr(node, "func", None), "id", "")
                if name in ("finding", "_finding") and isinstance(node, ast.Call) and node.args:
                    kind = node.args[0]
                    if isinstance(kind, ast.Constant):
                        produced.add(str(kind.value))
    listed = {kind for kind in KINDS if ":" not in kind}
    assert produced == listed, (sorted(produced - listed), sorted(listed - produced))
    answered = {match.sign for entry in shipped().practices for match in entry.answers}
    left = set(KINDS) - answered
    assert left == {"not_observed", "gap:time", "gap:tools"}, "time is for staffing, tools for the technical side"


BAD = """
context: servces
practices:
  - id: shared-triage
    name: Ours
    bundle: motivation
    does: "x"
    answers:
      - {sign: bounse, because: "y"}
      - {sign: rework, when: [by-hands], because: "y", first: false}
    through: {opportunity: 0.7}
    effect: {value: 0.3, tag: M}
    weeks_to_effect: -3
    lead_time_weeks: 1
    costs: {hours_once: {value: 4, low: -2, high: 8}}
    complements: [shared-triage, cross-trainng]
    conflicts: [{practice: nothing-such, why: "z"}]
    evidence: [{says: "", tag: K, source: "s"}]
    look: {says: "w", indicator: handovers, question: role-clarity, after_weeks: 4}
    takes_part: "all"
traps:
  - {id: t, name: T, signs: [rewrk], why: "v"}
"""


def test_every_fault_of_a_file_is_named_with_its_line_in_one_pass(tmp_path: Path) -> None:
    file = tmp_path / "practices.yaml"
    file.write_text(BAD, encoding="utf-8")
    with pytest.raises(AlignmentError) as caught:
        catalogue_of(file)
    found = {(fault.code, int(fault.where.split(":")[1].split()[0])) for fault in caught.value.faults}
    assert found >= {
        ("LW-AL-065", 2), ("LW-AL-064", 4), ("LW-AL-065", 9), ("LW-AL-065", 10), ("LW-AL-063", 11), ("LW-AL-066", 12),
        ("LW-AL-068", 13), ("LW-AL-068", 15), ("LW-AL-067", 16), ("LW-AL-067", 17), ("LW-AL-066", 18),
        ("LW-AL-065", 19), ("LW-AL-065", 22),
    }  # fmt: skip
    said = "\n".join(str(fault) for fault in caught.value.faults)
    for near in ("'bounce'", "'by-hand'", "'cross-training'", "'rework'", "'role-clarity-1'"):
        assert f"use {near}" in said, near


def test_a_practice_can_take_the_place_of_one_that_ships(tmp_path: Path) -> None:
    file = tmp_path / "practices.yaml"
    text = OWN.replace("id: buddy-week", "id: cross-training\n    replaces: true")
    file.write_text(text, encoding="utf-8")
    catalogue = catalogue_of(file)
    assert len(catalogue.practices) == len(shipped().practices)
    assert catalogue.of("cross-training").name == "A week beside another team"
    file.write_text(text.replace("id: cross-training", "id: cross-trainin"), encoding="utf-8")
    with pytest.raises(AlignmentError, match=r"LW-AL-064(.|\n)*use 'cross-training'"):
        catalogue_of(file)


def test_the_reference_of_practices_is_that_of_the_catalogue() -> None:
    """Every practice, sign, trap, trait and piece of evidence stands on the page as it stands in the catalogue."""
    page = (Path(__file__).parents[3] / "docs" / "reference" / "practices.md").read_text(encoding="utf-8")
    rows = {line.split("|")[1].strip() + line.split("|")[2].strip(): line for line in page.splitlines() if "|" in line}
    for entry in shipped().practices:
        row = rows[f"`{entry.id}`{entry.name}"]
        assert all(f"{dimension} {share:.0%}" in row for dimension, share in entry.through.items())
        assert all(f"`{match.sign}`" in row for match in entry.answers)
        assert f"{entry.lead_time_weeks.value:g} + {entry.weeks_to_effect.value:g}" in row and entry.look.says in row
        assert all(
            f"| `{entry.id}` | {paper.says} | {paper.tag} | {paper.source} |" in page for paper in entry.evidence
        )
    assert page.count("\n| `") == 3 * len(shipped().practices) + len(shipped().traps) + len(TRAITS) + len(UNFIT) + sum(
        len(entry.evidence) - 1 for entry in shipped().practices
    )
    assert all(f"| `{trap.id}` | {trap.name} |" in page and trap.why in page for trap in shipped().traps)
    assert all(f"`{kind}`" in page for kind in KINDS)
    assert all(f"| `{name}` | {means} |" in page for name, means in (*TRAITS.items(), *UNFIT.items()))
