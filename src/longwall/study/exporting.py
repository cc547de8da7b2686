"""Export: the log of a study, or its socio-technical graph, as a file that other tools read; no person in it."""

from __future__ import annotations

from pathlib import Path

from longwall import assessment, evidence
from longwall.errors import Fault, StudyError, suggestion
from longwall.evidence.privacy import PSEUDONYM
from longwall.provenance import write_bytes
from longwall.study.folder import Study
from longwall.study.retaining import needs_log
from longwall.study.simulating import needs_system, system_of
from longwall.study.stepping import assessment_of

__all__ = ["export_graph", "export_log"]


def export_log(study: Study, path: Path) -> int:
    """Write the log of a study; the ending of the path chooses the format.

    Parameters
    ----------
    study : Study
        After `longwall ingest`.
    path : pathlib.Path
        Ends in ``.csv``, ``.csv.gz``, ``.parquet``, ``.xes``, ``.xes.gz``, ``.json`` or ``.xml`` (OCEL 2.0).

    Returns
    -------
    int
        Events written.

    Raises
    ------
    StudyError
        LW-ST-004: there is no log.
    EvidenceError, StorageError
        If the ending is unknown, or the disk refuses.
    """
    reason = needs_log(study)
    if reason is not None:
        raise StudyError(Fault("LW-ST-004", str(study.path), "a log to export", "none", reason))
    log = evidence.read_log(study.store)
    evidence.write_log(log, path, links=evidence.read_links(study.store))
    return log.n_events


def export_graph(study: Study, path: Path, form: str) -> assessment.Graph:
    """Write the socio-technical graph of a study: functions, roles, teams, components, variances and their links.

    Counts from evidence stand in it where the study was assessed with a log and the model has not changed since.

    Parameters
    ----------
    form : str
        ``graphml``, ``mermaid`` or ``csv``.

    Raises
    ------
    StudyError
        LW-ST-004: there is no model. LW-ST-066: no such format. LW-ST-067: the model names a person of the log.
    StorageError
        If the disk refuses; a file that is there is left as it was.
    """
    forms = assessment.GRAPH_FORMATS
    if form not in forms:
        near = suggestion(form, forms)
        raise StudyError(
            Fault("LW-ST-066", "--graph", f"one of {', '.join(forms)}", repr(form),
                  f"use {near!r}" if near else "name one of these")
        )  # fmt: skip
    reason = needs_system(study)
    if reason is not None:
        raise StudyError(Fault("LW-ST-004", str(study.path), "a model to export", "none", reason))
    system = system_of(study)
    assessed = assessment_of(study, system.hash)
    if assessed is None:
        graph = assessment.graph_of(system)
    else:
        graph = assessment.graph_of(system, boundaries=assessed.boundaries, counts=assessed.counts)
    _refuse_persons(study, graph)
    write_bytes(path, forms[form](graph).encode())
    return graph


def _refuse_persons(study: Study, graph: assessment.Graph) -> None:
    """Refuse a graph whose model names a person of the log; pseudonyms count as names."""
    kinds = [str(node.kind) for node in graph.nodes if PSEUDONYM.search(f"{node.name} {node.id}")]
    if not kinds and evidence.has_log(study.store):
        key = evidence.load_key()
        if evidence.names_person(study.store, " . ".join(f"{node.name} . {node.id}" for node in graph.nodes), key):
            kinds = ["name or an id"]
    if kinds:
        raise StudyError(
            Fault("LW-ST-067", str(study.system), "a model that names no person", f"a person named in a {kinds[0]}",
                  "rename it in worksystem.yaml; `longwall forget` removes a person from every file")
        )  # fmt: skip
