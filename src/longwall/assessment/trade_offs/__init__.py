"""Four trade-offs by simulation, and today's place on each."""
