"""Which picture shows a result? Altair specifications and one drawing of its own; each with its sentence and table.

It computes no result; it draws what it is given.
"""

from longwall.report.figures.drawing import Figure, drawn, figure_block, write_figure
from longwall.report.figures.week import arrivals_figure

__all__ = ["Figure", "arrivals_figure", "drawn", "figure_block", "write_figure"]
