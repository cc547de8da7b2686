"""Privacy: drafts of the notice to staff and of the impact assessment, from what this study really reads and shows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from longwall import evidence
from longwall.errors import Fault, LongwallError, StudyError
from longwall.provenance import Stamp, hash_of_file, write_bytes
from longwall.study.folder import PURPOSE, Study
from longwall.study.groups import SmallGroups, small_groups
from longwall.study.privacy_texts import impact_assessment, notice
from longwall.study.results import load, save

__all__ = ["ColumnUse", "Drafted", "Facts", "draft_privacy", "facts_of"]

FOLDER = "privacy"

_PERSONS = ("resource",)
_USES = {
    "case": "the number of the item",
    "activity": "what was done",
    "time": "when",
    "start": "when work began",
    "end": "when it ended",
    "resource": "who did it",
    "team": "the team",
    "status": "the state of the item",
    "lifecycle": "begin or end of a step",
    "instance": "which begin belongs to which end",
    "priority": "the priority of the item",
    "category": "the kind of item",
    "due": "when the item is due",
    "agreement": "whether the agreement was met",
    "sequence": "the order of saves",
    "field": "which field changed",
    "old_value": "its value before",
    "new_value": "its value after",
    "times": "moments in the life of the item",
    "keep": "an attribute of the item, kept on purpose",
}


@dataclass(frozen=True)
class ColumnUse:
    """One column of a log and what becomes of it.

    Parameters
    ----------
    file, column : str
    use : str
        What it is read as; empty where it is dropped.
    stored : {"as it is", "as keyed pseudonyms", "not"}
    """

    file: str
    column: str
    use: str
    stored: str


@dataclass(frozen=True)
class Facts:
    """What the drafts are made of.

    Parameters
    ----------
    study, purpose, question, consultation : str
    columns : tuple of ColumnUse
    gone : tuple of str
        Logs whose header could not be read any more, so that columns that were dropped are not listed.
    people, teams, items : int
        As counted.
    period : tuple of str
        First and last time in the log, ISO.
    groups : SmallGroups
        Teams and steps of fewer than five.
    measures_items, measures_people : tuple of str
        What is computed, of items and of groups of people.
    retention_months : int
    deleted : tuple of str
        Notices of what was deleted.
    files : tuple of tuple of str
        Other evidence: file and kind.
    """

    study: str
    purpose: str
    question: str
    consultation: str
    columns: tuple[ColumnUse, ...]
    gone: tuple[str, ...]
    people: int
    teams: int
    items: int
    period: tuple[str, str]
    groups: SmallGroups
    measures_items: tuple[str, ...]
    measures_people: tuple[str, ...]
    retention_months: int
    deleted: tuple[str, ...]
    files: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Drafted:
    """Where the drafts are.

    Parameters
    ----------
    written : tuple of Path
    beside : tuple of Path
        New drafts that stand beside a file which people have edited since.
    """

    written: tuple[Path, ...]
    beside: tuple[Path, ...]


def draft_privacy(study: Study) -> Drafted:
    """Write ``privacy/notice.md`` and ``privacy/impact-assessment.md``; a file that people edited is never overwritten.

    Raises
    ------
    StudyError
        LW-ST-033: no log was read yet.
    """
    with study.alone():
        facts = facts_of(study)
        texts = {"notice.md": notice(facts), "impact-assessment.md": impact_assessment(facts)}
        known = (load(study, "privacy") or {}).get("written", {})
        written, beside, hashes = [], [], {}
        for name, text in texts.items():
            path = study.path / FOLDER / name
            if path.is_file() and known.get(name) != hash_of_file(path):
                hashes[name] = known.get(name, "")
                path = path.with_name(f"{path.stem}.new.md")
                beside.append(path)
            else:
                written.append(path)
            write_bytes(path, text.encode())
            if path.name == name:
                hashes[name] = hash_of_file(path)
        save(study, "privacy", Stamp("privacy", {}, study.file.seed), {"written": hashes})
    return Drafted(tuple(written), tuple(beside))


def facts_of(study: Study) -> Facts:
    """Return what the drafts are made of: the mapping as it is, and what is computed from it.

    Raises
    ------
    StudyError
        LW-ST-033: no log was read yet.
    """
    from longwall.study.retaining import notices

    observed = load(study, "ingest")
    if observed is None:
        raise StudyError(
            Fault("LW-ST-033", str(study.path), "a log that was read, for the drafts to tell of", "none yet",
                  f"`longwall ingest {study.path} FILE` first")
        )  # fmt: skip
    columns, gone = _columns(study)
    forecast = load(study, "simulate") or {"indicators": []}
    names = sorted({(one["column"], one["name"] or one["id"]) for one in forecast["indicators"]})
    consultation = study.file.consultation
    return Facts(
        study=study.file.name or study.file.id,
        purpose=PURPOSE,
        question=study.file.question,
        consultation=" ".join(part for part in (consultation.informed, consultation.on) if part),
        columns=columns,
        gone=gone,
        people=int(observed["resources"]),
        teams=int(observed["teams"]),
        items=int(observed["cases"]),
        period=(str(observed["first"])[:10], str(observed["last"])[:10]),
        groups=small_groups(evidence.read_log(study.store)) if evidence.has_log(study.store) else SmallGroups((), ()),
        measures_items=tuple(name for column, name in names if column == "technical"),
        measures_people=tuple(name for column, name in names if column == "social"),
        retention_months=study.file.retention_months,
        deleted=notices(study),
        files=tuple((source.file or source.url, source.kind or "log") for source in study.file.evidence),
    )


def _columns(study: Study) -> tuple[tuple[ColumnUse, ...], tuple[str, ...]]:
    """Every column of every log and what becomes of it; and logs whose header is gone."""
    found: list[ColumnUse] = []
    gone: list[str] = []
    for log in study.logs:
        path = study.source_path(log)
        mapping = evidence.Mapping.model_validate(log.mapping)
        header: tuple[str, ...] = ()
        try:
            guess = evidence.guess_mapping(path, told=mapping)
            header, mapping = guess.columns, guess.mapping
        except (LongwallError, OSError):
            gone.append(path.name)
        used = mapping.columns()
        for column in (*used, *(name for name in header if name not in used)):
            role = used.get(column, "")
            stored = "not" if not role else "as keyed pseudonyms" if role in _PERSONS else "as it is"
            found.append(ColumnUse(path.name, column, _USES.get(role, role), stored))
    return tuple(found), tuple(gone)
