"""Exports: every package and module lists its public names, sorted and exactly; every one of them is explained."""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path
from types import ModuleType

import pytest

import longwall

ROOT = Path(longwall.__file__).parent
FILES = {".".join(("longwall", *file.relative_to(ROOT).with_suffix("").parts)): file for file in ROOT.rglob("*.py")}
PACKAGES = sorted(name.removesuffix(".__init__") for name in FILES if name.endswith(".__init__"))
MODULES = sorted(PACKAGES + [name for name in FILES if not name.rpartition(".")[2].startswith("__")])


@pytest.mark.parametrize("name", MODULES)
def test_public_names_are_listed_sorted_and_exist(name):
    module = importlib.import_module(name)
    assert (module.__doc__ or "").strip(), f"{name} has no docstring"
    listed = getattr(module, "__all__", None)
    assert listed is not None, f"{name} has no __all__"
    assert list(listed) == sorted(set(listed), key=_as_ruff_sorts)
    missing = [each for each in listed if not hasattr(module, each)]
    assert missing == []


@pytest.mark.parametrize("name", PACKAGES)
def test_a_package_lists_exactly_what_it_shows(name):
    package = importlib.import_module(name)
    shown = {
        each
        for each, value in vars(package).items()
        if not each.startswith("_") and not isinstance(value, ModuleType) and _of_ours(value, name)
    }
    assert shown <= set(package.__all__), f"not in __all__ of {name}: {sorted(shown - set(package.__all__))}"


@pytest.mark.parametrize("name", MODULES)
def test_every_public_function_and_class_is_explained(name):
    module = importlib.import_module(name)
    bare = [each for each in getattr(module, "__all__", ()) if not _explained(getattr(module, each, None))]
    assert bare == []


def _as_ruff_sorts(name: str) -> tuple[int, str]:
    """Constants, then classes, then functions, each by name (rule RUF022)."""
    return (0 if name.isupper() else 1 if name[0].isupper() else 2, name)


def _of_ours(value: object, package: str) -> bool:
    """Tell whether a thing is defined inside the package; what it only imports for its own use is no export."""
    home = getattr(value, "__module__", None)
    return isinstance(home, str) and (home == package or home.startswith(f"{package}.")) and callable(value)


def _explained(value: object) -> bool:
    """Tell whether a function or class has a docstring of its own; constants are explained where they stand."""
    if inspect.isclass(value):
        return bool((value.__dict__.get("__doc__") or "").strip())
    return not inspect.isfunction(value) or bool((value.__doc__ or "").strip())
