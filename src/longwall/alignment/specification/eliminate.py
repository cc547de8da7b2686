"""Which decisions must be fixed? Screening, a covering front, then elimination backward with fresh completions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from longwall.alignment.specification.inquiry import CELL, Gate, Inquiry, Progress
from longwall.alignment.specification.problem import Effort, Genes, Problem, completions
from longwall.alignment.specification.screening import complete, nearest, place_on_front, screen
from longwall.alignment.specification.settled import Settled, Step, gathered
from longwall.streams import generator

__all__ = ["settle"]

_WRONG = 0.05
"""Chance that any decision at all is left free although it must not be (one-sided, over all tests: Bonferroni)."""
_DOUBTED = 4
"""Look from which a decision is freed that is near only if a trade is one that noise does not yet bear out: one that is
none has mostly vanished by then, as the completions have grown sixteenfold."""
_LOOKS = 2
"""Looks in a row that must show a decision to be beyond epsilon."""
_PASSES = 3
"""How often a decision is asked again that could not be told, while there is something left to spend."""


def settle(
    problem: Problem, *, epsilon: float, least: NDArray[np.float64], seed: int, chosen: Genes | None = None,
    effort: Effort | None = None, progress: Progress | None = None,
) -> Settled:  # fmt: skip
    """Return the smallest set of decisions found that keeps 95% of the completions of the rest within epsilon.

    Parameters
    ----------
    epsilon : float
        Distance from the front that is still good enough, as a share of the front's range on each side (see
        `from_front`), > 0.
    least : ndarray, shape (3,)
        Least range of each side, in its own unit, > 0.
    seed : int
        The same seed gives the same bits.
    chosen : ndarray of int, shape (decisions,), optional
        Design whose levels the fixed decisions take; default: the design in the middle of the front.

    Notes
    -----
    The front is that of the whole space; the levels are those of one design on it. So a decision that trades one side
    against another is free, but chooses where one lands, and a decision that only wastes is fixed.

    What the surrogate would free is tested together, with completions drawn and simulated for that test; then every
    other decision alone, the least important first, beside all that are free by then. Freed is that for which the
    distance that 95% of completions keep is within epsilon beyond noise, at 5% over all tests together. Freeing more
    never takes completions away, so what is freed together could be freed one by one, and what fails stays fixed.
    The set is minimal: none of it can be freed alone; that no other set is smaller is not shown.
    """
    effort = effort or Effort()
    start = np.zeros(len(problem.sizes), dtype=np.int64) if chosen is None else chosen
    work = Inquiry(Gate(problem), epsilon, least, effort, seed, start, progress)
    given = work.chosen.copy() if chosen is not None else None
    screen(work, given)
    place_on_front(work, given)
    complete(work)
    place_on_front(work, given)
    steps = _eliminate(work, given)
    return gathered(work, given, steps)


def _eliminate(work: Inquiry, given: Genes | None) -> list[Step]:
    """Test every decision, the least important first; return the steps in their order.

    Where no design was given, the one stood on moves with the front as it is better known.
    """
    left = [place for place, size in enumerate(work.problem.sizes) if size > 1]
    z = float(-ndtri(_WRONG / max(1, _PASSES * (len(left) + 1))))
    steps: list[Step] = []
    for number in range(_PASSES):
        steps = _passed(work, given, steps, left, z, number)
        left = [step.decision for step in steps if not (step.freed or step.sure)]
        if not left or work.spent >= work.most:
            break
        steps = [step for step in steps if step.freed or step.sure]
    return steps


def _passed(
    work: Inquiry, given: Genes | None, before: list[Step], left: list[int], z: float, number: int
) -> list[Step]:  # fmt: skip
    """Test some decisions beside those that are free; return all steps, those of before first.

    A pass after the first one asks again what the one before could not tell: by then the front is better known, and
    tests of other decisions have taught about these.
    """
    free = [place for place, size in enumerate(work.problem.sizes) if size == 1]
    free += [step.decision for step in before if step.freed]
    steps = [*before, *_together(work, given, free, left, z, number)]
    while True:
        done = {step.decision for step in steps}
        free += [step.decision for step in steps if step.freed and step.decision not in free]
        left = [place for place in left if place not in done]
        if not left:
            return steps
        if given is None and work.own(work.chosen) > CELL * work.epsilon:
            work.chosen = nearest(work, work.chosen)
        rng = work.rng("order", number, len(steps))
        far = {
            place: work.far(completions(work.problem, work.chosen, [*free, place], work.effort.drawn, rng))
            for place in left
        }
        steps.append(_tested(work, free, min(left, key=lambda one: (far[one], one)), z, number, len(steps)))


def _together(
    work: Inquiry, given: Genes | None, free: list[int], left: list[int], z: float, number: int
) -> list[Step]:  # fmt: skip
    """Test at once all that the surrogate would free; return their steps, or none where they cannot be freed together.

    What is asked shrinks and grows with what the fresh completions teach, and so does where one stands.
    """
    done = 0
    for attempt in range(work.effort.attempts):
        group = work.freeable(free, left, work.rng("group", number, attempt))
        if len(group) < 2:
            return []
        done += _fresh(work, [*free, *group], attempt, number, "together")
        if work.own(work.chosen) > work.epsilon:
            place_on_front(work, given)
            continue
        group = work.freeable(free, group, work.rng("group", number, attempt, 1))
        while len(group) > 1:
            far, error, shown = work.reach(
                work.drawn([*free, *group], work.rng("asked")), work.rng("draws", number, attempt)
            )
            if shown + z * error <= work.epsilon and work.shown(group):
                found = (True, True, far, max(0.0, far - z * error), far + z * error, done, len(group))
                return [Step(place, *found) for place in group]
            if not work.shown(group) or far <= 0.8 * work.epsilon:
                break
            group.pop()
        if work.spent >= work.most:
            break
    return []


def _fresh(work: Inquiry, free: list[int], attempt: int, *purpose: str | int) -> int:
    """Simulate fresh completions, as many batches as all attempts before; learn from them; return how many."""
    done = 0
    for part in range(1 << max(0, attempt - 1)):
        if part and work.spent >= work.most:
            break
        rng = generator(work.seed, "specification", "fresh", *purpose, attempt, part)
        done += work.measure(
            completions(work.problem, work.chosen, free, work.effort.batch, rng), work.effort.replications
        )
    work.learn()
    return done


def _tested(work: Inquiry, free: list[int], place: int, z: float, *number: int) -> Step:
    """Test one decision with fresh completions until the answer is beyond noise or the attempts are used up.

    What is far beyond noise before any is simulated stays fixed without; else it must be so at two looks, as what was
    selected looks larger than it is.
    """
    done, looks, free = 0, 0, [*free, place]
    asked = work.drawn(free, work.rng("asked", *number))
    far, error, shown = work.reach(asked, work.rng("draws", *number))
    if far - 2.0 * z * error > work.epsilon or work.spent >= work.most:
        return _step(work, place, far, z * error, done, freed=False)
    for attempt in range(work.effort.attempts):
        done += _fresh(work, free, attempt, *number)
        asked = work.drawn(free, work.rng("asked", *number))
        far, error, shown = work.reach(asked, work.rng("draws", *number, attempt))
        near, beyond = far + z * error <= work.epsilon, shown + z * error <= work.epsilon
        if near and work.shown([place]) and (beyond or attempt >= _DOUBTED or work.spent >= work.most):
            return _step(work, place, far, z * error, done, freed=True)
        looks = looks + 1 if far - z * error > work.epsilon else 0
        if looks >= _LOOKS or work.spent >= work.most:
            break
    return _step(work, place, far, z * error, done, freed=False)


def _step(work: Inquiry, place: int, far: float, half: float, done: int, *, freed: bool) -> Step:
    """Return a step; where one does not stand near the front oneself, nothing is sure to be far from it."""
    sure = freed or (far - half > work.epsilon and work.own(work.chosen) <= work.epsilon)
    return Step(place, freed, sure, far, max(0.0, far - half), far + half, done)
