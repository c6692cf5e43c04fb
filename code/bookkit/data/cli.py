"""The command line `python -m bookkit data list|fetch|verify|where`."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from bookkit.data import fetching, folders
from bookkit.data.registry import DATASETS, FULL, SAMPLE, Specification
from bookkit.errors import BookError


def main(arguments: list[str]) -> int:
    """Run one command.

    Returns 0 when all is well, 1 when something is missing or wrong, 2 for bad usage.
    """
    try:
        options = _parser().parse_args(arguments)
        return options.command(options)
    except SystemExit as stop:
        return int(stop.code or 0)
    except KeyboardInterrupt:
        fetching.say("stopped; nothing is half done, run the same command again to go on")
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bookkit data", description="Fetch and check the data that pages read."
    )
    commands = parser.add_subparsers(required=True, metavar="list|fetch|verify|where")
    command = commands.add_parser("list", help="what each dataset is and where it comes from")
    command.set_defaults(command=_list)
    names = f"among {', '.join(DATASETS)} (default: all)"
    for name, function, text in (
        ("fetch", _fetch, "get datasets, from the first source that works"),
        ("verify", _verify, "hash what was fetched again"),
    ):
        command = commands.add_parser(name, help=text)
        command.add_argument("wanted", nargs="*", type=_dataset, metavar="NAME", help=names)
        command.set_defaults(command=function)
    command = commands.add_parser("where", help="the folder to set KERASBOOK_DATA to")
    command.add_argument(
        "variant", nargs="?", choices=folders.VARIANTS, help="print this folder only"
    )
    command.set_defaults(command=_where)
    return parser


def _dataset(name: str) -> Specification:
    if name not in DATASETS:
        names = ", ".join(DATASETS)
        raise argparse.ArgumentTypeError(f"expected names among {names}; received {name}")
    return DATASETS[name]


def _wanted(options: argparse.Namespace) -> Iterator[Specification]:
    """Yield what was asked for; say of what lies in the repository that it does."""
    for spec in options.wanted or DATASETS.values():
        if spec.sources:
            yield spec
        elif options.wanted:
            print(f"{spec.name}: part of the repository")


def _list(_: argparse.Namespace) -> int:
    rows = [("dataset", "in the sample", "fetched", "size", "sources, in order")]
    for spec in DATASETS.values():
        labels = [source.label for source in spec.sources] or ["in the repository"]
        sources = "; ".join(dict.fromkeys(labels))
        rows.append((spec.name, spec.sample, spec.full, spec.size, sources))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(map(str.ljust, row, widths)).rstrip())
    return 0


def _fetch(options: argparse.Namespace) -> int:
    status = 0
    for spec in _wanted(options):
        try:
            fetching.fetch(spec, FULL)
        except BookError as error:
            sampled = (SAMPLE / spec.entry).exists()
            instead = "the pages will use the sample" if sampled else "the sample has none"
            fetching.say(f"{error}\n{spec.name}: {instead}")
            status = 1
    return status


def _verify(options: argparse.Namespace) -> int:
    status = 0
    for spec in _wanted(options):
        try:
            folders.verify(spec, FULL)
            print(f"{spec.name}: ok")
        except BookError as problem:
            print(f"{spec.name}: {problem}; run make data")
            status = 1
    return status


def _where(options: argparse.Namespace) -> int:
    for variant in [options.variant] if options.variant else folders.VARIANTS:
        folder = folders.resolve(variant).folder
        print(folder if options.variant else f"{variant}: {folder}")
    return 0
