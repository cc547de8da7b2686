"""Text of a YAML file edited where a value changed; every other character stays as a person wrote it.

The tree of nodes knows where each value stands in the text. Two plain values, before and after, are walked beside the
tree; each difference becomes an edit of a span. Entries of lists are matched by name, else by position.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from longwall.worksystem.emit import block_lines, entry_lines, inline_text, same
from longwall.worksystem.places import names_of
from longwall.worksystem.yamltext import Document

__all__ = ["edited"]


def edited(document: Document, before: Any, after: Any) -> str:
    """Return the text of a file after its value changed.

    Parameters
    ----------
    document : Document
        The file as it is.
    before, after : dict
        Plain values (`emit.plain`): what the file means now, and what it should mean.

    Returns
    -------
    str
        Entries that moved are put in order by a further call on the result, when nothing else differs in their list.
    """
    text = document.text if document.text.endswith("\n") else document.text + "\n"
    editor = _Editor(text)
    if document.root is not None:
        editor.walk(document.root, before, after)
    return editor.result()


@dataclass
class _Editor:
    """Collects edits: span, replacement."""

    text: str
    edits: list[tuple[int, int, str]] = field(default_factory=list)

    def result(self) -> str:
        """Apply the edits from the last to the first; at one place, later insertions stand behind earlier ones."""
        text = self.text
        order = sorted(range(len(self.edits)), key=lambda n: (self.edits[n][0], self.edits[n][1] > self.edits[n][0], n))
        for number in reversed(order):
            start, stop, replacement = self.edits[number]
            text = text[:start] + replacement + text[stop:]
        return text

    def walk(self, node: Node, before: Any, after: Any) -> bool:
        """Edit what differs at and below a node; False where the node must be replaced as a whole by the caller."""
        if same(before, after):
            return True
        if isinstance(node, MappingNode) and isinstance(before, dict) and isinstance(after, dict):
            return self.flow_mapping(node, before, after) if node.flow_style else self.mapping(node, before, after)
        if isinstance(node, SequenceNode) and isinstance(before, list) and isinstance(after, list):
            return self.sequence(node, before, after)
        return False

    def flow_mapping(self, node: MappingNode, before: dict[str, Any], after: dict[str, Any]) -> bool:
        """Edit a mapping in braces, whole where its keys change; the order of its keys stays."""
        written = [str(key.value) for key, _ in node.value]
        keep = [key for key in written if key in after or key not in before]
        if len(keep) == len(written) and all(key in written for key in after):
            for key, value in node.value:
                name = str(key.value)
                if name in after and not self.walk(value, before.get(name), after[name]):
                    self.replace(value, inline_text(after[name]))
            return True
        order = [key for key in keep if key in after] + [key for key in after if key not in written]
        self.replace(node, inline_text({key: after[key] for key in order}))
        return True

    def mapping(self, node: MappingNode, before: dict[str, Any], after: dict[str, Any]) -> bool:
        """Edit a mapping with one key a line."""
        column = node.value[0][0].start_mark.column
        written = {str(key.value) for key, _ in node.value}
        for number, (key, value) in enumerate(node.value):
            name = str(key.value)
            if name in after:
                if not self.walk(value, before.get(name), after[name]):
                    self.replace_entry(node, number, after[name], column)
            elif name in before:
                self.remove_entry(node, number)
        added = [name for name in after if name not in written]
        for name in added:
            first, *rest = entry_lines(name, after[name], column)
            self.insert(self.line_end(self.end_of(node)), [" " * column + first, *rest])
        return True

    def sequence(self, node: SequenceNode, before: list[Any], after: list[Any]) -> bool:
        """Edit a list, entries matched by name where they have one and by position else."""
        if not node.value or not after or len(node.value) != len(before):
            return False
        old, new = names_of(before), names_of(after)
        if old is None or new is None:
            old, new = [str(number) for number in range(len(before))], [str(number) for number in range(len(after))]
        if node.flow_style and old != new:
            return False
        wanted = dict(zip(new, after, strict=True))
        if not any(name in wanted for name in old):
            return False
        if set(old) == set(new) and all(same(value, wanted[name]) for name, value in zip(old, before, strict=True)):
            self.reorder(node, [old.index(name) for name in new])
            return True
        for number, name in enumerate(old):
            if name not in wanted:
                self.remove(self.dash(node, number), self.item_end(node, number))
            elif not self.walk(node.value[number], before[number], wanted[name]):
                self.replace_item(node, number, wanted[name])
        added = [value for name, value in wanted.items() if name not in old]
        if added:
            self.append(node, added)
        return True

    def reorder(self, node: SequenceNode, order: list[int]) -> None:
        """Put the entries of a block list, with the comments above them, in another order."""
        spans = [
            (self.lead(self.dash(node, number)), self.line_end(self.item_end(node, number)))
            for number in range(len(node.value))
        ]
        for (start, stop), number in zip(spans, order, strict=True):
            self.edits.append((start, stop, self.text[slice(*spans[number])]))

    def append(self, node: SequenceNode, values: list[Any]) -> None:
        """Add entries below the last one of a block list, spaced as the entries there are."""
        last = len(node.value) - 1
        column = self.dash(node, 0) - self.line_start(self.dash(node, 0))
        gap = self.text[self.line_end(self.item_end(node, last - 1)) : self.dash(node, last)] if last else ""
        lines: list[str] = []
        for value in values:
            first, *rest = block_lines([value], column)
            lines += [*([""] if gap.startswith("\n") else []), " " * column + first, *rest]
        self.insert(self.line_end(self.item_end(node, last)), lines)

    def replace(self, node: Node, text: str) -> None:
        """Put other text in the place of a node that stands inside a line."""
        self.edits.append((node.start_mark.index, self.end_of(node), text))

    def replace_item(self, node: SequenceNode, number: int, value: Any) -> None:
        """Put another value behind the dash of an entry, or between the brackets."""
        item = node.value[number]
        if node.flow_style:
            self.replace(item, inline_text(value))
            return
        start = self.dash(node, number)
        lines = block_lines([value], start - self.line_start(start))
        self.edits.append((start, self.item_end(node, number), "\n".join(lines)))

    def replace_entry(self, node: MappingNode, number: int, value: Any, column: int) -> None:
        """Put another value behind a key; the comment on the key's own line stays where there is room for it."""
        key, old = node.value[number]
        colon = self.text.index(":", key.end_mark.index)
        first, *rest = entry_lines("k", value, column)
        stop = self.value_end(node, number)
        if first == "k:" and old.start_mark.line > key.start_mark.line and stop > colon + 1:
            self.edits.append((self.line_start(old.start_mark.index), stop, "\n".join(rest)))
        else:
            self.edits.append((colon + 1, stop, "\n".join([first[2:], *rest])))

    def remove_entry(self, node: MappingNode, number: int) -> None:
        """Take a key out, with the comment lines right above it."""
        start = node.value[number][0].start_mark.index
        if self.text[self.line_start(start) : start].strip() and number + 1 < len(node.value):
            self.edits.append((start, node.value[number + 1][0].start_mark.index, ""))
        else:
            self.remove(start, self.value_end(node, number))

    def remove(self, start: int, stop: int) -> None:
        """Take whole lines out, with the comment lines right above and one of two blank lines around."""
        start, stop = self.lead(start), self.line_end(stop)
        blank_above = self.text[:start].endswith("\n\n")
        if blank_above and (stop >= len(self.text) or self.text.startswith("\n", stop)):
            start -= 1
        self.edits.append((start, stop, ""))

    def insert(self, at: int, lines: list[str]) -> None:
        """Add lines."""
        self.edits.append((at, at, "\n".join(lines) + "\n"))

    def dash(self, node: SequenceNode, number: int) -> int:
        """Where the dash of an entry stands."""
        stop = int(node.value[number].start_mark.index)
        start = self.item_end(node, number - 1) if number else int(node.start_mark.index)
        if number and _is_empty(node.value[number]):
            return self.text.index("-", start)
        return self.text.rindex("-", start, max(stop, start + 1))

    def item_end(self, node: SequenceNode, number: int) -> int:
        """Where the content of an entry of a list ends."""
        item = node.value[number]
        return self.dash(node, number) + 1 if _is_empty(item) else self.end_of(item)

    def value_end(self, node: MappingNode, number: int) -> int:
        """Where the content of a value in a mapping ends; right behind the colon where there is none."""
        key, value = node.value[number]
        return self.text.index(":", key.end_mark.index) + 1 if _is_empty(value) else self.end_of(value)

    def end_of(self, node: Node) -> int:
        """Where the content of a node ends, comments and blank lines behind it not included."""
        if isinstance(node, MappingNode) and node.value and not node.flow_style:
            return self.value_end(node, len(node.value) - 1)
        if isinstance(node, SequenceNode) and node.value and not node.flow_style:
            return self.item_end(node, len(node.value) - 1)
        return len(self.text[: node.end_mark.index].rstrip()) if _is_block_text(node) else int(node.end_mark.index)

    def lead(self, at: int) -> int:
        """Start of the line, or of the comment lines right above it that are indented like it."""
        start = self.line_start(at)
        indent = self.text[start:at].partition("-")[0] + "#"
        while start > 0:
            above = self.line_start(start - 1)
            if not self.text.startswith(indent, above):
                break
            start = above
        return start

    def line_start(self, at: int) -> int:
        """Start of the line of a position."""
        return self.text.rfind("\n", 0, at) + 1

    def line_end(self, at: int) -> int:
        """Start of the next line."""
        return self.text.find("\n", at) + 1 or len(self.text)


def _is_empty(node: Node) -> bool:
    """Tell whether a value is not written at all; its marks then point at whatever comes next."""
    return isinstance(node, ScalarNode) and node.value == "" and node.style is None


def _is_block_text(node: Node) -> bool:
    """Tell whether a scalar is written below its key with ``|`` or ``>``."""
    return isinstance(node, ScalarNode) and node.style in ("|", ">")
