"""Decide: the design space as a file that people read and edit, drafted from the findings, read back by `align`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from longwall import alignment
from longwall.alignment.automation import Opportunities
from longwall.errors import Fault, LongwallError, StudyError
from longwall.provenance import Stamp, write_bytes
from longwall.study.assessing import findings_of
from longwall.study.folder import Study
from longwall.study.practising import practice_drafts, practices_hash
from longwall.study.results import load, optional_hash, stamp_of
from longwall.study.simulating import needs_system, system_of
from longwall.worksystem import Finding, WorkSystem
from longwall.worksystem.yamlfile import read_piece, write_piece

__all__ = ["Decided", "check_decisions", "decide", "opportunities_of", "space_of", "stale"]


@dataclass(frozen=True)
class Decided:
    """What `decide` wrote.

    Parameters
    ----------
    path : Path
        ``decisions.yaml``.
    space : DesignSpace
        What it holds now.
    added, gone, yours : tuple of Id
        Decisions and choices that are new, that went because no finding asks for them any more, and that people had
        added, changed or taken out, which stays.
    kept : bool
        Whether a file stood already.
    """

    path: Path
    space: alignment.DesignSpace
    added: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    yours: tuple[str, ...] = ()
    kept: bool = False


def decide(study: Study, *, automation: bool = False) -> Decided:
    """Draft ``decisions.yaml`` from the findings of now; what people wrote into it stays.

    Parameters
    ----------
    automation : bool
        Draft what `automate` found as well. Once such a choice stands in the file, it is drafted each time.

    Raises
    ------
    StudyError
        LW-ST-004 where there is no work system or no assessment yet, or no opportunities of this model.
    WorkSystemError
        With every fault of the file that stands; nothing is written then.
    """
    if stamp_of(study, "assess") is None:
        why = needs_system(study) or "run `longwall assess STUDY` first"
        raise StudyError(Fault("LW-ST-004", str(study.path), "a result of `assess`", "none yet", why))
    with study.alone():
        wanted = automation or _from_automation(study)
        draft = _drafted(study, system_of(study), findings_of(study), opportunities_of(study) if wanted else None)
        text = alignment.decisions_text(draft)
        if not study.decisions.is_file():
            added = tuple(one.id for one in draft.decisions)
            return _written(study, text, Decided(study.decisions, draft, added))
        last = alignment.DesignSpace()
        if study.drafted_decisions.is_file():
            last = read_piece(study.drafted_decisions, alignment.DesignSpace)
        yours = read_piece(study.decisions, alignment.DesignSpace)
        both = alignment.joined(last, yours, draft)
        done = Decided(study.decisions, both.space, both.added, both.gone, both.yours, kept=True)
        untouched = study.drafted_decisions.is_file() and (
            study.decisions.read_bytes() == study.drafted_decisions.read_bytes()
        )
        if untouched:
            return _written(study, text, done)
        write_piece(study.decisions, both.space)
        write_bytes(study.drafted_decisions, text.encode())
        return done


def space_of(study: Study, system: WorkSystem, findings: Sequence[Finding]) -> alignment.DesignSpace:
    """Return the design space of ``decisions.yaml`` where it stands, else the draft of now, which is not written.

    Answers to findings that no simulation carries are those of the file and, where findings are newer, of now.

    Raises
    ------
    WorkSystemError, AlignmentError
        With every fault of the file, by line.
    """
    draft = _drafted(study, system, findings)
    if not study.decisions.is_file():
        return draft
    space = alignment.read_decisions(study.decisions, system, {finding.id for finding in findings})
    known = {one.id for one in space.by_judgement}
    more = tuple(one for one in draft.by_judgement if one.id not in known)
    return space.model_copy(update={"by_judgement": (*space.by_judgement, *more)})


def check_decisions(study: Study) -> None:
    """Read ``decisions.yaml``, against the model and the findings where those can be read.

    Raises
    ------
    WorkSystemError, AlignmentError
        With every fault of the file, by line.
    """
    try:
        system, findings = system_of(study), findings_of(study)
    except LongwallError:  # said where those files are read
        read_piece(study.decisions, alignment.DesignSpace)
        return
    alignment.read_decisions(study.decisions, system, {finding.id for finding in findings})


def stale(study: Study, space: alignment.DesignSpace) -> tuple[str, ...]:
    """Say that the decisions were drafted from other findings, or from another model, than those of now."""
    if not space.drafted_from or space.drafted_from == _hash(study):
        return ()
    return ("decisions.yaml was drafted from earlier findings or another model: `longwall decide STUDY` adds what is "
            "new and keeps what you wrote",)  # fmt: skip


def _drafted(
    study: Study, system: WorkSystem, findings: Sequence[Finding], automation: Opportunities | None = None
) -> alignment.DesignSpace:  # fmt: skip
    practices = practice_drafts(study, system)
    return alignment.draft_decisions(
        system, findings, practices=practices, automation=automation, drafted_from=_hash(study)
    )


def _from_automation(study: Study) -> bool:
    """Whether the last draft held opportunities for automation, so that the next one keeps to it."""
    if not study.drafted_decisions.is_file():
        return False
    last = read_piece(study.drafted_decisions, alignment.DesignSpace)
    named = [*(choice.id for one in last.decisions for choice in one.choices), *(one.id for one in last.by_judgement)]
    return any(name.startswith(("automate.", "judge.automate.")) for name in named)


def opportunities_of(study: Study) -> Opportunities:
    """Return what `automate` found for the work system as it is now.

    Raises
    ------
    StudyError
        LW-ST-004: it was not looked for yet, or for another model.
    """
    result = load(study, "automate")
    found = None if result is None else Opportunities.model_validate(result)
    if found is None or found.base_hash != system_of(study).hash:
        what = "none yet" if found is None else "those of another model"
        raise StudyError(
            Fault("LW-ST-004", str(study.path), "opportunities for automation", what,
                  f"run `longwall automate {study.path}` first")
        )  # fmt: skip
    return found


def _hash(study: Study) -> str:
    """Hash of the work system and the findings."""
    findings = stamp_of(study, "assess") or "none"
    inputs = {"system": optional_hash(study.system), "findings": findings, **practices_hash(study)}
    return Stamp("decide", inputs, study.file.seed).key


def _written(study: Study, text: str, done: Decided) -> Decided:
    """Write the draft and remember it: killed in between, the next draft counts the file as people's."""
    write_bytes(study.decisions, text.encode())
    write_bytes(study.drafted_decisions, text.encode())
    return done
