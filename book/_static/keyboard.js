// What the theme leaves out for readers who use the keyboard.
(() => {
  "use strict";
  // The theme takes the focus off a pressed button to hide its tooltip, and the keyboard is lost.
  const pressed = ".theme-switch-button, .search-button, .primary-toggle, .secondary-toggle";
  for (const button of document.querySelectorAll(pressed)) {
    button.blur = () => {
      if (!button.matches(":focus-visible")) HTMLElement.prototype.blur.call(button);
    };
  }
  // A mode chosen by key closes the menu; the focus goes back to the button that opened it.
  document.addEventListener("click", ({ target, detail }) => {
    const item = target.closest(".theme-change-button");
    if (item && detail === 0) item.closest(".dropdown").querySelector(".dropdown-toggle").focus();
  });

  // The menu of downloads closes like the other one: by Escape, or when the reader turns elsewhere.
  const menu = document.querySelector("details.downloads");
  const close = (event) => {
    if (menu?.open && !menu.contains(event.target)) menu.open = false;
  };
  document.addEventListener("click", close);
  document.addEventListener("focusin", close);
  menu?.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });

  // What scrolls inside itself is reached by Tab, moved with the arrow keys, named when reached.
  const names = bookLanguage.scrolling;
  const kinds = {
    ".bd-article pre": names.pre,
    ".bd-article div.cell_output": names.pre,
    ".bd-article :is(div.math, p:has(math))": names.math,
    ".bd-article .diagram-frame": names.diagram,
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
