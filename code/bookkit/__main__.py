"""The command line behind the Makefile: `python -m bookkit COMMAND`."""

import argparse
import json
import sys

from bookkit.errors import BookError, MissingTool
from bookkit.paths import RESULTS, ROOT


def parser() -> argparse.ArgumentParser:
    """Describe the commands."""
    from bookkit.languages import FALLBACK, LANGUAGES  # here, for words that lack one stop it

    top = argparse.ArgumentParser(prog="python -m bookkit", description=__doc__)
    commands = top.add_subparsers(dest="command", required=True)

    build = commands.add_parser("build", help="build the book")
    build.add_argument("target", help="a format, such as html")
    build.add_argument("--data", default="sample", choices=("sample", "full"))
    build.add_argument("--page", help="run this page alone, on --data")
    build.add_argument("--language", action="append", choices=LANGUAGES)

    sphinx = commands.add_parser("sphinx")
    sphinx.add_argument("language", choices=LANGUAGES)
    sphinx.add_argument("builders", nargs="+")

    serve = commands.add_parser("serve", help="live preview of one language")
    serve.add_argument("language", nargs="?", default=FALLBACK, choices=LANGUAGES)
    serve.add_argument("--port", type=int, default=8000)

    preview = commands.add_parser("preview")  # what the live preview runs before Sphinx
    preview.add_argument("language", choices=LANGUAGES)

    commands.add_parser("release", help="build all that readers download")
    commands.add_parser("check", help="check pages and that both languages are in step")
    commands.add_parser("due", help="name the forecasts that can be decided")
    sync = commands.add_parser("sync", help="record that both languages of a section were read")
    sync.add_argument("section", nargs="?", default="")

    reference = commands.add_parser("reference", help="train on the full data")
    reference.add_argument("task")
    reference.add_argument("--seed", type=int, action="append")
    reference.add_argument("--engine", default="local", help="where: local or ray")
    one = commands.add_parser("reference-run")
    one.add_argument("task")
    one.add_argument("recipe")
    one.add_argument("seed", type=int)

    commands.add_parser("data", add_help=False, help="list, fetch, verify or locate the data")
    return top


def run(arguments: argparse.Namespace) -> int:
    """Run one command; imports stand here so that each command loads only what it needs."""
    if arguments.command == "build":
        from bookkit import build
        from bookkit.languages import LANGUAGES

        languages = arguments.language or tuple(LANGUAGES)
        return build.run(arguments.target, arguments.data, arguments.page, languages)
    if arguments.command == "sphinx":
        from bookkit import build

        return build.sphinx_of(arguments.language, arguments.builders)
    if arguments.command == "serve":
        from bookkit import serve

        return serve.serve(arguments.language, arguments.port)
    if arguments.command == "preview":
        from bookkit import serve

        serve.prepare(arguments.language)
        return 0
    if arguments.command == "release":
        from bookkit.release import release
        from kerasbook import __version__

        print(f"made {release(__version__).relative_to(ROOT)}")
        return 0
    if arguments.command == "check":
        from bookkit import build

        return build.check()
    if arguments.command == "due":
        from bookkit import build

        return build.due()
    if arguments.command == "sync":
        from bookkit.checks import sync
        from bookkit.checks.book import Book

        for line in sync.summary(sync.record(Book(ROOT), arguments.section)):
            print(line)
        return 0
    from bookkit.reference import run as reference

    if arguments.command == "reference":
        seeds = arguments.seed or list(reference.SEEDS)
        path = reference.run_task(arguments.task, seeds, RESULTS, arguments.engine)
        print(f"wrote {path}")
        return 0
    print(json.dumps(reference.run_one(arguments.task, arguments.recipe, arguments.seed, RESULTS)))
    return 0


def main(arguments: list[str]) -> int:
    """Run the command line and turn the builder's errors into one message and an exit code."""
    if arguments[:1] == ["data"]:
        from bookkit.data import cli

        return cli.main(arguments[1:])
    try:
        return run(parser().parse_args(arguments))
    except MissingTool as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except BookError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
