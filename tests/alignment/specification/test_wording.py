"""What is said of a decision that must be fixed."""

from __future__ import annotations

import pytest

from longwall.alignment.specification.results import Choice
from longwall.alignment.specification.settled import Step
from longwall.alignment.specification.wording import said_of
from longwall.worksystem import Estimate


def share(value: float, half: float) -> Estimate:
    return Estimate(value=value, low=value - half, high=value + half, unit="share", footing="assumed")


@pytest.mark.parametrize(
    ("shift", "half", "told"),
    [
        (0.101, 0.01, "technical side 10.1% worse"),
        (-0.03, 0.01, "technical side 3.0% better"),
        (292.9, 0.4, "technical side worse by more than ten times today's level"),
        (0.02, 0.05, "nothing beyond noise alone"),
    ],
)
def test_the_other_way_is_told_as_far_as_the_model_knows_it(shift: float, half: float, told: str) -> None:
    """Caught when a jam was told as 29288.8% worse."""
    own = Choice(intervention="a", title="do it", technical=share(0, 0), social=share(0, 0), cost=0.0)
    other = Choice(intervention=None, title="leave it", technical=share(shift, half), social=share(0, 0.1), cost=0.0)
    said = said_of("fix", (own, other), "a", Step(0, False, True, 0.3, 0.2, 0.4, 50), 0.05)
    assert told in said and "Leave it" not in said.split(";")[0]
