"""What happens next? The compiled event loop over tables of records; it knows arrays and random streams only."""

from longwall.simulation.kernel.growth import Begin, change_model, grow, new_state
from longwall.simulation.kernel.layout import DONE, GROW, TICK, Model, State
from longwall.simulation.kernel.loop import advance
from longwall.simulation.kernel.tables import opened

__all__ = ["DONE", "GROW", "TICK", "Begin", "Model", "State", "advance", "change_model", "grow", "new_state", "opened"]
