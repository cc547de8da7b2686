"""Designs: the front, the recommended design beside the one-sided ones, what each loses, what may be left open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from longwall.report.choice import Choice, Move, Option
from longwall.report.figures.designs import differences_figure, front_figure, marked
from longwall.report.indicators import in_columns, in_words, shown_name, speaks
from longwall.report.markup import Content, Markup, Table, element, join, shortened, table_of
from longwall.report.material import Material
from longwall.report.numbers import amount_text, estimate_of, mark, money_text, number
from longwall.report.sections.answers import disputes_under
from longwall.report.sections.decisions import decisions_part
from longwall.report.sections.optima import apart_part, chances_part, verdicts_part, weightings_part
from longwall.report.sections.section import Draw, Section, bullets, lead, more
from longwall.report.words import absent, counted, layer_mark, listed, sentence, term
from longwall.worksystem import Column, Intervention

if TYPE_CHECKING:
    from longwall.alignment import Rejected

__all__ = ["designs_section"]

_REFUSED = 50
"""Refused designs that the page lists."""

_PER_SIDE = 3
_HALF = 0.5
"""A design that brings this share of the gains for this share of the money is worth a word: a modelling choice."""
_COLUMNS: tuple[Column, Column] = ("technical", "social")


def designs_section(material: Material, draw: Draw) -> Section:
    """Return the section on designs."""
    title = "Designs"
    choice = material.choice
    if choice is None:
        return Section("designs", title, absent("The designs", material.missing_of("align")), made=False)
    alignment = choice.alignment
    currency = material.system.currency if material.system is not None else ""
    command = material.command("align")
    front = front_figure(choice, currency=currency, command=command)
    differences = differences_figure(choice.joint, command=command) if choice.joint is not None else None
    parts: list[Content] = [
        _lead(choice),
        _disputes(material, choice),
        element("p", sentence(alignment.price.statement)) if alignment.price.statement else None,
        draw(front) if front is not None else None,
        element("h3", "Today, the ", term("joint optimum"), " and the one-sided designs"),
        _optima(choice),
        _chosen(choice, currency),
        draw(differences) if differences is not None else None,
        weightings_part(choice),
        apart_part(choice, currency),
        chances_part(choice),
        _changes(material, choice.joint, currency) if choice.joint is not None else None,
        verdicts_part(choice),
        decisions_part(material, choice),
        _left_open(material, choice),
        _people(material, choice),
        _rejected(material, choice),
        _candidates(material, choice, currency),
    ]
    if alignment.cautions:
        cautions = [sentence(in_words(text)) for text in alignment.cautions]
        parts.append(more(f"Cautions of the search ({len(cautions)})", bullets(cautions)))
    return Section("designs", title, join(parts))


def _lead(choice: Choice) -> Markup:
    """What the search came to."""
    spent = choice.alignment.spent
    candidates = counted(len(choice.alignment.interventions), "candidate change")
    work = f"{candidates} and {counted(spent.designs, 'design')} were tried"
    if choice.joint is None:
        return lead(f"{work}; none beats today beyond noise on one side without losing on the other.")
    return lead(f"{work}. {choice.verdict_text}")


def _optima(choice: Choice) -> Markup:
    """Designs down, indicators across: technical left, social right."""
    shown = {column: _chosen_ids(choice, column) for column in _COLUMNS}
    heads = []
    for column in _COLUMNS:
        for index, (_, name) in enumerate(shown[column]):
            heads.append(element("th", name, scope="col", class_="n first" if index == 0 else "n"))
    groups = [
        element("th", layer_mark(column), scope="colgroup", colspan=max(len(shown[column]), 1), class_="first")
        for column in _COLUMNS
    ]
    body = [_row(choice, "today", None, shown)]
    done: dict[str, str] = {}
    for option in (choice.joint, choice.technical_only, choice.social_only):
        if option is not None and option.design.id not in done:
            done[option.design.id] = marked(choice, option.design.id)
            body.append(_row(choice, done[option.design.id], option, shown))
            sibling = choice.sibling(option)
            if sibling is not None and sibling.design.id not in done:
                done[sibling.design.id] = f"beside it, people strengthened: {marked(choice, sibling.design.id)}"
                body.append(_row(choice, done[sibling.design.id], sibling, shown))
    caption = "Expected under each design, with 95% intervals; “worse” is beyond noise against today"
    table = element(
        "table",
        element("caption", caption),
        element(
            "thead", element("tr", element("td"), groups), element("tr", element("th", "Design", scope="col"), heads)
        ),
        element("tbody", body),
        class_="optima",
    )
    return element("div", table, class_="scroll", tabindex=0, role="region", aria_label=caption)


def _chosen(choice: Choice, currency: str) -> Content:
    """How the joint design was chosen, and which one brings much of it for less."""
    if choice.joint is None:
        return None
    said = (
        "The joint design is the one whose smaller gain is largest, each gain as a share of the best one found on its "
        "side; money decides among near equals only, never between the sides. "
    )
    cheaper = cheaper_text(choice, currency)
    return element("p", said, cheaper)


def cheaper_text(choice: Choice, currency: str) -> str:
    """Name the cheapest design that brings half or more of the joint design's gains for half its cost or less.

    Those that give people up, or that fail what must hold, are left out; empty where there is none.
    """
    points = {point.design: point for point in choice.alignment.points}
    joint = points.get(choice.alignment.recommended)
    if joint is None or joint.cost <= 0.0:
        return ""
    barred = {one.design for one in choice.alignment.held if one.verdict != "holds"}
    barred |= {name for name in points if any(step.people_removed for step in choice.alignment.chosen(name))}
    sides = [side for side in _COLUMNS if getattr(joint, side).high < 0.0]
    found = []
    for name, point in points.items():
        shares = [getattr(point, side).value / getattr(joint, side).value for side in sides]
        worse = any(getattr(point, side).low > 0.0 for side in _COLUMNS)
        if name not in (joint.design, "today", *barred) and shares and min(shares) >= _HALF and not worse:
            found.append((point.cost, name, min(shares)))
    cost, name, share = min(found, default=(joint.cost, "", 0.0))
    if cost > _HALF * joint.cost:
        return ""
    return (
        f"For {money_text(cost, currency)} instead of {money_text(joint.cost, currency)}, “{name}” brings "
        f"{amount_text(min(share, 1.0), 'share')} or more of its gains on each side."
    )


def _chosen_ids(choice: Choice, column: Column) -> list[tuple[str, str]]:
    """The indicators of one side that the designs move most, the leading ones first."""
    options = [option for option in (choice.joint, choice.technical_only, choice.social_only) if option is not None]
    clear = {move.now.id for option in options for move in option.moves(column) if move.verdict != "unclear"}
    every = [(entry.id, shown_name(entry)) for entry in in_columns(choice.today, column) if speaks(entry)]
    first = [entry for entry in every if entry[0] in clear]
    chosen = (first + [entry for entry in every if entry not in first])[:_PER_SIDE]
    return [entry for entry in every if entry in chosen]


def _row(choice: Choice, name: str, option: Option | None, shown: dict[Column, list[tuple[str, str]]]) -> Markup:
    """One design with its numbers."""
    cells = []
    for column in _COLUMNS:
        known: dict[str, Move] = {move.now.id: move for move in option.moves(column)} if option is not None else {}
        for index, (identity, _) in enumerate(shown[column]):
            content: Content
            if option is None:
                today = choice.today.of(identity)
                content = number(today.estimate) if today is not None else "–"
            elif identity in known:
                move = known[identity]
                worse = element("em", " worse", class_="worse") if move.verdict == "worse" else None
                content = join(number(move.expected.estimate), worse)
            else:
                content = "–"
            cells.append(element("td", content, class_="n first" if index == 0 else "n"))
        if not shown[column]:
            cells.append(element("td", "not observed", class_="first"))
    label = element("b", name) if name.startswith("joint") else name
    return element("tr", element("th", label, scope="row"), cells)


def _changes(material: Material, joint: Option, currency: str) -> Content:
    """The changes of the recommended design."""
    rows: list[tuple[Content, ...]] = []
    for step in joint.interventions:
        cost: Content = "not known"
        if step.cost is not None:
            cost = join(money_text(step.cost.value, currency), "\u00a0", mark(step.cost.footing))
        weekly = step.running_cost_per_week
        running: Content = "–"
        if weekly is not None:
            running = join(money_text(weekly.value, currency), "\u00a0", mark(weekly.footing))
        concerned = listed([material.label(name, "role") for name in step.concerns], most=3) or "–"
        rows.append(
            (
                join(
                    sentence(step.title),
                    element("p", sentence(step.why), class_="muted") if step.why else None,
                    disputes_under(material, step.answers),
                ),
                layer_mark(step.kind),
                cost,
                running,
                f"{step.lead_time_weeks:g} weeks",
                concerned,
                "yes" if step.reversible else "no",
            )
        )
    if len(rows) > 1:
        rows.append(_together(joint, currency))
    table = Table(
        "Changes of the recommended design: cost once and per week, time until it takes effect, roles concerned",
        ("Change", "Layer", "Cost#", "Per week#", "Takes effect after#", "Concerns", "Reversible"),
        rows,
    )
    return [element("h3", "What the recommended design changes"), table_of(table)]


def _together(joint: Option, currency: str) -> tuple[Content, ...]:
    """The last row: what all changes cost once and a week; a cost that nobody knows is named, not added."""
    once = sum(step.cost.value for step in joint.interventions if step.cost is not None)
    weekly = sum(step.running_cost_per_week.value for step in joint.interventions if step.running_cost_per_week)
    unknown = sum(step.cost is None for step in joint.interventions)
    said = money_text(once, currency) + (f" and {unknown} not known" if unknown else "")
    last = max(step.lead_time_weeks for step in joint.interventions)
    return (element("b", "Together"), "", said, money_text(weekly, currency), f"{last:g} weeks at most", "", "")


def _left_open(material: Material, choice: Choice) -> Content:
    """What must be fixed and what the team may settle itself."""
    if choice.joint is None:
        return None
    if material.specification is not None:
        return None
    free = choice.left_open(material.system)
    fixed = sum(len(step.patches) for step in choice.joint.interventions)
    return [
        element("h3", "Fix this, leave the rest to the team"),
        element(
            "p",
            f"The design fixes {counted(fixed, 'value')} of the model and nothing else. "
            + (f"It leaves open {listed(free)}: the team settles these itself." if free else ""),
        ),
    ]


def _people(material: Material, choice: Choice) -> Content:
    """Designs that give people up, each beside the sibling that strengthens them."""
    known = {step.id: step for step in choice.alignment.interventions}
    removing = [step for step in known.values() if step.people_removed > 0]
    if not removing:
        return element("p", "No candidate change removes people.")
    items = []
    for step in removing:
        sibling = known.get(step.strengthening or "")
        beside = f" Beside it: {_lower(sibling)}." if sibling is not None else ""
        who = listed([material.label(name, "role") for name in step.concerns], most=4)
        items.append(
            f"{sentence(step.title)} {counted(step.people_removed, 'post')} fewer"
            + (f", in {who}" if who else "")
            + f".{beside} The decision is a person’s."
        )
    return more(f"Changes that give posts up, and what would strengthen people instead ({len(items)})", bullets(items))


def _lower(step: Intervention) -> str:
    return step.title[:1].lower() + step.title[1:]


def _rejected(material: Material, choice: Choice) -> Content:
    """Designs that constraints refused: each with every constraint that refuses it, and the reason."""
    designs: dict[tuple[str, ...], list[Rejected]] = {}
    for entry in choice.alignment.rejected:
        designs.setdefault(entry.interventions, []).append(entry)
    if not designs:
        return None
    known = {step.id: step.title for step in choice.alignment.interventions}
    rows: list[tuple[Content, ...]] = [
        (
            listed([shortened(known.get(name, name), 60) for name in changes], most=3),
            listed(list(dict.fromkeys(material.label(entry.constraint) for entry in entries))),
            " ".join(sentence(entry.why) for entry in entries),
        )
        for changes, entries in list(designs.items())[:_REFUSED]
    ]
    table = Table("Designs refused before simulation", ("Changes", "Constraints", "Why"), rows)
    rest = len(designs) - len(rows)
    clash = choice.alignment.conflict
    return more(
        f"Refused by constraints ({counted(len(designs), 'design')})",
        element("p", f"They refuse every candidate. The smallest set that does: {listed(list(clash))}.")
        if clash
        else None,
        table_of(table, class_="dense"),
        element("p", f"{counted(rest, 'more')}: ", element("code", f"longwall show {material.folder} refused"), ".")
        if rest > 0
        else None,
    )


def _candidates(material: Material, choice: Choice, currency: str) -> Content:
    """Every candidate change."""
    own = {step.id for step in choice.joint.interventions} if choice.joint is not None else set()
    rows: list[tuple[Content, ...]] = []
    for step in choice.alignment.interventions:
        cost: Content = "not known"
        if step.cost is not None:
            cost = join(money_text(estimate_of(step.cost).value, currency), "\u00a0", mark(step.cost.footing))
        weekly = step.running_cost_per_week
        rows.append(
            (
                join(step.title, disputes_under(material, step.answers)),
                layer_mark(step.kind),
                cost,
                "–" if weekly is None else money_text(weekly.value, currency),
                f"{step.lead_time_weeks:g}",
                "yes" if step.id in own else "no",
            )
        )
    if not rows:
        return None
    table = Table("Candidate changes", ("Change", "Layer", "Cost#", "Per week#", "Weeks#", "Recommended"), rows)
    spent = choice.alignment.spent
    runs = (spent.search_replications, spent.fresh_replications, spent.robustness_replications)
    numbers = [amount_text(number_of) for number_of in runs]
    note = f"Runs: {numbers[0]} in the search, {numbers[1]} fresh for what is shown, {numbers[2]} over assumed values."
    return more(
        f"All candidate changes ({len(rows)}) and what the search spent",
        element("p", note),
        table_of(table, class_="dense"),
    )


def _disputes(material: Material, choice: Choice) -> Markup | None:
    """That the recommended design rests on a disputed finding is said above it, with the answer."""
    if choice.joint is None:
        return None
    resting = [name for step in choice.joint.interventions for name in step.answers]
    said = disputes_under(material, (*resting, *choice.joint.design.disputed))
    return element("p", said) if said is not None else None
