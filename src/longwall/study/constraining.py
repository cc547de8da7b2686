"""Bring constraints: controls of a catalogue or baseline, bound to functions and roles of the study's model."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from longwall.assessment import Selected, Selection, known_controls, proposed, read_oscal, resolve_controls
from longwall.errors import AssessmentError, Fault, suggestion
from longwall.study.folder import Study
from longwall.study.shown import Shown
from longwall.study.simulating import system_of
from longwall.worksystem import Constraint, WorkSystem, sound
from longwall.worksystem.yamlfile import write_system

__all__ = ["Bound", "bring_constraints"]

_WHOLE = frozenset({"highest_level", "lowest_level", "least_people"})
_ONE = frozenset({"requires_role", "least_drills_per_year"})
_FIELDS = (*sorted(_WHOLE | _ONE), "fixed", "forbids_roles", "functions", "passes", "separates")


@dataclass(frozen=True)
class Bound:
    """What `bring_constraints` found and wrote.

    Parameters
    ----------
    shown : Shown
        Controls that bear on who does what, with what may be meant in this model.
    written : tuple of str
        Ids of the constraints that were written into ``worksystem.yaml``.
    without_text : tuple of str
        Ids that a profile selects and no given catalog has.
    """

    shown: Shown
    written: tuple[str, ...] = ()
    without_text: tuple[str, ...] = ()


def bring_constraints(
    study: Study, files: Sequence[Path] = (), *, baseline: str = "", select: Sequence[str] = (),
    bind: Sequence[str] = (),
) -> Bound:  # fmt: skip
    """Show the controls that bear on who does what, and write those that are bound into ``worksystem.yaml``.

    Parameters
    ----------
    files : sequence of Path
        OSCAL catalogs and profiles in JSON; none: the small table that ships with Longwall.
    baseline : str
        Of the table that ships: only what this baseline holds; empty: all, practices of service management included.
    select : sequence of str
        Ids of controls; none: all.
    bind : sequence of str
        Such as ``ac-5:separates=approve,apply-change``; several fields of one constraint are joined by ``;``.

    Raises
    ------
    AssessmentError
        LW-AS-080 to LW-AS-083 for a file, LW-AS-084 for an id that is not selected, LW-AS-085 for a text that binds
        nothing, LW-AS-086 for a baseline that the table does not have.
    WorkSystemError
        If a function or role is not in the model; nothing is written.
    """
    selection = resolve_controls([read_oscal(path) for path in files]) if files else _shipped(baseline)
    known = {control.id: control for control in selection.controls}
    _check_known([*select, *(text.partition(":")[0] for text in bind)], known)
    system = system_of(study)
    chosen = [control for control in selection.controls if not select or control.id in select]
    if bind:
        with study.alone():
            wanted = system
            for text in bind:
                wanted = _with(wanted, _constraint(wanted, known[text.partition(":")[0]], text, selection))
            sound(wanted)
            write_system(study.system, wanted)
        written = [one.id for one in wanted.environment.constraints[len(system.environment.constraints) :]]
        system = wanted
    else:
        written = []
    shown = _shown(system, chosen, selection, whole=not select)
    return Bound(shown, tuple(written), selection.without_text)


def _shipped(baseline: str) -> Selection:
    """Return the table that ships as a selection."""
    table, sources = known_controls()
    titles = {source.id: source.title for source in sources}
    held = {name for control in table.values() for name in control.baselines}
    if baseline and baseline not in held:
        near = suggestion(baseline, held)
        raise AssessmentError(
            Fault("LW-AS-086", "--baseline", f"one of {', '.join(name for name in titles if name in held)}",
                  repr(baseline), f"use {near!r}" if near else "name one of these")
        )  # fmt: skip
    return Selection(
        controls=tuple(
            Selected(id=one.id, title=one.title, known=one, profiles=(titles[baseline],) if baseline else ())
            for one in table.values()
            if not baseline or baseline in one.baselines
        ),
        sources=("the table that ships with Longwall",),
    )


def _check_known(wanted: Iterable[str], known: dict[str, Selected]) -> None:
    """Refuse ids that are not selected, all at once."""
    faults = []
    for name in dict.fromkeys(wanted):
        if name not in known:
            near = suggestion(name.lower(), known)
            do = f"use {near!r}" if near else "look at the list without --select"
            faults.append(Fault("LW-AS-084", "longwall constraints", "the id of a selected control", repr(name), do))
    if faults:
        raise AssessmentError(*faults)


def _with(system: WorkSystem, constraint: Constraint) -> WorkSystem:
    """Return the system with one constraint more."""
    environment = system.environment
    return system.model_copy(
        update={
            "environment": environment.model_copy(update={"constraints": (*environment.constraints, constraint)}),
        }
    )


def _constraint(system: WorkSystem, control: Selected, text: str, selection: Selection) -> Constraint:
    """Return the constraint that a text binds."""
    told: dict[str, Any] = {}
    parts = [part for part in text.partition(":")[2].split(";") if part.strip()]
    for part in parts:
        key, equals, value = (one.strip() for one in part.partition("="))
        if not equals or key not in _FIELDS or not value:
            near = suggestion(key, _FIELDS)
            do = f"use {near!r}" if near and near != key else "write such as ac-5:separates=approve,change"
            raise _unbound(text, f"one of {', '.join(_FIELDS)}, =, and what it is", repr(part.strip()), do)
        if key in _WHOLE | _ONE:
            told[key] = int(value) if key in _WHOLE and value.isdecimal() and len(value) < 9 else value
        else:
            told[key] = tuple(one.strip() for one in value.split(",") if one.strip())
    if not parts:
        raise _unbound(text, "at least one field, such as separates=approve,change", "none", "say what it binds")
    taken = {one.id for one in system.environment.constraints}
    name = next(name for name in (control.id, *(f"{control.id}-{k}" for k in range(2, 10_000))) if name not in taken)
    ours = control.id.startswith("sm-")
    where = ", ".join(control.profiles) or ("" if ours else "NIST Special Publication 800-53 Revision 5")
    source = "Service-management practice" if ours else f"{where}, {control.id.upper()}"
    try:
        return Constraint(
            id=name, control=control.id, kind="organisational" if ours else "regulatory",
            source=f"{source}: {control.title}" if control.title else source,
            why=control.known.asks if control.known else f"{control.id.upper()} {control.title}".strip(), **told,
        )  # fmt: skip
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(step) for step in first["loc"]) or "the fields"
        raise _unbound(text, f"a fitting value of {key}", repr(first.get("input")), first["msg"]) from error


def _unbound(text: str, expected: str, found: str, do: str) -> AssessmentError:
    return AssessmentError(Fault("LW-AS-085", f"--bind {text!r}", expected, found, do))


def _shown(system: WorkSystem, controls: Sequence[Selected], selection: Selection, *, whole: bool) -> Shown:
    """Return the table of controls that bear on the model; asked for by id, the others as well."""
    bound: dict[str, list[str]] = {}
    for one in system.environment.constraints:
        if one.control:
            bound.setdefault(one.control, []).append(one.id)
    rows = []
    for control in controls:
        known = control.known
        if known is None:
            if not whole:
                rows.append((control.id, control.title, "nothing on who does what that Longwall knows", "", "", "", ""))
            continue
        meant = proposed(system, known)
        functions = list(dict.fromkeys([*meant["words"], *meant["after"]]))
        binds = ", ".join(f"{key}: {value}" for key, value in known.binds.items())
        reading = "" if known.reading == "text" else " (as often applied)"
        rows.append(
            (control.id, control.title, known.asks + reading, binds, ", ".join(functions),
             ", ".join(bound.get(control.id, ())) or "no", "; ".join(control.set_to))
        )  # fmt: skip
    bearing = sum(control.known is not None for control in selection.controls)
    notes = [
        f"{len(selection.controls)} selected by {'; '.join(selection.sources)}; {bearing} bear on who does what",
        *selection.cautions,
        "bind one to your functions and roles, such as: longwall constraints STUDY --bind ac-5:separates=ONE,OTHER",
        "what may be meant is read off names only; a constraint is a reading of a control: check it with your auditors",
    ]
    columns = ("control", "title", "asks", "binds", "may be meant", "bound", "set by the profile")
    return Shown("Controls that bear on who does what", columns, rows, notes)
