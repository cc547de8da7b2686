"""The words of the notice to staff and of the impact assessment; what a person must fill in is marked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from longwall.study.privacy import Facts

__all__ = ["impact_assessment", "notice"]

NO_ADVICE = "This is a draft that a program made from the settings of the study. It is not legal advice."


def notice(facts: Facts) -> str:
    """Return the notice to the people whose work the log shows, as Markdown."""
    few = facts.groups.teams
    return _page(
        f"# What we read about our work: {facts.study}",
        f"*{NO_ADVICE} Fill in what is marked, have it read by those who represent the staff, and give it out before "
        "any result is used.*",
        "## Why",
        f"Purpose: **{facts.purpose}**.",
        facts.question or _fill("what the study wants to find out, in one sentence"),
        "## Who",
        f"Responsible: {_fill('name of the organisation, contact, data protection officer')}.",
        f"Informed so far: {facts.consultation or _fill('who represents the staff, and when they were informed')}.",
        "## What is read",
        f"A log of {facts.items:,} items from {facts.period[0]} to {facts.period[1]}, in which {facts.people:,} "
        f"accounts or people of {facts.teams:,} teams appear.",
        _columns(facts),
        "Names of people become pseudonyms when the log is read, also where they stand inside other texts. Whoever has "
        f"the key can tell who is who; the key is kept by {_fill('who keeps the key, and where')}. So the log is not "
        "anonymous.",
        "## What is computed",
        _measures(facts),
        "Nobody is measured, compared or ranked. What concerns performers is shown of groups of five or more only, and "
        "rounded so that nobody's own share can be worked out. Skill, tiredness and trust are properties of simulated "
        "members of roles, never of a person.",
        _small(facts)
        if few or facts.groups.steps
        else "Every team and every step that was seen has five people or more.",
        "## Who sees it, and how long it is kept",
        _who_sees(),
        f"Raw events are deleted {facts.retention_months} months after they were read. Results and the model stay: "
        f"they hold roles, head-counts and distributions. {_fill('how long results are kept')}.",
        *facts.deleted,
        "## Your rights",
        "- You can ask what is stored about you, and have it corrected or deleted: "
        f"{_fill('contact')}. `longwall forget` removes a person from the study and makes the results again. Reports "
        "that were given out before cannot be called back by a command.",
        "- You can object to the reading of your data, and complain to the supervisory authority: "
        f"{_fill('its name and address')}.",
        "- You can answer every finding. Your answer stands beside it wherever the finding is shown, and a design that "
        "rests on a disputed finding says so.",
        f"Legal basis: {_fill('for instance a works agreement; ask your data protection officer')}.",
    )


def impact_assessment(facts: Facts) -> str:
    """Return the draft of a data protection impact assessment, as Markdown.

    Its parts are those of Article 35(7) of Regulation (EU) 2016/679: description, necessity, risks, measures.
    """
    return _page(
        f"# Data protection impact assessment (draft): {facts.study}",
        f"*{NO_ADVICE} Its parts follow Article 35(7) GDPR. Whether one is required, and whether it is complete, is "
        "for the controller and the data protection officer to decide.*",
        f"Controller: {_fill('organisation')} · Data protection officer: {_fill('name')} · Date and version: "
        f"{_fill('date')} · Consulted: {facts.consultation or _fill('staff representatives, and their view')}",
        "## 1. What is done, and what for",
        f"Purpose: {facts.purpose}. Question: {facts.question or _fill('the question of the study')}",
        f"Data subjects: {facts.people:,} accounts or people who appear as performers in the log, {facts.items:,} "
        f"items from {facts.period[0]} to {facts.period[1]}. Customers in the log: {_fill('yes or no, and how')}.",
        _columns(facts),
        "What is computed:",
        _measures(facts),
        f"Recipients: {_fill('who gets the report')}. Transfers to other countries: {_fill('none, or which')}. "
        "Longwall runs on the machine of the user and sends nothing anywhere.",
        f"Legal basis: {_fill('works agreement, legitimate interest with its balance, other')}.",
        "## 2. Is it necessary and proportionate?",
        "- Only mapped columns are stored; the others are listed above as dropped.",
        "- Persons are needed to tell handovers, head-counts and working hours of groups. Pseudonyms suffice for that.",
        f"- Raw events are deleted {facts.retention_months} months after they were read.",
        f"- Could the question be answered with less (a shorter period, no performers)? {_fill('answer')}",
        "## 3. Risks to the people concerned",
        _risks(facts),
        "## 4. Measures",
        "- Keyed pseudonyms from the first reading on; the key lies outside the study and is never written into it. "
        f"Key kept by: {_fill('who, where, and when it is destroyed')}.",
        "- Performers are measured in groups of five or more; smaller ones are merged or left out. Means are rounded, "
        "so that the difference of two reports isolates nobody. No view of a person, no ranking, no switch for one.",
        _small(facts) if facts.groups.teams or facts.groups.steps else "- No team and no step has fewer than five.",
        "- `longwall forget` removes a person and keeps them out when the same export is read again.",
        "- Every report is headed by its purpose. Findings can be disputed; the answer is shown with them.",
        f"- Access to the folder of the study: {_fill('who, by which means')}. Backups: {_fill('where, how long')}.",
        _who_sees(),
        "## 5. Outcome",
        f"Remaining risk: {_fill('low, medium, high, with reasons')}. Decision: {_fill('go on, change, stop')}. Review "
        f"on: {_fill('date')}. Signed: {_fill('name')}.",
        *facts.deleted,
    )


def _page(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part) + "\n"


def _fill(what: str) -> str:
    """Mark what a person must write."""
    return f"**[FILL IN: {what}]**"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def _columns(facts: Facts) -> str:
    """Which columns are read, dropped, stored as pseudonyms; other evidence."""
    several = len({one.file for one in facts.columns}) > 1
    rows = [
        (f"`{one.column}`" + (f" ({one.file})" if several else ""), one.use or "not used",
         "dropped" if one.stored == "not" else one.stored)
        for one in facts.columns
    ]  # fmt: skip
    text = _table(("column", "read as", "stored"), rows)
    if facts.gone:
        gone = ", ".join(facts.gone)
        text += f"\n\nThe file {gone} is no longer there: columns that were dropped from it are not listed."
    if others := [f"{name} ({kind})" for name, kind in facts.files if kind != "log"]:
        text += f"\n\nRead besides: {', '.join(others)}. {_fill('what is in it about people')}"
    return text


def _measures(facts: Facts) -> str:
    """What is computed, of items and of groups."""
    items = "; ".join(facts.measures_items) or "waiting, lead time, repeated steps, handovers"
    people = "; ".join(facts.measures_people) or "head-counts, hours of presence, working time per step"
    return (
        f"- of items, always shown: {items}\n"
        f"- of groups of five or more, as simulated members of roles: {people}\n"
        "- from the log, of groups of five or more: head-counts and hours of presence of a role, working time per step"
    )


def _small(facts: Facts) -> str:
    """What happens with groups under five."""
    teams = ", ".join(facts.groups.teams) or "none"
    steps = ", ".join(facts.groups.steps) or "none"
    return (
        f"Fewer than five people were seen in these teams: {teams}; and at these steps: {steps}. Their hours and "
        "working times are shown only as part of a larger pool, or left out. How long *items* stay there is still "
        "shown: where one person does a step alone, talk to that person first."
    )


def _who_sees() -> str:
    return _table(
        ("who", "sees"),
        (
            ("readers of the report", "items, roles, head-counts, distributions"),
            ("whoever can open the folder of the study",
             "that, and in `evidence.duckdb` single events with pseudonyms: " + _fill("names")),
            ("whoever has the key and the original log", "who is who: " + _fill("name")),
        ),
    )  # fmt: skip


def _risks(facts: Facts) -> str:
    rows = (
        ("somebody is recognised by a step that few people do", "; ".join(facts.groups.steps) or "no such step seen"),
        ("results are used to judge individuals", "purpose printed on every report; no numbers per person exist"),
        ("the store or the key gets into other hands", "pseudonyms; the key elsewhere; deletion after "
         f"{facts.retention_months} months"),
        ("reports are compared over time", "means rounded; groups of five in each"),
        ("people feel watched and work otherwise", "notice, consultation, right to answer every finding"),
    )  # fmt: skip
    filled = ((risk, known, _fill("likelihood and severity")) for risk, known in rows)
    return _table(("risk", "what is known of it, or done against it", "assessment"), filled)
