"""One way to know what is stale: a thing is made again when what it depends on hashes differently.

A page runs again when its cells or the data that it names changed (`pages.reader.name_needs` puts
their hashes into its notebook), or Python or a package that it may import (`running.cache`, which
names the folder of runs after them). A language reads a page again when its source or a file that
it shows changed: a module, results, the record of its run; and every page when the kit, the
settings or the bibliography did. A format writes what was read since it last wrote; and every page,
into an empty folder, when anything changed that pages show of each other or of the book: titles,
contents, labels, numbers, templates, styles. Of formats that are built together, the first finds
what changed; the others are passed over if they were last written from the same. What is made
beside Sphinx (light pictures, listings of tests, the search index) carries the hash of what it was
made from. No date of a file decides.
"""

import hashlib
import json
import shutil
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment

from bookkit import languages
from bookkit.directives import provenance
from bookkit.pages import reader
from bookkit.running import packages
from bookkit.web import documentation

NUMBERS = "sphinx.environment.collectors.toctree"
SHOWN = "shown"  # in what is known of a page: figures of other pages, see `directives.thumbnails`
# Parts of the kit: no page looks different after a change there.
RENDERS_NOTHING = (
    "__main__.py", "build.py", "checks", "data", "reference/run.py", "serve.py",
)  # fmt: skip


def digest(*parts: str | Path) -> str:
    """Hash texts, files by their content, and folders by their files' names and contents."""
    found = hashlib.sha256()
    for part in parts:
        if isinstance(part, str):
            _add(found, "", part.encode())
        elif part.is_dir():
            for path in sorted(each for each in part.rglob("*") if each.is_file()):
                if path.suffix != ".pyc":
                    _add(found, path.relative_to(part).as_posix(), path.read_bytes())
        else:
            _add(found, part.name, part.read_bytes() if part.is_file() else None)
    return found.hexdigest()


def _add(found: "hashlib._Hash", name: str, content: bytes | None) -> None:
    size = "none" if content is None else len(content)  # a missing file is no empty one
    found.update(f"{name}\0{size}\0".encode() + (content or b""))


def code_of(folder: Path) -> str:
    """Hash the code below a folder, but for the parts of the kit that render no page."""
    files = {path.relative_to(folder): path for path in sorted(folder.rglob("*.py"))}
    return digest(
        *(
            part
            for name, path in files.items()
            if not any(name.is_relative_to(other) for other in RENDERS_NOTHING)
            for part in (name.as_posix(), path)
        )
    )


def hash_surroundings(app: Sphinx, config: Config) -> None:
    """Note what all pages depend on: what they are read by, and what they are dressed in."""
    files = [Path(app.confdir, name) for name in ("conf.py", *config.bibtex_bibfiles)]
    code = code_of(Path(__file__).parent)
    words = (languages.WORDS, documentation.FILE)
    config.bookkit_surroundings = digest(code, *packages.installed_for(), *words, *files)
    folders = config.templates_path[:1] + config.html_static_path[:1]  # extensions add theirs
    design = [Path(app.confdir, name) for name in folders]
    config.bookkit_design = digest(*design, Path(app.srcdir, "cover.png"))


def page_digest(app: Sphinx, docname: str) -> str:
    """Hash what a page is read from: source, the files that it shows, and the data that it names.

    The colophon lists every page, so it depends on all of them, and on the edition; a page that
    shows figures of others in small depends on those. Of other pages, prose shows nowhere.
    """
    env = app.env
    parts = _parts(env, docname)
    if "edition" in env.metadata[docname]:
        others = sorted(env.found_docs - {docname})
        listed = (part for other in others for part in _parts(env, other, prose=False))
        return digest(*parts, *provenance.edition(), *listed)
    data = app.config.bookkit_data
    data = data.get(docname, data[""])
    named = {name: data.get(name) for name in env.metadata[docname].get("data", [])}
    if "lists messages" in env.metadata[docname]:
        named |= {"messages": {name: each.get("messages") for name, each in env.metadata.items()}}
    labels = env.domaindata["std"]["anonlabels"]
    figures = env.metadata[docname].get(SHOWN, [])
    drawn_on = {labels[name][0] for name in figures if name in labels} - {docname}
    drawn = (part for other in sorted(drawn_on) for part in _parts(env, other, prose=False))
    return digest(*parts, json.dumps(named, sort_keys=True), *drawn)


def _parts(env: BuildEnvironment, docname: str, *, prose: bool = True) -> list[str | Path]:
    """Return what a page is made of: itself, with its prose or without, and the files it shows."""
    source = Path(env.doc2path(docname))
    parts: list[str | Path] = [source if prose else reader.without_prose(source)]
    for name in sorted(env.dependencies[docname]):
        path = Path(env.srcdir, name)
        parts.append(reader.without_prose(path) if path.suffix == source.suffix else path)
    return parts


def outdated(app: Sphinx, env: BuildEnvironment, added: set, changed: set, removed: set) -> set:
    """Return the pages to read again; if there are none, what is known of them all stays.

    Sphinx asks dates: what is `changed` by these alone is not read.
    """
    known = env.found_docs & env.metadata.keys()
    pages = {name for name in known if env.metadata[name].get("digest") != page_digest(app, name)}
    there = {name for name in known if Path(app.doctreedir, f"{name}.doctree").is_file()}
    changed -= there - pages - env.reread_always
    for name in pages:
        env.metadata[name].pop(provenance.RUN, None)
    if not added | changed | removed | pages:
        _keep_numbers(app)
    return pages


def _keep_numbers(app: Sphinx) -> None:
    """Do not number figures and format citations once more: nobody read a page since.

    Both walk through all pages, once for each of the formats that are built together.
    """
    for event, owner in (("env-updated", "sphinxcontrib.bibtex"), ("env-get-updated", NUMBERS)):
        for listener in list(app.events.listeners[event]):
            if listener.handler.__module__ == owner:
                app.disconnect(listener.id)


def frame(app: Sphinx) -> str:
    """Hash what pages show of each other and of the book; some of it is known once all are read."""
    env, config = app.env, app.config
    standard, equations = env.domaindata["std"], env.domaindata["math"]["objects"]
    cited = env.domaindata["cite"]["citations"]
    shown = {
        "settings": [config.bookkit_surroundings, config.bookkit_design, config.bookkit_site],
        "links": [config.bookkit_repository, config.bookkit_books, config.bookkit_tests],
        "contents": {name: toc.pformat() for name, toc in env.tocs.items()},
        "order": env.toctree_includes,
        "labels": [standard["labels"], standard["anonlabels"], equations],
        "numbers": [env.toc_fignumbers, env.toc_secnumbers],
        "citations": sorted((*one.bibliography_key, one.key) for one in cited),
    }
    if app.builder.name == "epub":  # it packs what lies in its folder
        shown["pictures"] = {name: data.get("pictures") for name, data in env.metadata.items()}
    return digest(json.dumps(shown, sort_keys=True, default=str))


def choose(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Return the pages that this format writes: the changed ones, or all into an empty folder."""
    pages = {}
    for name in sorted(env.found_docs):
        pages[name] = env.metadata[name]["digest"] = page_digest(app, name)
    note = _note(app)
    written = _written(note)
    app.bookkit_made_from = {"frame": frame(app), "pages": pages}
    if written.get("frame") == app.bookkit_made_from["frame"] and Path(app.outdir).is_dir():
        return [name for name in pages if pages[name] != written["pages"][name]]
    if written:  # the folder is ours; a kill from here on leaves a note that says nothing is made
        note.write_text(json.dumps({"frame": "", "pages": {}}), encoding="utf-8")
        if Path(app.outdir).is_dir():
            shutil.rmtree(app.outdir)
        Path(app.outdir).mkdir()
    return list(pages)


def keep(app: Sphinx, exception: Exception | None) -> None:
    """Note what a finished format was made from, and drop pictures that no page shows any more."""
    if exception is None:
        if app.builder.name == "html":
            files = (Path(app.outdir, f"{name}.html") for name in app.env.found_docs)
            pages = "".join(file.read_text(encoding="utf-8") for file in files)
            for path in Path(app.outdir, "_images").glob("*"):
                if path.name not in pages:
                    path.unlink()
        text = json.dumps(app.bookkit_made_from, indent=1, sort_keys=True)
        _note(app).write_text(text + "\n", encoding="utf-8")


def same(doctrees: Path, builder: str, other: str) -> bool:
    """Return whether two builders last wrote from the same, so that neither has more to write."""
    written = _written(_path(doctrees, builder))
    return bool(written) and written == _written(_path(doctrees, other))


def _written(note: Path) -> dict:
    return json.loads(note.read_text(encoding="utf-8")) if note.is_file() else {}


def _note(app: Sphinx) -> Path:
    return _path(Path(app.doctreedir), app.builder.name)


def _path(doctrees: Path, builder: str) -> Path:
    return doctrees / f"made-{builder}.json"


def setup(app: Sphinx) -> None:
    """Have Sphinx ask here."""
    app.add_config_value("bookkit_surroundings", "", "env", str)
    app.add_config_value("bookkit_design", "", "", str)
    app.connect("config-inited", hash_surroundings, priority=100)
    app.connect("env-get-outdated", outdated)
    app.connect("env-get-updated", choose, priority=900)  # after figures got their numbers
    app.connect("build-finished", keep, priority=950)
