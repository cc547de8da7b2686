"""Sentences of a specification."""

from __future__ import annotations

from collections.abc import Sequence

from longwall.alignment.space import Space
from longwall.alignment.specification.eliminate import Kind, Settled, Step
from longwall.alignment.specification.explain import Branch, leaves
from longwall.alignment.specification.results import Choice, Specified
from longwall.worksystem import Estimate

__all__ = ["said_of", "said_of_all", "said_of_tree"]

_GOOD = 0.9
"""Share of a leaf from which it is said that designs stay near the front."""


def said_of(kind: Kind, choices: Sequence[Choice], level: int, step: Step, epsilon: float) -> str:
    """Say of one decision what is to be done with it and why."""
    others = [choice for at, choice in enumerate(choices) if at != level]
    if kind == "fix":
        do = f"do “{choices[level].title}”" if level else f"leave out “{choices[1].title}”" + _more(len(choices) - 2)
        if not step.sure:
            return f"{do}: it could not be shown that it can be free"
        return f"{do}: otherwise one in twenty completions lies {step.far:.0%} of the front’s range or more behind it"
    named = choices[level] if level else choices[1]
    begin = f"“{named.title}”" + _more(len(choices) - 2)
    if kind == "yours":
        return f"{begin}: yours, both ways stay within {epsilon:.0%}" if len(choices) == 2 else (
            f"{begin}: yours, all {len(choices)} ways stay within {epsilon:.0%}"
        )  # fmt: skip
    most = max(others, key=lambda one: max(abs(one.technical.value), abs(one.social.value), 1e-12 * abs(one.cost)))
    what = f"“{most.title}”" if most.intervention else "leaving it out"
    return f"{begin}: yours, but it chooses where you land; {what} moves {_moves(most)}"


def _more(count: int) -> str:
    return f" and {count} more like it" if count > 0 else ""


def _moves(choice: Choice) -> str:
    """Say which way a choice moves the three sides; what is not beyond noise is left out."""
    parts = []
    for name, side in (("technical", choice.technical), ("social", choice.social)):
        if _beyond(side):
            parts.append(f"the {name} side {abs(side.value):.1%} {'better' if side.value < 0 else 'worse'}")
    if choice.cost:
        parts.append(f"cost by {choice.cost:+,.0f}")
    return ", ".join(parts) or "nothing beyond noise alone, but something together with other decisions"


def _beyond(side: Estimate) -> bool:
    return not side.low <= 0.0 <= side.high


def said_of_all(specified: Sequence[Specified], found: Settled) -> str:
    """Say the whole in one sentence."""
    fixed = sum(one.kind == "fix" for one in specified)
    slides = sum(one.kind == "slides" for one in specified)
    share = f"{found.inside:.0%} of random completions stay within {found.epsilon:.0%} of the front"
    if not fixed:
        return f"Nothing must be fixed: {share}; {slides} of {len(specified)} decisions choose where on it one lands."
    return (
        f"{fixed} of {len(specified)} decisions must be fixed; then {share}, whatever is chosen for the other "
        f"{len(specified) - fixed}, of which {slides} choose where on it one lands."
    )


def said_of_tree(tree: Branch, space: Space, epsilon: float) -> tuple[str, ...]:
    """Say in words where designs stay near the front: the leaves of the tree, the best first."""
    found = leaves(tree)
    if len(found) == 1:
        return ()
    said = []
    for path, leaf in found:
        words = " and ".join(_asked(space, *question) for question in path)
        lead = "As long as" if leaf.share >= _GOOD else "Where"
        said.append(f"{lead} {words}, {leaf.share:.0%} of {leaf.count} designs drawn stay within {epsilon:.0%}.")
    return tuple(said)


def _asked(space: Space, place: int, level: int, stands: bool) -> str:
    """Say one question of the tree with its answer."""
    decision = space.decisions[place]
    title = space.interventions[decision.choices[max(0, level - 1)]].title
    if level == 0:
        what = f"“{title}”" + (" or its like" if len(decision.choices) > 1 else "")
        return f"{what} is left out" if stands else f"{what} is done"
    return f"“{title}” is done" if stands else f"“{title}” is not done"
