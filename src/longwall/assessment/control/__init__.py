"""Where a variance arises, is seen and is controlled, by whom, and what they lack."""

__all__: list[str] = []
