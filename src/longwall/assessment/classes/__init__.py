"""How tightly coupled, how complex, how automated; who or what does a step."""

__all__: list[str] = []
