"""What the tests of the checks share: a project of tiny pages, and pages that are in step."""

import pytest

from bookkit.checks.book import Book
from bookkit.languages import LANGUAGES

ZH = r"""---
file_format: mystnb
title: 一
bookkit: {data: [cifar10]}
---
(sec-a)=
# 一

见 {ref}`第二节 <sec-b>`、{cite:p}`lecun1998` 与 ![点](dot.png)，$x \text{ 若 } y$。

(sec-b)=
## 二

$$
a = b
$$ (eq-a)

```{code-cell} ipython3
:tags: [hide-input]
x = 1
```

```{cell-figure}
:alt: 点
:name: fig-x

一个点。
```

::::{dropdown} 答案
:::{dropdown} 内
里面 {ref}`sec-a`。
:::
::::

(sec-c)=
### 三

完。
"""
EN = r"""---
file_format: mystnb
title: One
description: The first page
bookkit: {data: [cifar10]}
---
(sec-a)=
# One

See {cite:p}`lecun1998`, ![a dot](dot.png), $x \text{ if } y$
and {ref}`the second section <sec-b>`.

Another paragraph.

(sec-b)=
## Two

$$
a = b
$$ (eq-a)

```{code-cell} ipython3
:tags: [hide-input]
x = 1
```

```{cell-figure}
:alt: a dot
:name: fig-x

One dot.
```

::::{dropdown} Answer
:::{dropdown} Inner
Inside, {ref}`sec-a`.
:::
::::

(sec-c)=
### Three

The end.
"""
TWINS = {
    "book/zh/part/page.md": ZH,
    "book/en/part/page.md": EN,
    "book/zh/index.md": "(sec-index)=\n# X\n",
    "book/en/index.md": "(sec-index)=\n# X\n",
}


@pytest.fixture
def twins():
    """Return pages in both languages that are in step."""
    return TWINS


@pytest.fixture
def project(tmp_path):
    """Return a function that writes files below a folder and reads them as a project."""

    def write(files):
        for language in LANGUAGES:
            (tmp_path / "book" / language).mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return Book(tmp_path)

    return write
