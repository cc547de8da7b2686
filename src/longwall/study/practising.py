"""Practices of a study: the catalogue with what the user adds, what the diagnosis recommends, and its candidates."""

from __future__ import annotations

from collections.abc import Mapping

from longwall.alignment import load_costs
from longwall.alignment.practices import Advice, Catalogue, catalogue_of, drafts, practices_of, recommend, shipped
from longwall.assessment import support_of
from longwall.provenance import hash_of_value
from longwall.study.assessing import findings_of
from longwall.study.folder import Study
from longwall.study.stepping import assessment_of
from longwall.worksystem import Intervention, WorkSystem

__all__ = ["advice_of", "catalogue_in", "practice_drafts", "practices_hash"]


def catalogue_in(study: Study) -> tuple[Catalogue, str]:
    """Return the catalogue with plug-ins and ``practices.yaml`` of the study, and the kind of organisation it names.

    Raises
    ------
    AlignmentError, WorkSystemError
        Every fault of the file, by line; a plug-in that cannot be loaded.
    """
    if not study.practices.is_file():
        return catalogue_of(), ""
    base = catalogue_of()
    return catalogue_of(study.practices), practices_of(study.practices, base).context


def advice_of(study: Study, system: WorkSystem) -> Advice:
    """Return what the findings of a study call for; an assessment of another model counts for its findings only."""
    catalogue, context = catalogue_in(study)
    found = assessment_of(study, system.hash)
    gaps, support = ((), support_of(system)) if found is None else (found.gaps, found.boundaries.support)
    return recommend(system, findings_of(study), catalogue, gaps=gaps, support=support, context=context)


def practice_drafts(study: Study, system: WorkSystem) -> tuple[Intervention, ...]:
    """Return the recommended practices as candidates of the search."""
    catalogue, context = catalogue_in(study)
    advice = advice_of(study, system)
    return tuple(drafts(system, (), load_costs(), advice=advice, catalogue=catalogue, context=context))


def practices_hash(study: Study) -> Mapping[str, str]:
    """Return the hash of what is added to the catalogue; nothing where nothing is, or where it cannot be read."""
    catalogue, context = catalogue_in(study)
    if catalogue == shipped() and not context:
        return {}
    return {"practices": hash_of_value({"catalogue": catalogue.model_dump(mode="json"), "context": context})}
