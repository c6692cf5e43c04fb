"""The policy that stands in every page: what it allows, and what stops the build."""

import base64
import hashlib
import re

import pytest

from bookkit.errors import BookError
from bookkit.web import policy

SCRIPT = '\nlet mode = "auto";\n'
PAGE = f"""<!DOCTYPE html>
<html><head>
<meta charset="utf-8" />
<script data-cfasync="false">{SCRIPT}</script>
<script defer src="a.js"></script>
<script type="application/json">{{"a": 1}}</script>
</head>
<body><script type="application/json">[2]</script><script src="b.js"></script></body></html>
"""


def rules(text):
    """Return the sources of each rule of a page."""
    (content,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    return {name: sources for name, *sources in map(str.split, content.split(";"))}


def test_scripts_run_from_files_of_the_site_and_from_the_head_by_their_hash():
    digest = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
    allowed = rules(policy.with_policy(PAGE))["script-src"]
    assert allowed == ["'self'", "file:", "'wasm-unsafe-eval'", f"'sha256-{digest}'"]


def test_no_rule_names_another_host_or_allows_eval():
    found = rules(policy.with_policy(PAGE))
    sources = {source for each in found.values() for source in each}
    named = {source for source in sources if not source.startswith("'sha256-")}
    assert named == {"'none'", "'self'", "file:", "data:", "'wasm-unsafe-eval'", "'unsafe-inline'"}
    assert [name for name, each in found.items() if "'unsafe-inline'" in each] == ["style-src"]
    assert found["default-src"] == ["'none'"]


def test_the_policy_stands_before_all_that_it_governs():
    text = policy.with_policy(PAGE)
    before, after = text.split('<meta http-equiv="Content-Security-Policy"')
    assert before.endswith('<meta charset="utf-8" />\n')
    assert "<script" in after


def test_an_older_policy_is_replaced():
    once = policy.with_policy(PAGE)
    changed = once.replace("auto", "dark")
    assert policy.with_policy(once) == once
    assert policy.with_policy(changed) == policy.with_policy(PAGE.replace("auto", "dark"))


def test_a_script_within_the_text_stops_the_build(tmp_path):
    page = tmp_path / "part" / "page.html"
    page.parent.mkdir()
    page.write_text(PAGE.replace("<body>", "<body><p><script>\nalert(1)</script>"), "utf-8")
    with pytest.raises(BookError, match=r"^part/page\.html: a script within .*'alert\(1\)'; write"):
        policy.apply(tmp_path)


def test_a_page_without_a_place_for_it_stops_the_build():
    with pytest.raises(BookError, match="charset"):
        policy.with_policy("<html><head></head><body></body></html>")


def test_every_page_of_a_site_gets_one(tmp_path):
    for name in ("index.html", "en/part/page.html", "en/_static/macros.html"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(PAGE, encoding="utf-8")
    policy.apply(tmp_path)
    governed = {
        path.relative_to(tmp_path).as_posix()
        for path in tmp_path.rglob("*.html")
        if policy.META.search(path.read_text(encoding="utf-8"))
    }
    assert governed == {"index.html", "en/part/page.html"}
