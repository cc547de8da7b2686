"""What wears a work system out: seven drivers as detectors."""

__all__: list[str] = []
