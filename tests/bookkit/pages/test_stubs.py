"""What is left of a page that has not run."""

from bookkit.pages.stubs import stub

PAGE = """\
---
title: One
bookkit: {data: [cifar10]}
---
(sec-one)=
# One

Words of {glue:text}`count`.

```{code-cell} ipython3
:tags: [remove-cell]
# no heading
x = 1
```

:::{cell-figure}
:name: fig-one
:alt: A figure.
Caption.
:::

(sec-two)=
## Two

````{note}
```python
# none either
```
````

```{toctree}
:hidden:

other/page
```

```{math}
:label: eq-one
x
```
"""


def test_headings_labels_and_lists_of_pages_stay_and_nothing_that_a_cell_tells():
    assert (
        stub(PAGE, "Not yet.")
        == """\
---
title: One
bookkit: {data: [cifar10]}
mystnb: {execution_mode: "off"}
---
(sec-one)=
# One

:::{note}
Not yet.
:::


(fig-one)=
…

(sec-two)=
## Two

```{toctree}
:hidden:

other/page
```

(eq-one)=
…

"""
    )
