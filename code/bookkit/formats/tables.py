"""What a table holds, cell by cell."""

from collections.abc import Iterator

from docutils import nodes


def cells(table: nodes.table) -> Iterator[list[nodes.entry]]:
    """Yield the cells of each row, one a column: a cell that spans rows stands in each of them."""
    (group,) = table.findall(nodes.tgroup)
    spanning: dict[int, tuple[nodes.entry | None, int]] = {}  # by column: a cell, and rows to come
    for row in group.findall(nodes.row):
        entries = (each for each in row.children if isinstance(each, nodes.entry))
        found: list[nodes.entry] = []
        while len(found) < group["cols"]:
            entry, below = spanning.get(len(found), (None, 0))
            if entry is None or not below:
                entry = next(entries)
                below = entry.get("morerows", 0) + 1
            spanning[len(found)] = (entry, below - 1)
            found.append(entry)
        yield found
