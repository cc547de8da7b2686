"""What crosses teams, organisations and the line between people and machines; what supports what; the graph."""

__all__: list[str] = []
