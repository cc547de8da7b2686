"""Steps 4 and 5: variances with their key set, and what those who should control them lack."""

from __future__ import annotations

from longwall.assessment.control.gaps_result import VarianceGaps
from longwall.assessment.matrix.judgement_result import VERDICTS
from longwall.assessment.results import ControlRow, VarianceMatrix
from longwall.assessment.statement import times_text
from longwall.assessment.steps.known import Draft, Known, grouped, range_text, weakest
from longwall.assessment.steps.result import Artefact, Need

__all__ = ["gaps_step", "key_variances", "variances_step"]

_OUT = 0.1


def key_variances(matrix: VarianceMatrix | None) -> tuple[str, ...]:
    """Return the variances that belong to the key set of some column, firmly or not."""
    if matrix is None:
        return ()
    return tuple(row.id for row in matrix.variances if row.membership.best != "out")


def variances_step(known: Known) -> Draft:
    """Return step 4: what goes otherwise than wanted, and the few that carry most of the loss."""
    draft, system, assessed = Draft(), known.system, known.assessed
    draft.needs.append(Need(what="variances in the model, or a log", there=bool(system and system.variances)
                            or known.has_log, how="`variances` in worksystem.yaml, or `longwall ingest`"))  # fmt: skip
    draft.needs.append(Need(what="an assessment", there=assessed is not None, how="`longwall assess STUDY`"))
    if assessed is None or assessed.matrix is None:
        draft.missing.append("no variance is named, and none was found")
        return draft
    matrix = assessed.matrix
    controls = {row.variance: row for row in assessed.controls if row.source == matrix.source}
    exported = {one.variance: one.kind for one in assessed.boundaries.exported
                if one.source == matrix.source}  # fmt: skip
    rows = []
    for row in matrix.variances:
        control = controls.get(row.id)
        rows.append(
            (row.name, "" if row.rate_per_week is None else f"{row.rate_per_week:.4g}",
             control.origin if control else "", grouped(control.seen_at) if control else "",
             grouped(control.controlled_at) if control else "", f"{row.uncontrolled:.0%}",
             row.membership.best, exported.get(row.id, ""))
        )  # fmt: skip
    keys = key_variances(matrix)
    source = "learned from the log" if matrix.source == "log" else "as judged in the model"
    draft.artefact = Artefact(
        value=f"{len(rows)} variances {source}, {len(matrix.edges)} that lead to another; key set: {grouped(keys)}",
        columns=("variance", "per week", "arises at", "seen at", "controlled at", "uncontrolled", "key set", "gets to"),
        rows=tuple(rows),
        footing=matrix.footing,
    )
    if matrix.source == "log":
        draft.found.append(f"{len(matrix.variances)} kinds of variance in the log, {grouped(keys)} key")
    _judged(known, draft)
    _spoken(known, draft)
    return draft


def _judged(known: Known, draft: Draft) -> None:
    """Lay the variances of the model beside those of the log, and say what each lacks."""
    system, assessed = known.system, known.assessed
    if system is None or assessed is None:
        return
    if system.variances:
        draft.judged.append(f"{len(system.variances)} variances in the model")
    for said, names in (
        ("nothing that can see it", [v.id for v in system.variances if not v.detections]),
        ("no control", [v.id for v in system.variances if v.control is None]),
        ("no probability", [v.id for v in system.variances if v.error is None and v.probability.value == 0]),
    ):
        if names:
            draft.missing.append(f"variances with {said}: {grouped(names)}")
    runaway = [name for group in assessed.matrix.runaway for name in group] if assessed.matrix else []
    if runaway:
        draft.missing.append(f"as it stands these feed each other without end, so no loss is known: {grouped(runaway)}")
    borderline = (
        [r.id for r in assessed.matrix.variances if r.membership.best == "borderline"] if assessed.matrix else []
    )
    if borderline:
        draft.missing.append(f"whether these are key cannot be told from what is known: {grouped(borderline)}")
    learned, judged = assessed.matrix, assessed.judged
    if learned is None or judged is None or learned.source != "log":
        return
    kind = {v.id: v.kind for v in system.variances}
    keys = {kind[name] or name for name in key_variances(judged) if name in kind}
    found = {row.id for row in learned.variances}
    strong = set(key_variances(learned))
    for said, names in (
        ("key by judgement, and not in the log", sorted(keys & found - strong)),
        ("key in the log, and not by judgement", sorted(strong - keys)),
        ("in the model, and never found in the log",
         sorted(v.id for v in system.variances if v.kind and v.kind not in found)),
    ):  # fmt: skip
        if names:
            draft.disagree.append(f"{said}: {grouped(names)}")
    _origins(known, draft)


def _spoken(known: Known, draft: Draft) -> None:
    """Lay what groups judged of the matrix beside each other, and beside the traces."""
    assert known.assessed is not None
    elicited = known.assessed.elicited
    if elicited is not None:
        draft.judged.append(f"{times_text(len(elicited.views), 'group has', 'groups have')} judged the matrix")
        contested = [f"{cell.cause} to {cell.effect}" for cell in elicited.contested]
        if contested:
            draft.disagree.append(f"groups contradict each other on {grouped(contested)}")
    for verdict in ("more than seen", "less than seen", "not spoken of"):
        cells = [f"{one.cause} to {one.effect}" for one in known.assessed.comparison if one.verdict == verdict]
        if cells:
            draft.disagree.append(f"{VERDICTS[verdict]}: {grouped(cells)}")
    untold = [one for one in known.assessed.comparison if one.verdict == "cannot tell"]
    if untold:
        cases = max(one.needed_cases for one in untold)
        needs = f"; it would take about {cases:,} cases" if cases else ""
        draft.missing.append(
            f"the log cannot tell {times_text(len(untold), 'cell', 'cells')} that people judged{needs}"
        )


def _origins(known: Known, draft: Draft) -> None:
    """Say where the log shows that a variance arises or is controlled elsewhere than people say."""
    assert known.system is not None and known.assessed is not None
    log = {row.variance: row for row in known.assessed.controls if row.source == "log"}
    for variance in known.system.variances:
        row = log.get(variance.kind)
        one_of_kind = sum(v.kind == variance.kind for v in known.system.variances) == 1
        if row is None or not one_of_kind or row.origin in ("unknown", variance.origin):
            continue
        draft.disagree.append(f"{variance.id} arises at {variance.origin} by judgement, and at {row.origin} in the log")


def gaps_step(known: Known) -> Draft:
    """Return step 5: what each controller of a key variance lacks."""
    draft, assessed = Draft(), known.assessed
    matrix = assessed.matrix if assessed is not None else None
    keys = key_variances(matrix)
    draft.needs.append(Need(what="key variances", there=bool(keys), how="step 4"))
    draft.needs.append(
        Need(what="roles with authority, information and skills", how="step 3",
             there=bool(known.system and any(r.authority or r.informed_of for r in known.system.social.roles)))
    )  # fmt: skip
    if assessed is None or matrix is None or not keys:
        draft.missing.append("which variances are key is not known, so nobody can be held against them")
        return draft
    if assessed.gaps:
        _from_gaps(assessed.gaps, draft)
    rows = [row for row in assessed.controls if row.source == matrix.source and row.variance in keys]
    if draft.artefact is None:
        _from_controls(rows, matrix, draft)
    short = [one for one in assessed.boundaries.support if one.bottleneck]
    if short:
        most = grouped(f"{one.by} at {one.function}: {one.bottleneck}" for one in short)
        draft.judged.append(f"what falls short most: {most}")
    draft.found += [
        f"{row.name}: {row.exported.value:.0%} of {row.occurrences:,} left uncontrolled"
        for row in rows
        if row.source == "log" and row.exported is not None and row.exported.value >= _OUT
    ]
    return draft


def _from_gaps(gaps: tuple[VarianceGaps, ...], draft: Draft) -> None:
    """Every variance with every controller: capacity, bottleneck, what must be asked."""
    rows = [
        (one.name, one.direction, by.id, "today" if by.today else "could",
         f"{by.capacity_low:.2g} to {by.capacity_high:.2g}" if by.capacity_low < by.capacity_high
         else f"{by.capacity_high:.2g}", by.bottleneck, grouped(by.ask))
        for one in gaps
        for by in one.controllers
    ]  # fmt: skip
    short = [f"'{one.name}'" for one in gaps if one.today and all(by.bottleneck for by in one.today)]
    held = f"{times_text(len(gaps), 'variance', 'variances')} held against {len(rows)} possible controllers"
    draft.artefact = Artefact(
        value=f"{held}; who controls today falls short at {grouped(short) or 'none'}",
        columns=("variance", "direction", "controller", "controls", "capacity", "bottleneck", "to be asked"),
        rows=tuple(rows),
        footing="counted" if all(gap.have.source == "log" for one in gaps for by in one.controllers for gap in by.gaps)
        else "assumed",
    )  # fmt: skip
    alone = [one.name for one in gaps if not one.today]
    if alone:
        draft.missing.append(f"who should control it is not stated: {grouped(alone)}")
    nobody = [one.name for one in gaps if one.nobody]
    if nobody:
        draft.missing.append(f"nobody has anything of what control of these needs: {grouped(nobody)}")
    asked = dict.fromkeys(f"{what} of {by.id}" for one in gaps for by in one.today for what in by.ask)
    if asked:
        draft.missing.append(f"neither model nor log says, ask: {grouped(asked)}")


def _from_controls(rows: list[ControlRow], matrix: VarianceMatrix, draft: Draft) -> None:
    """The control table, where no gap could be worked out: the log shows variances that the model does not name."""
    lacking = [row for row in rows if row.lacks]
    draft.artefact = Artefact(
        value=f"{len(lacking)} of {times_text(len(rows), 'key variance', 'key variances')} lack a condition of control",
        columns=("variance", "controlled by", "information", "authority", "h available", "h needed", "lacks"),
        rows=tuple(_gap(row) for row in rows),
        footing=weakest([matrix.footing, "assumed"] if matrix.source == "judgement" else [matrix.footing]),
    )
    blind = [row.name for row in rows if row.information == "unknown" and row.authority == "unknown"]
    if blind:
        draft.missing.append(f"who should control it is not stated: {grouped(blind)}")
    untimed = [row.name for row in rows if row.available_h is None or row.needed_h is None]
    if untimed:
        draft.missing.append(f"time available or needed for control: {grouped(untimed)}")


def _gap(row: ControlRow) -> tuple[str, ...]:
    """One row of the table of gaps."""
    return (
        row.name, grouped(row.controlled_by) or "nobody" if row.source == "judgement" else grouped(row.controlled_by),
        row.information, row.authority, range_text(row.available_h), range_text(row.needed_h), grouped(row.lacks),
    )  # fmt: skip
