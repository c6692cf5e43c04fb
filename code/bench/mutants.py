"""Count the changes of `make mutants` that the tests noticed: `python -m bench.mutants`."""

import json
import sys
from collections import Counter
from pathlib import Path

from bench.measure import Row, share, table
from bookkit.paths import BUILD

TRIED = BUILD / "mutants" / "mutants" / "src"
LEAST = 0.9
LIVE = (0, 5, 33)  # mutmut's codes: all tests pass, and no test calls it


def measure(tried: Path) -> list[Row]:
    """Count the changes by module, then by package, of which none may have too many that live."""
    counts: dict[str, Counter[bool]] = {}
    packages: dict[str, Counter[bool]] = {}
    for file in sorted(tried.rglob("*.meta")):
        codes = json.loads(file.read_text(encoding="utf-8"))["exit_code_by_key"].values()
        module = file.relative_to(tried).with_suffix("")
        package = module.parent if module.parts[0] == "bookkit" else Path(module.parts[0])
        lived = Counter(code in LIVE for code in codes if code is not None)
        counts[module.as_posix()] = lived
        packages.setdefault(package.as_posix(), Counter()).update(lived)
    return [_row(name, lived) for name, lived in (counts | packages).items() if lived]


def _row(name: str, lived: Counter[bool]) -> Row:
    few = "" if lived[False] >= LEAST * lived.total() else f"less than {share(LEAST, 1)}"
    part = share(lived[False], lived.total())
    return Row(name, f"{lived[False]} of {lived.total()}", part, "noticed", few)


def main(tried: Path) -> int:
    """Print the table.

    Returns:
        0, or 1 when too many changes to a package live.
    """
    rows = measure(tried)
    print(table(rows))
    problems = [row for row in rows if row.problem and not row.name.endswith(".py")]
    for row in problems:
        print(f"problem: {row.name}: {row.problem} of the changes were noticed")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(TRIED))
