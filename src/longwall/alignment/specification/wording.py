"""Sentences of a specification."""

from __future__ import annotations

from collections.abc import Sequence

from longwall.alignment.space import Space
from longwall.alignment.specification.explain import Branch, leaves
from longwall.alignment.specification.results import Choice, Specified
from longwall.alignment.specification.settled import Kind, Settled, Step
from longwall.worksystem import Estimate

__all__ = ["said_of", "said_of_all", "said_of_noise", "said_of_settled", "said_of_tree"]

_TRIFLE = 0.0005
"""Shift of a side that rounds to 0.0%: not told."""
_GOOD = 0.9
"""Share of a leaf from which it is said that designs stay near the front."""


def said_of(kind: Kind, choices: Sequence[Choice], level: int, step: Step, epsilon: float) -> str:
    """Say of one decision what is to be done with it and why."""
    if kind == "fix":
        do = f"do “{choices[level].title}”" if level else f"leave it as it is: not {_either(choices[1:])}"
        if not step.sure:
            return f"{do}; what was simulated does not show that it may be left open, so keep it for now"
        return f"{do}; left open, one in twenty ways to decide the rest ends {step.far:.0%} of a range or more behind"
    if kind == "yours":
        return f"as you like: {_either(choices)}; {_all(len(choices))} stay within {epsilon:.0%}"
    ways = [f"{_way(choice)}: {_moves(choice)}" for at, choice in enumerate(choices) if at != level]
    return f"as you like, but it chooses where you land; against {_way(choices[level])}, " + "; ".join(ways)


def said_of_settled(question: str, title: str | None, today: str, because: str, *, held: bool) -> str:
    """Say of a decision that people settled what they settled and why.

    Parameters
    ----------
    title : str or None
        Of the choice; None: it is left as it is.
    held : bool
        Whether every completion has it; else the environment refuses it.
    """
    way = f"“{title}”" if title else f"it is left as it is{f' ({today})' if today else ''}"
    why = f", because {because.rstrip('.')}" if because else ""
    said = f"{question} Settled by you: {way}{why}"
    return said if held else f"{said}; but as things stand it cannot be had, so no completion has it"


def _way(choice: Choice) -> str:
    """Name one way to decide."""
    return f"“{choice.title}”" if choice.intervention else "leaving it as it is"


def _either(choices: Sequence[Choice]) -> str:
    """Name ways to decide, one or another."""
    named = [f"“{choice.title}”" if choice.intervention else "leave it as it is" for choice in choices]
    return named[0] if len(named) == 1 else f"{', '.join(named[:-1])} or {named[-1]}"


def _all(count: int) -> str:
    return "both" if count == 2 else f"all {count}"


def _moves(choice: Choice) -> str:
    """Say which way a choice moves the three sides; what is not beyond noise is left out."""
    parts = []
    for name, side in (("technical", choice.technical), ("social", choice.social)):
        if _beyond(side):
            parts.append(f"{name} side {abs(side.value):.1%} {'better' if side.value < 0 else 'worse'}")
    if choice.cost:
        parts.append(f"{abs(choice.cost):,.0f} {'dearer' if choice.cost > 0 else 'cheaper'}")
    return ", ".join(parts) or "nothing beyond noise alone, but something together with other decisions"


def _beyond(side: Estimate) -> bool:
    """Whether a shift is beyond noise, and not a trifle."""
    return not side.low <= 0.0 <= side.high and abs(side.value) >= _TRIFLE


def said_of_all(specified: Sequence[Specified], found: Settled, settled: int = 0) -> str:
    """Say the whole in a few sentences.

    Parameters
    ----------
    settled : int
        Decisions that people had settled.
    """
    fixed = [one for one in specified if one.kind == "fix"]
    unsure = sum(not one.sure for one in fixed)
    slides, count = sum(one.kind == "slides" for one in specified), len(specified)
    share = f"{found.inside:.0%} of random completions stay within {found.epsilon:.0%} of the front"
    before = f" {settled} more {'was' if settled == 1 else 'were'} settled by you before." if settled else ""
    lands = f"{slides or 'none'} of them {'chooses' if slides == 1 else 'choose'} where on it one lands"
    if not fixed and not slides:
        whole = (
            f"Nothing here must be fixed: all {count} decisions are the team's own; however they are decided, {share}, "
            "and none moves a side by more than that"
        )
        return f"{whole}.{before}"
    if not fixed:
        return f"Nothing here must be fixed: all {count} decisions are the team's own; {share}; {lands}.{before}"
    stay = "stays" if unsure == 1 else "stay"
    shown = f"; {unsure} more {stay} as the design has them, as nothing shows yet that they may be left open"
    shown = shown if unsure else ""
    rest = f"the other {count - len(fixed)} are the team's own: {share}, {lands}" if count > len(fixed) else (
        "nothing is left open"
    )  # fmt: skip
    sure = len(fixed) - unsure
    return f"{sure or 'None'} of {count} decisions must be fixed{shown}; {rest}.{before}"


def said_of_noise(found: Settled) -> str:
    """Say how noisy one replication was against what counts as near, and how many that asks for."""
    technical, social, _ = found.noise
    return (
        f"chance moves one replication of a design against another under the same luck by {technical:.1%} of the range "
        f"(technical) and {social:.1%} (social), so about {found.needed:,} show {found.epsilon:.0%} in every decision"
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
        many = "none" if leaf.share == 0.0 else "all" if leaf.share == 1.0 else f"{leaf.share:.0%}"
        said.append(f"{lead} {words}: {many} of {leaf.count} designs drawn stay within {epsilon:.0%}.")
    return tuple(said)


def _asked(space: Space, place: int, level: int, stands: bool) -> str:
    """Say one question of the tree with its answer."""
    decision = space.decisions[place]
    title = space.interventions[decision.choices[max(0, level - 1)]].title
    if level == 0:
        every = [f"“{space.interventions[name].title}”" for name in decision.choices]
        if stands:
            return f"{every[0]} is left out" if len(every) == 1 else f"none of {', '.join(every)} is done"
        return f"{' or '.join(every)} is done"
    return f"“{title}” is done" if stands else f"“{title}” is not done"
