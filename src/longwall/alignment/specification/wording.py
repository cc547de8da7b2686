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
_JAM, _JAMMED = 10.0, "worse by more than ten times today's level"
"""Shift of a side from which work jams: the model tells no more of it than that."""
_GOOD = 0.9
"""Share of a leaf from which it is said that designs stay near the front."""


def said_of(kind: Kind, choices: Sequence[Choice], level: str | None, step: Step, epsilon: float) -> str:
    """Say of one decision what is to be done with it and why.

    Parameters
    ----------
    choices : sequence of Choice
        Those that can be had.
    level : str or None
        Intervention that the design takes.
    """
    own = next(choice for choice in choices if choice.intervention == level)
    others = [choice for choice in choices if choice is not own]
    if kind == "follows":
        return f"{_does(own)}: nothing else can be had beside what is fixed"
    if kind == "fix":
        if not step.sure:
            do = _does(own) if level else f"leave it as it is: not {_either(others)}"
            return f"{do}; what was simulated does not show that it may be left open, so keep it for now"
        known = "; ".join(f"{_way(choice)}: {_moves(choice)}" for choice in others if _measured(choice))
        return f"{_does(own)}; against it, {known}" if known else (
            f"{_does(own)}; left open, one in twenty ways to decide the rest ends {step.far:.0%} of a range behind"
        )  # fmt: skip
    if kind == "yours":
        dearer = max(choice.cost for choice in choices)
        price = f"; up to {dearer:,.0f} dearer, from the purse" if dearer > 0.0 else ""
        return f"as you like: {_either(choices)}; {_all(len(choices))} stay within {epsilon:.0%}{price}"
    ways = [f"{_way(choice)}: {_moves(choice)}" for choice in others]
    return f"as you like, but it chooses where you land; against {_way(own)}, " + "; ".join(ways)


def _does(choice: Choice) -> str:
    return f"do “{choice.title}”" if choice.intervention else "leave it as it is"


def _measured(choice: Choice) -> bool:
    """Whether it is known at all what a choice moves: by less than a whole of today's level."""
    return all(side.high - side.low < 1.0 for side in (choice.technical, choice.social))


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
            change = f"{abs(side.value):.1%} {'better' if side.value < 0 else 'worse'}"
            parts.append(f"{name} side {change if side.value < _JAM else _JAMMED}")
    if choice.cost:
        parts.append(f"{abs(choice.cost):,.0f} {'dearer' if choice.cost > 0 else 'cheaper'}")
    return ", ".join(parts) or "nothing beyond noise alone, but something together with other decisions"


def _beyond(side: Estimate) -> bool:
    """Whether a shift is beyond noise, and not a trifle."""
    return not side.low <= 0.0 <= side.high and abs(side.value) >= _TRIFLE


def said_of_all(specified: Sequence[Specified], found: Settled, settled: int = 0, *, known: bool = False) -> str:
    """Say the whole in a few sentences.

    Parameters
    ----------
    settled : int
        Decisions that people had settled.
    known : bool
        Whether the front is that of a search.
    """
    fixed = [one for one in specified if one.kind == "fix"]
    unsure = sum(not one.sure for one in fixed)
    count, sure = len(specified), len(fixed) - unsure
    follows = sum(one.kind == "follows" for one in specified)
    slides = sum(one.kind == "slides" for one in specified)
    own = count - len(fixed) - follows
    near = f"{found.inside:.0%} of random completions stay within {found.epsilon:.0%} of the front"
    near += " that the search found" if known else ""
    near += f", within a purse of {found.purse:,.0f}" if found.purse and own else ""
    said = [f"{sure} of {count} decisions must be fixed" if sure else f"None of {count} decisions must be fixed"]
    if own:
        lands = f", and {slides} of them {'chooses' if slides == 1 else 'choose'} where on the front one lands"
        said.append(f"{own} {'is' if own == 1 else 'are'} the team's own: {near}{lands if slides else ''}")
    if unsure:
        stay = "stays as the design has it" if unsure == 1 else "stay as the design has them"
        it = "it" if unsure == 1 else "they"
        said.append(f"{unsure} {stay}, as nothing shows yet that {it} may be left open")
    if follows:
        rest = "leaves" if follows == 1 else "leave"
        said.append(f"{follows} {rest} no choice beside what is fixed")
    before = f" {settled} more {'was' if settled == 1 else 'were'} settled by you before." if settled else ""
    whole = "Nothing here must be fixed: " + "; ".join(said[1:]) if not fixed and own else "; ".join(said)
    return f"{whole}.{before}"


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
        others = len(decision.choices) - 1
        ways = f" or one of {others} other ways" if others > 1 else " or another way" if others else ""
        return f"“{title}”{ways} is {'left out' if stands else 'done'}"
    return f"“{title}” is done" if stands else f"“{title}” is not done"
