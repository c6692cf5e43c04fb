// What scrolls inside itself is reached by Tab, moved with the arrow keys, and named when reached.
(() => {
  "use strict";
  const names = document.documentElement.lang.startsWith("zh")
    ? { pre: "代码或输出", math: "公式", table: "表格" }
    : { pre: "Code or output", math: "Formula", table: "Table" };
  const kinds = {
    ".bd-article pre": names.pre,
    ".bd-article div.cell_output": names.pre,
    ".bd-article :is(div.math, p:has(math))": names.math,
    ".bd-article .pst-scrollable-table-container": names.table,
  };
  // A group, no region: thirty landmarks on a page would hide the ones that lead somewhere.
  const mark = (box, name) => {
    const scrolls = box.scrollWidth > box.clientWidth && getComputedStyle(box).overflowX === "auto";
    if (scrolls) {
      box.tabIndex = 0;
      box.setAttribute("role", "group");
      box.setAttribute("aria-label", name);
    } else if (box.getAttribute("role") === "group") {
      for (const attribute of ["tabindex", "role", "aria-label"]) box.removeAttribute(attribute);
    }
  };
  // A box changes when the window does, or when the answer that it stands in is unfolded.
  const sizes = new ResizeObserver((entries) => {
    for (const { target } of entries) mark(target, boxes.get(target));
  });
  const boxes = new Map();
  for (const [selector, name] of Object.entries(kinds)) {
    for (const box of document.querySelectorAll(selector)) {
      boxes.set(box, name);
      sizes.observe(box);
    }
  }
})();
