"""The eight steps of the assessment, which people write into and sign off."""

__all__: list[str] = []
