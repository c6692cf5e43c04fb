"""The command line `python -m bookkit data list|fetch|verify|where`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bookkit.data.registry import (
    FULL,
    SAMPLE,
    VIEWS,
    Specification,
    UnknownDatasetError,
    select,
    specifications,
)

OK, WRONG, USAGE = 0, 1, 2


def main(arguments: list[str]) -> int:
    """Run one command.

    Returns 0 when all is well, 1 when something is missing or wrong, 2 for bad usage or a Python
    package that is not installed.
    """
    try:
        options = _parser().parse_args(arguments)
    except SystemExit as stop:
        return int(stop.code or 0)
    try:
        return options.command(options)
    except ModuleNotFoundError as error:
        _complain(f"the Python package {error.name} is not installed; run `make data`, which is")
        return USAGE
    except UnknownDatasetError as error:
        _complain(str(error))
        return USAGE
    except KeyboardInterrupt:
        _complain("stopped; nothing is half done, run the same command again to go on")
        return WRONG


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bookkit data", description="Fetch and check the data that pages read."
    )
    commands = parser.add_subparsers(required=True, metavar="list|fetch|verify|where")
    names = f"among {', '.join(specifications())} (default: all)"
    command = commands.add_parser("list", help="what each dataset is and where it comes from")
    command.set_defaults(command=_list)
    for name, function, text in (
        ("fetch", _fetch, "get datasets, from the first source that works"),
        ("verify", _verify, "hash what was fetched again"),
    ):
        command = commands.add_parser(name, help=text)
        command.add_argument("names", nargs="*", metavar="NAME", help=names)
        command.set_defaults(command=function)
        _add_folder(command)
    command = commands.add_parser("where", help="the folder to set KERASBOOK_DATA to")
    command.add_argument(
        "variant", nargs="?", choices=("sample", "full"), help="print this folder only"
    )
    command.set_defaults(command=_where)
    _add_folder(command)
    return parser


def _add_folder(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--folder", type=Path, default=FULL, help="the full data's folder (default: data)"
    )


def _list(options: argparse.Namespace) -> int:
    head = ("dataset", "in the sample", "fetched", "size", "sources, in order")
    rows = [head, *(_row(known) for known in specifications().values())]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head) - 1)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        print("  ".join([*cells, row[-1]]).rstrip())
    return OK


def _row(known: Specification) -> tuple[str, str, str, str, str]:
    sources = "; ".join(source.label for source in known.sources) or "nothing is fetched"
    return known.name, known.sample, known.full, known.size, sources


def _fetch(options: argparse.Namespace) -> int:
    from bookkit.data.fetching import FolderError, fetch

    wanted = select(options.names)
    try:
        failures = fetch(wanted, options.folder)
    except FolderError as error:
        _complain(str(error))
        return WRONG
    for name, message in failures.items():
        sampled = (SAMPLE / specifications()[name].entry).exists()
        _complain(message)
        _complain(f"{name}: the pages will use {'the sample' if sampled else 'scenes instead'}")
    return WRONG if failures else OK


def _verify(options: argparse.Namespace) -> int:
    from bookkit.data.fetching import FolderError, verify

    worst = OK
    for known in select(options.names):
        try:
            problem = verify(known, options.folder)
        except FolderError as error:
            problem = str(error)
        if problem is None:
            print(f"{known.name}: {'ok' if known.sources else 'nothing to check'}")
        else:
            print(f"{known.name}: {problem}; run make data")
            worst = WRONG
    return worst


def _where(options: argparse.Namespace) -> int:
    from bookkit.data.folders import VARIANTS, resolve

    for variant in [options.variant] if options.variant else VARIANTS:
        folder = resolve(variant, full=options.folder, views=VIEWS).folder
        print(folder if options.variant else f"{variant}: {folder}")
    return OK


def _complain(message: str) -> None:
    print(message, file=sys.stderr)
