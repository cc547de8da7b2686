"""A catalog of software and its owners (Backstage ``catalog-info.yaml``), one or many entities in a file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from longwall.errors import EvidenceError, Fault
from longwall.evidence.probe import Probe, blocks

__all__ = ["Entities", "entity_id", "read_catalog"]

_LONGEST_BYTES = 64 << 20
_REF = re.compile(r"^(?:([\w.-]+):)?(?:([\w.-]+)/)?([\w.+ -]+)$")
_THINGS = {"component": "component", "system": "system", "api": "api", "resource": "resource"}
_LINKS = (("dependsOn", "depends_on", "component"), ("providesApis", "provides", "api"),
          ("consumesApis", "consumes", "api"), ("subcomponentOf", "part_of", "component"),
          ("system", "part_of", "system"))  # fmt: skip


@dataclass
class Entities:
    """What a catalog or a table of staff says, names of people still in it; never stored like this.

    Attributes
    ----------
    teams, things : dict of str to (kind, name)
        By id.
    people : dict of str to list of str
        Id to the names the person goes by, the fullest first.
    roles : dict of str to str
        Person to role.
    hours : dict of str to float
        Person to contracted hours a week.
    links : list of (link, from, to)
        ``member``, ``parent``, ``owner``, ``owner_person``, ``depends_on``, ``provides``, ``consumes``, ``part_of``.
    skipped : dict of str to int
        Kinds that are not read, and how many.
    rows : int
    """

    teams: dict[str, str] = field(default_factory=dict)
    things: dict[str, tuple[str, str]] = field(default_factory=dict)
    people: dict[str, list[str]] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)
    hours: dict[str, float] = field(default_factory=dict)
    links: list[tuple[str, str, str]] = field(default_factory=list)
    skipped: dict[str, int] = field(default_factory=dict)
    rows: int = 0


def entity_id(text: str, kind: str, namespace: str = "default") -> tuple[str, str] | None:
    """Return kind and id of a reference ``[kind:][namespace/]name``, or None where it is none.

    Parameters
    ----------
    kind, namespace : str
        What holds where the reference leaves them out; references are the same in any case of letters.

    References
    ----------
    Backstage documentation, "Entity References".
    """
    match = _REF.match(text.strip())
    if not match:
        return None
    given = (match[1] or kind).casefold()
    return given, f"{given}:{(match[2] or namespace).casefold()}/{match[3].casefold()}"


def read_catalog(found: Probe) -> Entities:
    """Return the entities of a probed catalog.

    Raises
    ------
    EvidenceError
        LW-EV-136: not YAML, or no entity in it that tells about people or software.
    """
    out = Entities()
    for document in _documents(found):
        for one in document if isinstance(document, list) else [document]:
            if isinstance(one, dict) and isinstance(one.get("metadata"), dict) and isinstance(one.get("kind"), str):
                out.rows += 1
                _take(out, one)
    if not (out.teams or out.things or out.people):
        raise EvidenceError(
            Fault("LW-EV-136", str(found.path), "entities of a catalog: Group, User, Component, System, API, Resource",
                  "none of them", "look whether this is the file catalog-info.yaml, or correct `kind` in study.yaml")
        )  # fmt: skip
    for link, _, other in out.links:  # teams that are only referred to are teams all the same
        if link in ("member", "parent", "owner") and other not in out.teams:
            out.teams[other] = other.rpartition("/")[2]
    return out


def _documents(found: Probe) -> Iterator[Any]:
    """The documents of a YAML file, plain data only."""
    if found.expanded_bytes > _LONGEST_BYTES:
        raise _unreadable(found, "", f"more than {_LONGEST_BYTES >> 20} MiB")
    text = b"".join(blocks(found.path, found.compressed)).decode(found.encoding or "utf-8", errors="replace")
    try:
        yield from YAML(typ="safe").load_all(text.lstrip("\ufeff"))
    except (YAMLError, ValueError, RecursionError, TypeError, AttributeError) as error:
        mark = getattr(error, "problem_mark", None)
        raise _unreadable(found, f":{mark.line + 1}" if mark else "", "text that is none") from None


def _unreadable(found: Probe, line: str, what: str) -> EvidenceError:
    return EvidenceError(
        Fault("LW-EV-136", f"{found.path}{line}", "YAML with one entity a document", what,
              "correct the file, or split it")
    )  # fmt: skip


def _take(out: Entities, one: AnyMapping[str, Any]) -> None:
    """Take up one entity."""
    meta, kind = one["metadata"], str(one["kind"]).casefold()
    spec = _mapping(one.get("spec"))
    space = str(meta.get("namespace") or "default")
    own = entity_id(str(meta.get("name") or ""), kind, space)
    if own is None or kind not in ("group", "user", *_THINGS):
        out.skipped[kind] = out.skipped.get(kind, 0) + 1
        return
    profile = _mapping(spec.get("profile"))
    title = str(meta.get("title") or profile.get("displayName") or meta["name"])
    if kind == "group":
        out.teams[own[1]] = title
        _link(out, "parent", own[1], spec.get("parent"), "group", space)
        for child in _many(spec.get("children")):
            if (ref := entity_id(child, "group", space)) is not None:
                out.links.append(("parent", ref[1], own[1]))
        for member in _many(spec.get("members")):
            if (ref := entity_id(member, "user", space)) is not None:
                out.people.setdefault(ref[1], [member.rpartition("/")[2].rpartition(":")[2]])
                out.links.append(("member", ref[1], own[1]))
    elif kind == "user":
        names = [str(text) for text in (profile.get("displayName"), profile.get("email"), meta["name"]) if text]
        out.people[own[1]] = names
        for group in _many(spec.get("memberOf")):
            _link(out, "member", own[1], group, "group", space)
        role = spec.get("role") or profile.get("title") or profile.get("role")
        if isinstance(role, str):
            out.roles[own[1]] = role
    else:
        out.things[own[1]] = (kind, title)
        _owner(out, own[1], spec.get("owner"), space)
        for name, link, default in _LINKS:
            for other in _many(spec.get(name)):
                _link(out, link, own[1], other, default, space)


def _owner(out: Entities, thing: str, owner: Any, space: str) -> None:
    """Who a thing belongs to: a team, or a person."""
    ref = entity_id(owner, "group", space) if isinstance(owner, str) else None
    if ref is not None and ref[0] == "user":
        out.people.setdefault(ref[1], [str(owner).rpartition("/")[2].rpartition(":")[2]])
        out.links.append(("owner_person", thing, ref[1]))
    elif ref is not None:
        out.links.append(("owner", thing, ref[1]))


def _link(out: Entities, link: str, one: str, other: Any, kind: str, space: str) -> None:
    """Take up a reference to another entity, if it is one."""
    ref = entity_id(other, kind, space) if isinstance(other, str) else None
    if ref is not None:
        out.links.append((link, one, ref[1]))


def _mapping(value: Any) -> AnyMapping[str, Any]:
    """A mapping, empty where there is something else."""
    return value if isinstance(value, dict) else {}


def _many(value: Any) -> list[str]:
    """A list of references, or one that stands alone."""
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)]
