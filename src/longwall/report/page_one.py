"""Page one, for the person who decides: what is wrong, what to do, what it brings to both sides, how sure that is.

It shows counted and fitted numbers only; what rests on an assumption is named and stands further on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from longwall.report.choice import Choice, Move, Option
from longwall.report.indicators import in_columns, shown_name, speaks
from longwall.report.markup import Content, Markup, Table, element, join, shortened, table_of
from longwall.report.material import Material
from longwall.report.numbers import FOOTINGS, amount_text, estimate_text, mark, number
from longwall.report.sections.answers import answers_to, disputes_under
from longwall.report.sections.decisions import left_to_people
from longwall.report.sections.evidence import period_text, reject_share
from longwall.report.sections.findings import NOT_MISALIGNED
from longwall.report.sections.optima import short_text
from longwall.report.sections.specification import own_text
from longwall.report.sections.survey import level_name, level_number, observed_text
from longwall.report.sections.told import risks_on_page_one, steps_on_page_one
from longwall.report.sections.trust import miss_text
from longwall.report.sections.unseen import NEVER_SEEN, questions
from longwall.report.sections.voices import unheard_text
from longwall.report.words import counted, layer_mark, listed, sentence
from longwall.worksystem import MARGINAL, Column, Finding, Footing, Forecast, IndicatorForecast, Intervention

if TYPE_CHECKING:
    from longwall.implementation import Increment

__all__ = ["page_one"]

_SURE: tuple[Footing, ...] = ("counted", "fitted")
_ROWS = 3
_STEPS = 4
_LONG = 120
_NO_CHANGE = element("span", "no clear change", class_="unclear")
_WORSE = element("em", "worse", class_="worse")
_DIRECTIONS = {"better": Markup(""), "worse": join(", ", _WORSE), "unclear": join(" ", _NO_CHANGE)}
_DIRECTIONS_ALONE = {"better": Markup("better"), "worse": _WORSE, "unclear": _NO_CHANGE}


def page_one(material: Material) -> Markup:
    """Return page one."""
    choice = material.choice
    return element(
        "section",
        _headline(material),
        element("p", material.note, class_="note") if material.note else None,
        _advice(material, choice),
        _wrong(material),
        _outcomes(material, choice),
        _alternatives(choice),
        _pairs([*_steps(material, choice), *_how_sure(material, choice), *_data(material), *_not_seen(material)]),
        _legend(),
        class_="page-one",
        id="page-one",
        aria_label="Page one",
    )


def _pairs(pairs: list[tuple[str, Content]]) -> Markup:
    """What to do and how sure it is: a word on the left, what it says on the right."""
    return element("dl", [join(element("dt", word), element("dd", text)) for word, text in pairs], class_="pairs said")


def _headline(material: Material) -> Markup:
    """Who, how much, when, how clean, who was told."""
    facts: list[Content] = []
    if material.system is not None and material.seen is not None:
        facts.append(join(counted(material.system.people, "person", "people"), "\u00a0", mark("fitted")))
    elif material.system is not None:
        facts.append(f"{counted(material.system.people, 'person', 'people')} in the model")
    if material.seen is not None:
        observed = material.seen
        facts += [
            counted(observed.cases, material.item, material.items),
            period_text(observed.first, observed.last),
            f"{amount_text(reject_share(observed), 'share')} of rows rejected",
        ]
    else:
        facts.append(
            "no log: what people answered" if material.told is not None else "no log: a model that people wrote"
        )
    consulted = material.consultation or "not recorded"
    facts.append(f"consultation: {consulted}")
    separated: list[Content] = []
    for fact in facts:
        separated += [" · " if separated else None, fact]
    return element("header", element("h1", material.name), element("p", separated, class_="facts"))


def _advice(material: Material, choice: Choice | None) -> Markup:
    """The one bold sentence."""
    if choice is not None and choice.joint is not None and choice.joint.interventions:
        titles = [_lowered(step.title) for step in _weightiest_first(material, choice.joint)]
        text = "; ".join(titles[:3]) + (f"; and {len(titles) - 3} more" if len(titles) > 3 else "")
        text = sentence(text if choice.reached else f"worth a pilot: {text}")
    elif choice is not None and choice.alignment.nearest is not None:
        text = sentence(short_text(choice))
    elif choice is not None:
        text = "Leave the design as it is: no change was found that serves both sides better than today."
    elif material.told is not None and material.told.steps and material.seen is None:
        text = sentence(shortened(material.told.steps[0].do, 200))
    elif material.assessment is not None and not material.assessment.findings:
        text = "Nothing was found to be wrong."
    elif material.assessment is not None:
        text = "What is wrong is known; what would be better was not searched for yet."
    elif material.today is not None:
        text = "What happens if nothing changes is forecast; what is wrong was not looked for yet."
    elif material.system is not None:
        text = "How the work is done is known; what is wrong with it was not looked for yet."
    else:
        text = "What the log holds is counted; how the work is done was not looked for yet."
    words: list[Content] = [element("p", text, class_="advice" + (" long" if len(text) > _LONG else ""))]
    if choice is None and material.missing:
        following = material.missing[0]
        reason = f" {sentence(following.why)}" if following.why else ""
        words.append(element("p", "Next: ", element("code", following.command), f".{reason}"))
    return join(words)


def _lowered(title: str) -> str:
    """A title inside a sentence: its first letter small unless the word is an abbreviation."""
    title = title.strip()
    return title if len(title) < 2 or not title[1].islower() else title[0].lower() + title[1:]


def _weightiest_first(material: Material, option: Option) -> list[Intervention]:
    """The interventions of a design, those first that answer the findings which matter most."""
    findings = material.assessment.findings if material.assessment is not None else ()
    rank = {finding.id: place for place, finding in enumerate(findings)}
    last = len(rank)
    return sorted(
        option.interventions, key=lambda step: min((rank.get(name, last) for name in step.answers), default=last)
    )


def _wrong(material: Material) -> Markup | None:
    """Up to three findings that are counted or fitted; before that, what was counted."""
    if material.assessment is not None:
        wrong = [finding for finding in material.assessment.findings if finding.kind != NOT_MISALIGNED]
        sure = [finding for finding in wrong if finding.footing in _SURE]
        rest = len(wrong) - len(sure)
        if not sure and material.told is not None and material.told.risks:
            return risks_on_page_one(material)
        if not sure:
            text = (
                f"{counted(rest, 'finding')} rest on assumptions only and stand further on."
                if rest
                else "Nothing found."
            )
            return join(element("h2", "What is wrong"), element("p", text))
        return join(
            element("h2", "What is wrong"),
            element("ol", [_one(material, finding) for finding in _three(sure)], class_="wrong"),
        )
    if material.seen is not None:
        facts = [
            element("li", sentence(shortened(fact.text, 240)), " ", _foot("counted")) for fact in material.seen.facts
        ]
        return join(element("h2", "Counted so far"), element("ol", facts, class_="wrong"))
    return None


def _three(findings: Sequence[Finding]) -> list[Finding]:
    """Three findings, of different kinds where there are such, in their order."""
    chosen: list[Finding] = []
    for finding in findings:
        if finding.kind not in {other.kind for other in chosen}:
            chosen.append(finding)
    chosen = (chosen + [finding for finding in findings if finding not in chosen])[:3]
    return [finding for finding in findings if finding in chosen]


def _foot(footing: Footing) -> Markup:
    return element("span", mark(footing), f" {footing}", class_="foot")


def _one(material: Material, finding: Finding) -> Markup:
    """One finding with its footing and what people answer to it."""
    return element(
        "li",
        sentence(shortened(finding.statement, 230)),
        " ",
        _foot(finding.footing),
        element("span", f" {MARGINAL}", class_="dispute") if finding.marginal else None,
        _left(material, finding),
        answers_to(finding, material.responses),
    )


def _left(material: Material, finding: Finding) -> Markup | None:
    """That the recommended design leaves a finding, with what is for people to decide and where the reason stands."""
    said = left_to_people(material.choice, finding.id)
    if not said:
        return None
    return element("span", " ", said, " ", element("a", "Why", href="#designs"), class_="dispute")


def _outcomes(material: Material, choice: Choice | None) -> Markup:
    """Two tables, technical left, social right: now and expected."""
    sides = []
    for column in ("technical", "social"):
        if choice is not None and choice.joint is not None:
            rows, head = _moved(choice.joint, column), "now → expected"
        elif material.today is not None:
            rows, head = _still(material.today, column), "now, if nothing changes"
        else:
            command = element("code", material.missing_of("simulate").command)
            rows, head = [("not forecast yet", command)], "now"
        if column == "social":
            rows += [(level_name(level), level_number(level)) for level in material.levels[:_ROWS]]
            if not material.levels:
                rows.append(("engagement", join(element("strong", "not observed"), ": ask")))
        table = table_of(Table(f"{column} outcomes", (f"{column} side", head), rows))
        table = Markup(table.replace(f">{column} outcomes</caption>", f">{layer_mark(column)}</caption>", 1))
        sides.append(
            element("div", Markup(table.replace(f">{column} side</th>", "></th>", 1)), class_=f"{column}-side")
        )
    return element("div", sides, class_="sides")


def _picked(found: Sequence[Move]) -> list[Move]:
    """The few that are shown: sure ones in their order; what gets worse is never the one left out."""
    sure = [move for move in found if move.now.estimate.footing in _SURE]
    worse = [move for move in sure if move.verdict == "worse"][:_ROWS]
    rest = [move for move in sure if move not in worse][: _ROWS - len(worse)]
    return [move for move in sure if move in worse or move in rest]


def _moved(option: Option, column: Column) -> list[tuple[Content, ...]]:
    """Rows of one side, now and expected; an expected number that rests on assumptions gives way to its direction."""
    found = option.moves(column)
    rows: list[tuple[Content, ...]] = []
    for move in _picked(found):
        if move.footing in _SURE:
            shown = number(move.expected.estimate)
            shown = element("strong", shown) if move.verdict == "worse" else shown
            expected = join(shown, _DIRECTIONS[move.verdict])
        else:
            size = element("a", "how much is assumed", href="#designs")
            expected = join(_DIRECTIONS_ALONE[move.verdict], ": ", size) if move.verdict != "unclear" else _NO_CHANGE
        rows.append((shown_name(move.now), join(number(move.now.estimate), " → ", expected)))
    unsure = [move.now for move in found if move.now.estimate.footing not in _SURE]
    return rows + _held_back(unsure, _ROWS - len(rows))


def _still(today: Forecast, column: Column) -> list[tuple[Content, ...]]:
    """Rows of one side as it is today."""
    found = [entry for entry in in_columns(today, column) if speaks(entry)]
    sure = [entry for entry in found if entry.estimate.footing in _SURE][:_ROWS]
    rows: list[tuple[Content, ...]] = [(shown_name(entry), number(entry.estimate)) for entry in sure]
    return rows + _held_back([entry for entry in found if entry.estimate.footing not in _SURE], _ROWS - len(rows))


def _held_back(entries: Sequence[IndicatorForecast], most: int) -> list[tuple[Content, ...]]:
    """Names of indicators whose numbers rest on assumptions and are not shown here."""
    link = element("a", "rests on assumptions", href="#today")
    return [(shown_name(entry), link) for entry in entries[: max(most, 0)]]


def _alternatives(choice: Choice | None) -> Markup | None:
    """One line: what the one-sided designs would do to both sides."""
    if choice is None or choice.joint is None:
        return None
    parts = []
    for name, option in (
        ("The technical side alone", choice.technical_only),
        ("the social side alone", choice.social_only),
    ):
        if option is None:
            continue
        if option.design.interventions == choice.joint.design.interventions:
            parts.append(f"{name} would choose the same design")
            continue
        words = []
        for column in ("technical", "social"):
            sure = [move for move in option.moves(column) if move.footing in _SURE]
            for move in sure[:1]:
                value, interval = estimate_text(move.expected.estimate)
                words.append(f"{shown_name(move.now)} {value}" + (f" ({interval})" if interval else ""))
        if words:
            parts.append(f"{name} would reach {listed(words)}" + _given_up(choice, option))
    return element("p", sentence("; ".join(parts)), class_="alternatives") if parts else None


def _given_up(choice: Choice, option: Option) -> str:
    """Posts that a design gives up, never said without the design that strengthens people instead."""
    posts = sum(step.people_removed for step in option.interventions)
    sibling = choice.sibling(option)
    if not posts or sibling is None:
        return ""
    instead = listed([step.title for step in sibling.interventions if step not in option.interventions])
    return f" and gives up {counted(posts, 'post')}, where {instead} would keep them"


def _steps(material: Material, choice: Choice | None) -> list[tuple[str, Content]]:
    """Do, not yet, leave to the team."""
    if choice is None or choice.joint is None:
        return steps_on_page_one(material)
    pairs: list[tuple[str, Content]] = []
    increments = material.plan.increments if material.plan is not None else ()
    if increments:
        texts = [f"({place}) {_step(material, one)}" for place, one in enumerate(increments[:_STEPS], 1)]
        rest = len(increments) - _STEPS
        words = sentence("; ".join(texts) + (f"; {rest} more in the plan" if rest > 0 else ""))
        pairs.append(
            ("Do", join(words, " Weeks count from the start; ", element("em", "talk to those affected first"), "."))
        )
    else:
        command = element("code", material.missing_of("plan").command)
        pairs.append(("Do", join("The changes above, in an order that is not planned yet: ", command)))
    if choice.not_yet:
        titles = [shortened(_lowered(step.title), 60) for step in choice.not_yet[:3]]
        pairs.append(("Not yet", sentence("; ".join(titles))))
    resting = [name for step in choice.joint.interventions for name in step.answers]
    if (disputed := disputes_under(material, resting)) is not None:
        pairs.append(("Disputed", disputed))
    free = own_text(material.specification) if material.specification is not None else None
    if free is None:
        free = listed(choice.left_open(material.system))
    if free:
        pairs.append(("Leave to the team", sentence(free)))
    return pairs


def _step(material: Material, increment: Increment) -> str:
    """One step of the plan: what, when, who answers for it, when to look; costs are assumed and stand in the plan."""
    owner = shortened(material.label(increment.owner, "role"), 28) if increment.owner else "owner to be named"
    weeks = f"week {increment.start_week} to {increment.end_week}"
    return f"{shortened(_lowered(increment.title), 90)}: {weeks}, {owner}, look in week {increment.look_week}"


def _how_sure(material: Material, choice: Choice | None) -> list[tuple[str, Content]]:
    """The miss of the hold-out beside repeating the past, and how often the recommendation keeps its sign."""
    words = []
    if material.hold_out is not None:
        words.append(miss_text(material.hold_out))
    elif material.system is not None and material.seen is not None:
        words.append("No weeks were held out, so how well this forecasts is not known.")
    if choice is not None and choice.verdict is not None:
        share = amount_text(choice.verdict.share, "share")
        words.append(
            f"Over {choice.verdict.draws} draws of all assumed values the recommendation keeps its sign in {share}."
        )
        if choice.verdict.not_identified:
            names = listed([_indicator_name(material, name) for name in choice.verdict.not_identified])
            words.append(
                f"Not identified: {names}. The log has no starts, and over the whole set of what it allows the sign "
                "changes."
            )
    return [("How sure", " ".join(words))] if words else []


def _data(material: Material) -> list[tuple[str, Content]]:
    """What in the data asks for care; two of it in words, the rest by number."""
    if material.seen is None:
        return []
    serious = [finding for finding in material.seen.quality if finding.serious]
    words = " ".join(sentence(shortened(finding.text, 140)) for finding in serious[:2])
    rest = len(material.seen.quality) - min(2, len(serious))
    if not serious:
        words = "Nothing serious stood out in it."
    more = "more to know" if serious else "to know"
    link = element("a", f"{counted(rest, 'property', 'properties')} {more}", href="#evidence")
    return [("The data", join(words, " ", link, ".") if rest else Markup(join(words)))]


def _indicator_name(material: Material, name: str) -> str:
    """An indicator as it is shown."""
    entry = material.today.of(name) if material.today is not None else None
    return shown_name(entry) if entry is not None else name


def _not_seen(material: Material) -> list[tuple[str, Content]]:
    """What was not seen, and the questions where the social side was not."""
    unseen = NEVER_SEEN[:-1] if material.levels else NEVER_SEEN
    words: list[Content] = [f"{sentence(listed(unseen))} No individual is reported."]
    social = [] if material.today is None else in_columns(material.today, "social")
    if material.levels:
        words.append(join(" ", observed_text(material)))
    elif not any(entry.estimate.footing in _SURE for entry in social):
        asked = " ".join(f"({index}) {question}" for index, question in enumerate(questions(material), 1))
        words.append(join(" The social side was ", element("strong", "not observed"), f"; ask: {asked}"))
    if unheard := unheard_text(material):
        words.append(join(" ", element("strong", unheard)))
    return [("Not seen", words)]


def _legend() -> Markup:
    """How to read the marks."""
    return element(
        "p",
        [element("span", mark(footing), f" {footing}: {text}") for footing, text in FOOTINGS.items()],
        element("span", "in brackets: 95% interval; of an expected number, luck and all that is assumed of the change"),
        class_="legend",
    )
