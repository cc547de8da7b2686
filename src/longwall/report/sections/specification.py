"""What must be fixed, what is yours, and what is yours but chooses where you land."""

from __future__ import annotations

from typing import TYPE_CHECKING

from longwall.report.markup import Content, Table, element, join, table_of
from longwall.report.material import Material
from longwall.report.numbers import mark, money_text, number
from longwall.report.sections.section import Section, bullets, lead, more
from longwall.report.words import absent, counted, listed, sentence, term

if TYPE_CHECKING:
    from longwall.alignment.specification import Choice, Specification, Specified

__all__ = ["own_text", "specification_section"]

_OUTCOMES = {"fix": "stays fixed", "yours": "freed", "slides": "freed", "follows": "no choice left"}
_TITLE = "What must be fixed, what is yours"


def specification_section(material: Material) -> Section:
    """Return the section on the minimal critical specification."""
    found = material.specification
    if found is None:
        what = absent("What must be fixed", material.missing_of("specify"))
        return Section("specification", _TITLE, what, made=False)
    design = "today's system" if found.design == "today" else f"the design “{found.design}”"
    parts: list[Content] = [
        lead(
            f"Of {design}. {found.statement} ",
            "A completion is any way to decide what is not fixed",
            f" that costs at most {found.purse:,.0f} (the purse) more than the design" if found.purse else "",
            "; near the ",
            term("front"),
            f" means: by granting {found.epsilon:.0%} of its range on each side, it would stand on it.",
        ),
        _fixed(found),
        _yours(found),
        _sliding(found),
        _kept(found),
        _settled(found),
        more("Where designs stay near, in words", bullets(found.tree)) if found.tree else None,
        more("How sure", _tests(found), bullets([sentence(text) for text in found.cautions])),
    ]
    return Section("specification", _TITLE, join(parts))


def own_text(found: Specification) -> str:
    """Return what is left to the team, in a few words for page one; empty where everything must be fixed."""
    free = [*found.of("yours"), *found.of("slides")]
    return listed([_name(one) for one in free], most=4)


def _name(one: Specified) -> str:
    """Name a decision by what it would do."""
    titles = [choice.title for choice in one.choices if choice.intervention] + list(one.excluded)
    title = titles[0] if titles else one.id
    return title[:1].lower() + title[1:]


def _fixed(found: Specification) -> Content:
    """What must be fixed: what to do, then what to leave out."""
    fixed = sorted((one for one in found.of("fix") if one.sure), key=lambda one: one.level is None)
    return join(element("h3", "Fix"), bullets([_said(one) for one in fixed])) if fixed else None


def _kept(found: Specification) -> Content:
    """What is not shown either way, and what leaves no choice."""
    unsure = [one for one in found.of("fix") if not one.sure]
    parts: list[Content] = []
    if unsure:
        parts += [element("h3", "Keep for now"), bullets([_said(one) for one in unsure])]
    if found.of("follows"):
        parts += [element("h3", "No choice is left"), bullets([_said(one) for one in found.of("follows")])]
    return join(parts) if parts else None


def _settled(found: Specification) -> Content:
    """What people had settled, and what cannot be had."""
    said: list[Content] = [sentence(one.statement) for one in found.settled]
    if found.refused:
        titles = listed([f"“{title}”" for title in found.refused], most=6)
        said.append(sentence(f"As things stand these cannot be had, so no completion has them: {titles}"))
    return join(element("h3", "Settled before"), bullets(said)) if said else None


def _said(one: Specified) -> Content:
    """The question, and what is to be done with it."""
    return join(element("strong", one.question), " ", sentence(one.statement)) if one.question else (
        sentence(one.statement)
    )  # fmt: skip


def _yours(found: Specification) -> Content:
    """What is free: each decision with its ways, and what the dearest takes from the purse."""
    free = found.of("yours")
    if not free:
        return None
    rows: list[tuple[Content, ...]] = []
    for one in free:
        has = next(choice for choice in one.choices if choice.intervention == one.level)
        others = [sentence(choice.title) for choice in one.choices if choice is not has]
        most = max(choice.cost for choice in one.choices)
        cost = join(money_text(most), "\u00a0", mark("assumed")) if most > 0.0 else "nothing"
        rows.append((one.question or one.id, sentence(has.title), " ".join(others), cost))
    purse = f" What they cost comes from one purse of {found.purse:,.0f} for all of them." if found.purse else ""
    table = Table(
        f"Ways to decide that are as good as the design's: together, {found.inside.value:.0%} of them stay within "
        f"{found.epsilon:.0%} of the front.{purse}",
        ("Decision", "The design has", "As good", "Costs at most#"), rows,
    )  # fmt: skip
    return join(element("h3", "Yours"), table_of(table, class_="dense"))


def _sliding(found: Specification) -> Content:
    """What is free but moves along the front: each way with its shifts."""
    slides = found.of("slides")
    if not slides:
        return None
    rows: list[tuple[Content, ...]] = []
    for one in slides:
        has = next(choice.title for choice in one.choices if choice.intervention == one.level)
        for at, choice in enumerate(choice for choice in one.choices if choice.intervention != one.level):
            asked = (one.question or one.id, sentence(has)) if not at else ("", "")
            sides = (number(choice.technical, signed=True), number(choice.social, signed=True))
            rows.append((*asked, sentence(choice.title), *sides, _cost(choice)))
    table = Table(
        "Ways to decide and what they change against the way of the design, on average over completions: share of "
        "today's level within the column, negative is better; cost over the horizon",
        ("Decision", "The design has", "Instead", "Technical#", "Social#", "Cost#"), rows,
    )  # fmt: skip
    return join(element("h3", "Yours, but it chooses where you land"), table_of(table, class_="dense"))


def _cost(choice: Choice) -> Content:
    """A difference of cost."""
    sign = "+" if choice.cost > 0 else ""
    return join(f"{sign}{money_text(choice.cost)}\u00a0", mark("assumed"))


def _tests(found: Specification) -> Content:
    """The tests in their order."""
    rows: list[tuple[Content, ...]] = [
        (
            str(one.order),
            _name(one),
            _OUTCOMES[one.kind],
            f"{one.far.value:.1%} ({one.far.low:.1%} to {one.far.high:.1%})",
            "yes" if one.sure else "no",
            str(one.together),
        )
        for one in sorted(found.decisions, key=lambda one: one.order)
    ]
    table = Table(
        f"Tests in their order: distance from the front that 95% of completions keep when this decision is free too; "
        f"{counted(found.replications, 'replication')} in all; {found.sized}",
        ("Order#", "Decision", "Outcome", "Distance#", "Beyond noise", "Tested together#"), rows,
    )  # fmt: skip
    return table_of(table, class_="dense")
