"""Which practices of high-performance work does this diagnosis call for, and what are they worth trying at?

A catalogue, the reasons that a diagnosis gives for some of its entries, what to avoid, and the candidates that a search
may choose. Practices act through ability, motivation and opportunity only. It does not measure what came of one.
"""

from longwall.alignment.practices.advice import Advice, Avoid, Bundle, Other, Reason, Recommended
from longwall.alignment.practices.drafting import LEVER, drafts
from longwall.alignment.practices.effects import cost_of, effect_of, model_of, prior_of
from longwall.alignment.practices.entries import (
    DIMENSIONS,
    INTENSITIES,
    UNFIT,
    Catalogue,
    Clash,
    Costs,
    Dimension,
    Intensity,
    Look,
    Match,
    Paper,
    PracticeEntry,
    Prior,
    Trap,
    Unfit,
    UserPractices,
)
from longwall.alignment.practices.reading import GROUP, catalogue_of, plugged_in, practices_of, shipped
from longwall.alignment.practices.recommend import recommend
from longwall.alignment.practices.signs import KINDS, TRAITS, Sign, roles_at, signs_of

__all__ = [
    "DIMENSIONS",
    "GROUP",
    "INTENSITIES",
    "KINDS",
    "LEVER",
    "TRAITS",
    "UNFIT",
    "Advice",
    "Avoid",
    "Bundle",
    "Catalogue",
    "Clash",
    "Costs",
    "Dimension",
    "Intensity",
    "Look",
    "Match",
    "Other",
    "Paper",
    "PracticeEntry",
    "Prior",
    "Reason",
    "Recommended",
    "Sign",
    "Trap",
    "Unfit",
    "UserPractices",
    "catalogue_of",
    "cost_of",
    "drafts",
    "effect_of",
    "model_of",
    "plugged_in",
    "practices_of",
    "prior_of",
    "recommend",
    "roles_at",
    "shipped",
    "signs_of",
]
