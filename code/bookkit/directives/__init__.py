"""What authors write beside MyST's own: figures of cells, results, provenance.

A new directive or role is a module with `setup` here, imported in `bookkit.extension` and named in
`setup` there. If prose stands in it, its name goes into `NESTED` of `bookkit.pages.structure`, and
options that hold prose into `PROSE_OPTION` there; words that it writes are `words` in
`book/words`. If it makes nodes that no page had before, `add_node` in its `setup` says how
HTML and LaTeX write them, and a `block_…` method or a case of `_inline` in
`bookkit.formats.markdown` how notebooks and the Markdown for machines do. Looks:
`book/_static/book.css` (site), `reader.css` there (EPUB) and `book/_templates/latex/bookdesign.sty`
(PDF).
"""
