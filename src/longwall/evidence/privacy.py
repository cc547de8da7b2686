"""People in the evidence: keyed pseudonyms, the key outside the study, and the rule of five.

The key is read from the environment variable ``LONGWALL_KEY`` or from the user's configuration folder, where it is made
once. Whoever holds the key and a name can find the pseudonym again (that is what `longwall forget` needs), so a log
with pseudonyms is never called anonymous.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import sys
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from longwall.errors import EvidenceError, Fault, StorageError

__all__ = [
    "KEY_VARIABLE",
    "MIN_GROUP",
    "PSEUDONYM",
    "Published",
    "hidden_of",
    "key_path",
    "load_key",
    "pseudonym",
    "publishable_groups",
]

MIN_GROUP = 5
KEY_VARIABLE = "LONGWALL_KEY"
PSEUDONYM = re.compile(r"person-[0-9a-f]{12}")
"""How a pseudonym looks."""

Group = TypeVar("Group", bound=Hashable)


def key_path() -> Path:
    """Return where the user's key lies: the configuration folder of the platform, never a study."""
    if sys.platform == "win32":
        base = Path(os.environ.get("APPDATA", Path.home() / "AppData" / "Roaming"))
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_CONFIG_HOME", Path.home() / ".config"))
    return base / "longwall" / "key"


def load_key() -> bytes:
    """Return the key for pseudonyms; make one on first use, readable by the user alone.

    Returns
    -------
    bytes
        At least 16 bytes.

    Raises
    ------
    EvidenceError
        LW-EV-050: the key in the environment or the file is too short.
    StorageError
        LW-EV-051: the configuration folder cannot be read or written.
    """
    told = os.environ.get(KEY_VARIABLE)
    if told:
        return _checked(told.encode(), f"environment variable {KEY_VARIABLE}")
    path = key_path()
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            try:
                handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:
                pass  # another process made it a moment ago
            else:
                with os.fdopen(handle, "w") as out:
                    out.write(secrets.token_hex(32) + "\n")
        return _checked(path.read_text().strip().encode(), str(path))
    except OSError as error:
        raise StorageError(
            Fault("LW-EV-051", str(path), "a configuration folder that can be read and written",
                  error.strerror or type(error).__name__,
                  f"change its permissions, or set {KEY_VARIABLE} to a secret of your own")
        ) from error  # fmt: skip


def pseudonym(key: bytes, label: str) -> str:
    """Return the pseudonym of a person: ``person-`` and 12 letters of a keyed hash.

    Parameters
    ----------
    key : bytes
        The user's key, 1 to 64 bytes used.
    label : str
        The name as in the source; blanks at the ends and runs of blanks do not matter.
    """
    secret = hashlib.blake2b(key, digest_size=32).digest()
    return "person-" + hashlib.blake2b(" ".join(label.split()).encode(), key=secret, digest_size=8).hexdigest()[:12]


def hidden_of(key: bytes, person: str) -> str:
    """Return the pseudonym of a person who is named as in the source, or by the pseudonym itself."""
    return person if PSEUDONYM.fullmatch(person) else pseudonym(key, person)


@dataclass(frozen=True)
class Published:
    """What may be shown of groups of performers.

    Parameters
    ----------
    shown : mapping of group to tuple of group
        A name to show and the original groups that were merged into it; at least `MIN_GROUP` people each.
    withheld : tuple
        Groups of which no performer measure may be shown.
    reason : str
        Why, in a sentence, empty where nothing was merged or withheld.
    """

    shown: dict[Hashable, tuple[Hashable, ...]]
    withheld: tuple[Hashable, ...]
    reason: str


def publishable_groups(
    sizes: dict[Group, int], parent: dict[Group, Group] | None = None, total_shown: bool = True
) -> Published:
    """Decide for which groups measures of performers may be shown.

    A group under five is merged upward into its parent, where that gives five; else it is withheld. Where the total is
    shown as well, a single withheld group could be computed by subtraction: then the smallest shown group is withheld
    with it, until those withheld are five or more people in two or more groups, or nothing is shown.

    Parameters
    ----------
    sizes : mapping of group to int
        People in each group, >= 0.
    parent : mapping of group to group or None
        The unit above each group, for merging.
    total_shown : bool
        Whether the measure of all groups together is shown somewhere.

    Returns
    -------
    Published
    """
    parent = parent or {}
    shown: dict[Hashable, tuple[Hashable, ...]] = {group: (group,) for group, n in sizes.items() if n >= MIN_GROUP}
    small = sorted((group for group, n in sizes.items() if n < MIN_GROUP), key=str)
    merged: dict[Hashable, list[Group]] = {}
    for group in small:
        if group in parent:
            merged.setdefault(parent[group], []).append(group)
    withheld = [group for group in small if group not in parent]
    for above, groups in sorted(merged.items(), key=lambda item: str(item[0])):
        if sum(sizes[group] for group in groups) >= MIN_GROUP and above not in sizes:
            shown[above] = tuple(groups)
        else:
            withheld.extend(groups)
    counted: dict[Hashable, int] = {group: n for group, n in sizes.items()}  # noqa: C416
    if total_shown:
        while withheld and shown and _can_be_subtracted(withheld, counted):
            least = min(shown, key=lambda name: (sum(counted[group] for group in shown[name]), str(name)))
            withheld.extend(shown.pop(least))  # type: ignore[arg-type]
    reason = ""
    if withheld or merged:
        reason = f"Measures of performers are shown for groups of {MIN_GROUP} people or more only."
    return Published(shown, tuple(sorted(withheld, key=str)), reason)


def _can_be_subtracted(withheld: Sequence[Hashable], sizes: dict[Hashable, int]) -> bool:
    """Whether total minus shown groups would tell about fewer than five people, or about one group."""
    people = [sizes[group] for group in withheld if sizes[group] > 0]
    return bool(people) and (sum(people) < MIN_GROUP or len(people) < 2)


def _checked(key: bytes, where: str) -> bytes:
    """Refuse a key that could be guessed."""
    if len(key) < 16:
        raise EvidenceError(
            Fault("LW-EV-050", where, "a secret of 16 characters or more", f"{len(key)} characters",
                  "set a longer one, for instance the output of `openssl rand -hex 32`")
        )  # fmt: skip
    return key
