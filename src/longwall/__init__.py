"""Longwall: see, test and improve the joint system of people and technology.

Which question it answers: what in this work system is misaligned, what would be better for the technical *and* the
social side together, in which order to change it, and did the change do what was promised?

What it does not do: assess, discipline or select individuals.
"""

__all__ = ["__version__"]

__version__ = "0.1.0"
