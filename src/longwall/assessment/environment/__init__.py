"""What a work system must live with: constraints, controls, forces."""

__all__: list[str] = []
