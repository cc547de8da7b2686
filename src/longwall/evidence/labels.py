"""Names of people inside labels: found by whole words and replaced by the person's pseudonym."""

from __future__ import annotations

import copy
import re
from collections import Counter
from collections.abc import Iterable, Sequence

from longwall.evidence.forgotten import Forgotten
from longwall.evidence.people_names import without_known
from longwall.evidence.tables import no_person_words

__all__ = ["NameFilter", "coded_stem", "is_personal"]

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*", re.UNICODE)
_LETTER = re.compile(r"[^\W\d_]")
_ONE_WORD = re.compile(r"[\w.#-]+")


def coded_stem(label: str) -> str | None:
    """Return the stem of a label that is a word with a number (``"Value 12"`` gives ``value``), else None."""
    text = label.strip()
    stem = text.rstrip("0123456789")
    if stem == text:
        return None
    stem = stem.rstrip(" _.#-").casefold()
    return stem if stem and not any(letter.isdigit() for letter in stem) else None


class NameFilter:
    """Replaces names of the people of a log wherever they stand in another label.

    A name is found by its whole words, in the order given or with the surname first, and as the words of an account or
    address (``kim.passa@example.org``). Numbers alone and words that name no person (``system``) are left; so is a
    coded name (``Value 1``) in a column whose own values are coded with the same stem, where the likeness means
    nothing.

    Parameters
    ----------
    names : iterable of str
        The people, as the source writes them.
    key : bytes
        The user's key.
    forgotten : Forgotten or None
        People who were removed: in a label, ``someone`` takes their place.
    """

    def __init__(self, names: Iterable[str], key: bytes, forgotten: Forgotten | None = None) -> None:
        known = forgotten or Forgotten((), key)
        self._key, self._forgotten = key, known
        self._elsewhere: frozenset[str] | None = None
        self._by_words: dict[tuple[str, ...], str] = {}
        self._stems: dict[tuple[str, ...], str] = {}
        self._longest = 0
        for name in sorted(set(names)):
            hidden = known.shown(name)
            for words in _spellings(name):
                if not _personal(words):
                    continue
                self._by_words.setdefault(words, hidden)
                stem = coded_stem(name)
                if stem:
                    self._stems[words] = stem
                self._longest = max(self._longest, len(words))

    def knowing(self, elsewhere: frozenset[str]) -> NameFilter:
        """Return a filter that also replaces people known from elsewhere, and all who were removed.

        Parameters
        ----------
        elsewhere : frozenset of str
            Pseudonyms. Of their names only the spelling that a source gave them is found, by its hash.
        """
        more = copy.copy(self)
        more._elsewhere = elsewhere
        return more

    def finds(self, name: str) -> bool:
        """Whether a name has words that can be found in a label; a number or an account has none."""
        return any(words in self._by_words for words in _spellings(name))

    def replaced(self, labels: Sequence[str], *, groups: frozenset[str] = frozenset()) -> list[str]:
        """Return the labels of one column with the names in them replaced.

        Parameters
        ----------
        labels : sequence of str
            The distinct values of the column.
        groups : frozenset of str
            Labels that stand for five people or more, so that a likeness with a name is a coincidence.
        """
        stems = [coded_stem(label) for label in labels]
        own = {stem for stem, n in Counter(stems).items() if stem and n * 2 >= len(labels)}
        known: dict[str, str] = {}
        if self._elsewhere is not None:
            known = without_known(
                [label for label, stem in zip(labels, stems, strict=True) if not _is_id(label, stem in own)],
                self._elsewhere, self._key, self._forgotten,
                lambda text: not is_personal(text) or coded_stem(text) in own,
            )  # fmt: skip
        return [label if label in groups else self._one(known.get(label, label), own) for label in labels]

    def _one(self, label: str, own_stems: set[str]) -> str:
        """Replace the names in one label, the longest match first."""
        if not self._by_words:
            return label
        found = list(_WORD.finditer(label))
        words = [match[0].casefold() for match in found]
        out, done, place = [], 0, 0
        while place < len(words):
            step = 1
            for length in range(min(self._longest, len(words) - place), 0, -1):
                key = tuple(words[place : place + length])
                hidden = self._by_words.get(key)
                if hidden and self._stems.get(key) not in own_stems:
                    out.append(label[done : found[place].start()] + hidden)
                    done, step = found[place + length - 1].end(), length
                    break
            place += step
        return "".join(out) + label[done:] if out else label


def is_personal(name: str) -> bool:
    """Return whether a text can name a person: three letters or digits, and not only words for accounts."""
    words = tuple(word.casefold() for word in _WORD.findall(name))
    return bool(words) and _personal(words)


def _is_id(label: str, coded: bool) -> bool:
    """Whether a label can name nobody: without a letter, or one word that is coded as its column is; saves its hash."""
    return _LETTER.search(label) is None or (coded and _ONE_WORD.fullmatch(label) is not None)


def _spellings(name: str) -> list[tuple[str, ...]]:
    """The word sequences under which a name may stand in a label."""
    whole = tuple(word.casefold() for word in _WORD.findall(name))
    local = tuple(word.casefold() for word in _WORD.findall(name.split("@")[0])) if "@" in name else whole
    found = [whole, local]
    if 2 <= len(local) <= 4:
        found += [local[::-1], (local[-1], *local[:-1])]
        found += [("".join(local),)]
    return [words for words in dict.fromkeys(found) if words]


def _personal(words: tuple[str, ...]) -> bool:
    """Whether words can name a person: letters in them, three at least, and not only words for accounts."""
    letters = "".join(letter for word in words for letter in word if letter.isalpha())
    return (
        len(letters) + sum(c.isdigit() for c in "".join(words)) >= 3
        and bool(letters)
        and not all(word in no_person_words() or word.isdigit() for word in words)
    )
