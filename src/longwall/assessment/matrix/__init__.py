"""Which variance leads to which, what each costs, and which few carry most of it: judged, learned, side by side."""

__all__: list[str] = []
