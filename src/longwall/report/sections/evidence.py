"""Evidence and data quality: what was read, what was rejected and why, what was counted, what the log cannot show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from longwall.report.figures import arrivals_figure
from longwall.report.markup import Content, Markup, Table, element, join, table_of
from longwall.report.material import Material
from longwall.report.numbers import amount_text, count_text, mark
from longwall.report.sections.section import Draw, Section, bullets, lead, more
from longwall.report.words import absent, counted, sentence

if TYPE_CHECKING:
    from longwall.evidence import Observed

__all__ = ["evidence_section", "period_text", "reject_share"]

_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
           "December")  # fmt: skip


def _day(text: str) -> tuple[str, str, str]:
    """Day, month and year of an ISO date."""
    year, month, day = text[:10].split("-")
    return str(int(day)), _MONTHS[int(month) - 1], year


def period_text(begins: str, ends: str) -> str:
    """Return the span of two ISO times as people say it: ``4 January to 30 June 2026``."""
    try:
        first, last = _day(begins), _day(ends)
    except (ValueError, IndexError):
        return f"{begins} to {ends}"
    if first == last:
        return " ".join(last)
    return f"{first[0]} {first[1]}{' ' + first[2] if first[2] != last[2] else ''} to {' '.join(last)}"


def reject_share(observed: Observed) -> float:
    """Return the share of rows that were rejected."""
    return observed.rejected_rows / observed.rows if observed.rows else 0.0


def _identity(observed: Observed) -> Markup:
    """What the file is and how much is in it."""
    rejected = f"{count_text(observed.rejected_rows)} ({amount_text(reject_share(observed), 'share')})"
    counts = (
        ("Rows read", count_text(observed.rows)),
        ("Rows rejected", rejected),
        ("Events kept", count_text(observed.events)),
        ("Cases", count_text(observed.cases)),
        ("Kinds of step", count_text(observed.activities)),
        *([("Teams", count_text(observed.teams))] if observed.teams else []),
    )
    pairs: list[tuple[str, Content]] = [
        ("File", element("code", observed.source)),
        ("Content hash", element("code", observed.source_hash)),
        ("Period", period_text(observed.first, observed.last)),
        *((name, join(text, "\u00a0", mark("counted"))) for name, text in counts),
        ("Times", "start and end of each step" if observed.starts_logged else "one time per step: its end"),
    ]
    return element("dl", [join(element("dt", name), element("dd", value)) for name, value in pairs], class_="pairs")


def _quality(observed: Observed) -> list[Content]:
    """What a reader should know about the data; what is serious comes first."""
    if not observed.quality:
        return [element("p", "Nothing in the data stood out.")]
    rows: list[tuple[Content, ...]] = [
        (
            join(sentence(finding.text), element("strong", " Read results with care.") if finding.serious else None),
            count_text(finding.count),
            amount_text(finding.share, "share"),
            ", ".join(finding.rows) or "–",
            finding.harms,
            finding.do,
        )
        for finding in sorted(observed.quality, key=lambda finding: not finding.serious)
    ]
    columns = ("What", "Count#", "Share#", "For example rows", "What it harms", "What to do")
    return [table_of(Table("Properties of the data, counted; rows by their number in the file", columns, rows))]


def _files(observed: Observed) -> Markup | None:
    """The files of a log that came in several."""
    if len(observed.files) < 2:
        return None
    rows = [
        (str(number), element("code", file.name), count_text(file.rows), count_text(file.accepted),
         count_text(file.rejected))
        for number, file in enumerate(observed.files, 1)
    ]  # fmt: skip
    columns = ("File", "Name", "Rows#", "New events#", "Rejected#")
    return table_of(Table("Files of this log, in the order in which they were added", columns, rows))


def _mapping(observed: Observed) -> Markup | None:
    """Which column was read as what, and why."""
    rows: list[tuple[Content, ...]] = []
    for key, value in sorted(observed.mapping.items()):
        if value in (None, "", [], {}, ()):
            continue
        shown = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
        others = observed.alternatives.get(key, ())
        rows.append((key, element("code", shown), observed.reasons.get(key, ""), ", ".join(others) or "–"))
    if not rows:
        return None
    table = Table(
        "Which column was read as what; change it in study.yaml", ("Meaning", "Column", "Why", "Would also do"), rows
    )
    return more("How the columns were read", table_of(table))


def evidence_section(material: Material, draw: Draw) -> Section:
    """Return the section on evidence and data quality."""
    title = "Evidence and data quality"
    observed = material.seen
    if observed is None:
        if material.system is not None:
            text = (
                "No log was read: this study starts from a model that people wrote, so every number in it is assumed."
            )
            return Section("evidence", title, lead(text), made=False)
        return Section("evidence", title, absent("The evidence", material.missing_of("ingest")), made=False)
    rejected = (
        f"{amount_text(reject_share(observed), 'share')} of the rows were rejected, each with its reason."
        if observed.rejected_rows
        else "no row was rejected."
    )
    parts: list[Content] = [
        lead(
            f"{counted(observed.cases, material.item, material.items)} with "
            f"{counted(observed.events, 'event')} were read; {rejected}"
        ),
        _identity(observed),
        _files(observed),
        element("h3", "Counted"),
        element("ol", [element("li", sentence(fact.text), " ", mark("counted")) for fact in observed.facts]),
    ]
    if material.arrivals and sum(material.arrivals) > 0:
        zone = str(observed.mapping.get("timezone") or "UTC")
        parts.append(
            draw(arrivals_figure(material.arrivals, item=material.items, zone=zone, command=material.command("ingest")))
        )
    parts += [element("h3", "Quality of the data"), _quality(observed)]
    if observed.rejects:
        rows = [
            (reason, count_text(number))
            for reason, number in sorted(observed.rejects.items(), key=lambda r: (-r[1], r[0]))
        ]
        parts.append(table_of(Table("Rejected rows by reason; of such a row only number, column and reason are kept",
                                    ("Reason", "Rows#"), rows)))  # fmt: skip
    if observed.cannot_show:
        parts += [
            element("h3", "What this log cannot show"),
            bullets([f"{sentence(gap.text)} {sentence(gap.ask_for)}" for gap in observed.cannot_show]),
        ]
    if observed.cautions:
        parts += [element("h3", "Cautions"), bullets([sentence(caution) for caution in observed.cautions])]
    parts.append(_mapping(observed))
    return Section("evidence", title, join(parts))
