"""Methods and parameters: what was done, in which order, and every number that went in with its evidence tag."""

from __future__ import annotations

from longwall import __version__
from longwall.report.markup import Content, Markup, Table, clean, element, join, table_of
from longwall.report.material import Material
from longwall.report.numbers import FOOTINGS, estimate_of, mark, number
from longwall.report.sections.section import Section, lead, more
from longwall.report.words import GLOSSARY, counted
from longwall.worksystem import Distribution, Footing, Parameter, WorkSystem, numbers_in

__all__ = ["methods_section"]

MOST_ROWS = 400
"""Rows of the parameter table; what is beyond stands in worksystem.yaml, and the page says how many."""

_TAGS = {
    "R": "read in the source named",
    "K": "known from the literature",
    "K?": "in the literature, doubtful",
    "C": "computed",
    "M": "a modelling choice",
}
_STEPS = (
    ("ingest", "Rows are read once, times brought to UTC, persons replaced by keyed pseudonyms; bad rows go to a table "
     "of rejects with a reason each."),
    ("discover", "A work system is fitted to the log: functions, flow, demand by hour of week, roles as groups, "
     "durations. The last weeks are hidden, forecast and compared."),
    ("networks", "Handovers are counted between teams and roles. What is claimed of the people in them must be rare "
     "where people are dealt out again among like events, after correction for all tests."),
    ("simulate", "The system is compiled to an event simulation and run many times with different luck; intervals are "
     "over replications."),
    ("assess", "Variances are found in traces, what follows what is estimated with a model that separates difficult "
     "cases from effects, and the key variances follow from the matrix. “Follows” never means “causes”."),
    ("align", "Changes that answer the findings are combined and searched on the simulator, technical × social × cost, "
     "under common luck. Every figure shown comes from fresh runs that the search had not used."),
    ("plan", "The chosen changes are put in order with a solver: what rests on what, budget, people’s time."),
)  # fmt: skip


def _source(material: Material, path: str, value: Parameter | Distribution) -> str:
    """From what a parameter was estimated; the line of its nearest parent where it has none of its own."""
    keys = path.split(".")
    for end in range(len(keys), 0, -1):
        known = material.provenance.get(".".join(keys[:end]))
        if known:
            return clean(known)
    return clean(value.source) or _TAGS[value.tag]


def _parameters(material: Material, system: WorkSystem) -> Content:
    """The table of parameters, routes apart."""
    every = [(number.path, number.value) for number in numbers_in(system)]
    share: dict[Footing, int] = dict.fromkeys(FOOTINGS, 0)
    for _, value in every:
        share[value.footing] += 1
    untouched = [(path, value) for path, value in every if value.footing == "assumed" and not value.source]
    told = [entry for entry in every if entry not in untouched]
    plain = [entry for entry in told if ".routes." not in entry[0]]
    routes = [entry for entry in told if ".routes." in entry[0]]
    words = (
        f"The model holds {counted(len(every), 'parameter')}: {share['counted']} counted, {share['fitted']} fitted, "
        f"{share['assumed']} assumed."
    )
    return [
        element("p", words),
        _table(material, f"Parameters with a source ({len(plain)})", plain),
        _table(material, f"Routes ({len(routes)})", routes),
        _table(material, f"Assumed without a source: defaults of the model ({len(untouched)})", untouched),
    ]


def _table(material: Material, title: str, entries: list[tuple[str, Parameter | Distribution]]) -> Markup | None:
    """One table of parameters, opened on demand."""
    if not entries:
        return None
    rows: list[tuple[Content, ...]] = [
        (element("code", path), number(estimate_of(value)), value.tag, _source(material, path, value))
        for path, value in entries[:MOST_ROWS]
    ]
    rest = len(entries) - len(rows)
    note = f"; {rest} more stand in worksystem.yaml" if rest > 0 else ""
    table = Table(
        f"Path in worksystem.yaml, value with interval and footing, evidence tag, from what{note}",
        ("Parameter", "Value#", "Tag", "From"),
        rows,
    )
    return more(title + (f", {MOST_ROWS} shown" if rest > 0 else ""), table_of(table, class_="dense"))


def methods_section(material: Material) -> Section:
    """Return the section on methods and parameters."""
    parts: list[Content] = [
        lead(
            "What was done, in this order. Every step can be run again from the study’s folder and gives the same bits."
        ),
        element(
            "ol",
            [element("li", element("code", material.command(step)), ": ", text) for step, text in _STEPS],
        ),
        element("h3", "Footing of a number"),
        element(
            "ul",
            [
                element("li", mark(footing), " ", element("b", footing), f": {text}.")
                for footing, text in FOOTINGS.items()
            ],
        ),
        element("p", "A counted number is exact. Intervals of the others are 95% intervals, in brackets."),
    ]
    if material.system is not None:
        parts += [
            element("h3", "Parameters and their evidence"),
            element("p", "Evidence tags: ", "; ".join(f"{tag}: {text}" for tag, text in _TAGS.items()), "."),
            _parameters(material, material.system),
        ]
    parts += [
        element("h3", "Terms"),
        more("Terms of the method in plain words",
             element("dl", [join(element("dt", name), element("dd", text)) for name, text in sorted(GLOSSARY.items())],
                     class_="pairs")),
        element("h3", "To have it again"),
        element("p", f"Longwall {__version__}, seed {material.seed}. Each result names the hash of every input."),
        _stamps(material),
    ]  # fmt: skip
    return Section("methods", "Methods and parameters", join(parts))


def _stamps(material: Material) -> Markup | None:
    """Hashes of what each result was computed from."""
    rows: list[tuple[Content, ...]] = [
        (step, name, element("code", str(value)))
        for step, inputs in material.stamps.items()
        for name, value in sorted(inputs.items())
    ]
    if not rows:
        return None
    return more(
        "Hashes of the inputs of each step", table_of(Table("Inputs of each step", ("Step", "Input", "Hash"), rows))
    )
