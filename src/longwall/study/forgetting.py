"""Forget: remove one person from every file of a study, and make the results again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from longwall import evidence
from longwall.errors import EvidenceError, Fault, LongwallError, StudyError
from longwall.study.folder import Study
from longwall.study.ingesting import recorded
from longwall.study.loop import COMPUTING, no_bars
from longwall.study.merging import edited_by_people
from longwall.study.reporting import REPORT
from longwall.study.results import load
from longwall.study.step import Outcome, Progress, run_step, silent

__all__ = ["CANNOT_UNDO", "Forgotten", "forget"]

CANNOT_UNDO = (
    "Reports, exports and copies that were given away before still stand; ask for them back, or for their deletion.",
    "The tool from which the log was exported still holds the person, and so do logs outside the folder of the study; "
    "a log that is read again stays without the person.",
    "Versions in a backup or in git history still hold the person until they are deleted.",
)
"""What no command can take back."""


@dataclass(frozen=True)
class Forgotten:
    """What became of a person in a study.

    Parameters
    ----------
    files : tuple of str
        Files that held the person and were written anew, relative to the study.
    steps : tuple of Outcome
        Results that were made again.
    notes : tuple of str
        What forgetting cannot undo.
    """

    files: tuple[str, ...]
    steps: tuple[Outcome, ...]
    notes: tuple[str, ...] = CANNOT_UNDO


def forget(study: Study, person: str, *, bar: Callable[[str], Progress] = no_bars) -> Forgotten:
    """Remove one person from a study: store, labels, model, results, texts; then make the results again.

    The person stays out when the same export is read again. A run that was interrupted is finished by running it again.

    Parameters
    ----------
    study : Study
    person : str
        The name as the source writes it, or the pseudonym.

    Returns
    -------
    Forgotten

    Raises
    ------
    EvidenceError
        LW-EV-052: nobody of that name or pseudonym is in the study; LW-EV-181, LW-EV-182: a file that cannot be
        searched or rewritten. Nothing was changed.
    StudyError
        LW-ST-030: a file is named after the person. Nothing was changed.
    """
    key = evidence.load_key()
    hidden = evidence.hidden_of(key, person)
    with study.alone():
        progress = bar("forget")
        progress(0.0, "looking for the person")
        _clear_leftovers(study)
        own, used = evidence.pseudonyms_of(study.store, hidden)
        every = [evidence.Mentions(one, _names(study, person, one, key), key) for one in used]
        in_store = [one for one in used if study.store.is_file() and evidence.knows_person(study.store, one, key)]
        held = list(dict.fromkeys(path for mentions in every for path in _holding(study, mentions)))
        if not in_store and not held:
            raise EvidenceError(
                Fault("LW-EV-052", str(study.path), "a person this study knows", "nobody under this name and key",
                      "write the name as the source does, and use the key of the ingest (LONGWALL_KEY)")
            )  # fmt: skip
        for mentions in every:
            _check_rewritable(study, mentions, [path for path in held if mentions.mentioned(path)])
        progress(0.2, "removing the person")
        made = [step for step in COMPUTING if load(study, step.name) is not None]
        ours = study.system.is_file() and not edited_by_people(study)
        for one in own:
            evidence.add_forgotten(study.store, one, key)
        for one in in_store:
            if evidence.knows_person(study.store, one, key):  # else it went with another name of the person
                evidence.forget(study.store, one, key)
        for path in held:
            for mentions in every:
                if mentions.mentioned(path):
                    mentions.rewritten(path)
        if ours and not study.discovered.is_file() and study.result("discover").is_file():
            study.result("discover").unlink()
            study.system.unlink()
        progress(0.5, "making the results again")
        study = Study.open(study.path)
        recorded(study)
        steps = [run_step(study, step, bar(step.name), again=True) for step in made]
        steps.append(run_step(study, REPORT, silent, again=True))
        progress(1.0, "done")
    names = [path.relative_to(study.path).as_posix() for path in held]
    if in_store:
        names.insert(0, study.store.name)
    return Forgotten(tuple(names), tuple(steps))


_READERS: Mapping[str, Callable[..., frozenset[str]]] = {
    "": evidence.names_in,
    "log": evidence.names_in,
    "alerts": evidence.names_in_alerts,
    "organisation": evidence.names_in_staff,
    "indicators": lambda path, beside, mapping: frozenset(),
    "survey": lambda path, beside, mapping: frozenset(),
}


def _clear_leftovers(study: Study) -> None:
    """Delete what killed commands left half written; it may hold anything."""
    for path in study.path.rglob(".*.part"):
        path.unlink(missing_ok=True)


def _names(study: Study, person: str, hidden: str, key: bytes) -> list[str]:
    """How the sources write the person; a source that is gone or damaged is passed over."""
    found = [] if person == hidden else [person]
    for source in study.file.evidence:
        path = study.source_path(source)
        if not source.file or not path.is_file():
            continue
        try:
            known = _READERS[source.kind](path, study.store, mapping=source.mapping)
        except LongwallError:
            continue
        found += sorted(name for name in known if evidence.pseudonym(key, name) == hidden and name not in found)
    return found


def _holding(study: Study, mentions: evidence.Mentions) -> list[Path]:
    """The files of a study, other than its store, that hold the person."""
    apart = {study.store.name, f"{study.store.name}.wal", ".running", evidence.LIST_NAME}
    figures = study.report / "figures"
    files = [
        path
        for path in sorted(study.path.rglob("*"))
        if path.is_file()
        and ".git" not in path.relative_to(study.path).parts
        and not (path.parent == study.path and path.name in apart)
        and not (path.parent == figures and path.suffix == ".png")
    ]
    return [path for path in files if mentions.mentioned(path)]


def _check_rewritable(study: Study, mentions: evidence.Mentions, held: list[Path]) -> None:
    """Refuse, before anything is changed, what could not be finished."""
    named = [
        path.relative_to(study.path).as_posix()
        for path in sorted(study.path.rglob("*"))
        if mentions.without(path.name) != path.name
    ]
    named += [source.file for source in study.file.evidence if mentions.without(source.file) != source.file]
    if named:
        raise StudyError(
            Fault("LW-ST-030", str(study.path), "file names without the person", f"{len(named)} that hold the person",
                  "rename them, also under `evidence` in study.yaml, and forget the person again")
        )  # fmt: skip
    mentions.check_rewritable(held)
