"""Four trade-offs by simulation, and today's place on each."""

__all__: list[str] = []
