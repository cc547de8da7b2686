"""What a survey observed: social indicators with intervals, and every item by group of five or more."""

from __future__ import annotations

from longwall.evidence import SocialLevel, SurveyRow, social_indicators
from longwall.report.markup import Content, Markup, Table, element, join, table_of
from longwall.report.material import Material
from longwall.report.numbers import amount_text, mark, number
from longwall.report.sections.section import more
from longwall.report.words import counted
from longwall.worksystem import Estimate

__all__ = ["level_name", "level_number", "observed_text", "survey_part"]


def level_name(level: SocialLevel) -> str:
    """Return what an indicator is called, with the ends of its scale."""
    return f"{level.name}, {level.scale_low:g} to {level.scale_high:g}"


def level_number(level: SocialLevel) -> Markup:
    """Return the level of a social indicator with its interval."""
    return number(Estimate(value=level.value, low=level.low, high=level.high, footing="counted"))


def observed_text(material: Material) -> str:
    """Return in a sentence who answered when."""
    most = max(level.n for level in material.levels)
    waves = sorted({level.wave for level in material.levels if level.wave})
    return f"The social side was observed by a survey ({counted(most, 'answer')}{', ' + waves[-1] if waves else ''})."


def survey_part(material: Material) -> Content:
    """Return the tables of a survey; nothing where none was read."""
    if material.survey is None:
        return None
    parts: list[Content] = [element("h3", "The social side, as a survey observed it")]
    if material.levels:
        rows: list[tuple[Content, ...]] = [
            (
                level_name(level),
                level_number(level),
                str(level.n),
                "–" if level.before is None else amount_text(level.before),
                f"{level.better} is better",
            )
            for level in material.levels
        ]
        caption = "Means with 95% intervals; rounded so that nobody’s answer can be worked out"
        heads = ("Indicator, scale", "Mean#", "Answers#", "Wave before#", "Read as")
        parts.append(table_of(Table(caption, heads, rows)))
    items = [_row(row) for row in material.survey.rows]
    columns = ("Item", "Group", "Wave", "Answers#", "Mean#", "Scale", "Measures")
    table = table_of(Table("Groups of five or more", columns, items), class_="dense")
    parts.append(more(f"Every item by group ({len(items)})", table))
    return join(*parts)


def _row(row: SurveyRow) -> tuple[Content, ...]:
    """One item of one group."""
    value = Estimate(value=row.mean, low=row.low, high=row.high, footing="counted")
    measures = social_indicators()[row.indicator].name if row.indicator else "not known"
    shown = join(measures, " (turned)") if row.turned else measures
    scale = f"{row.scale_low:g} to {row.scale_high:g}"
    mean = join(number(value, marked=False), " ", mark("counted"))
    return (row.item, row.group or "all", row.wave or "–", str(row.n), mean, scale, shown)
