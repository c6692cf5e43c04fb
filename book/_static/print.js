// Paper is white and cannot unfold: print a light page with everything open, then restore the screen
// as the reader wants it by then: the system may have gone dark meanwhile.
(() => {
  "use strict";
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  let opened = [];
  const paper = () => {
    root.dataset.theme = "light";
    opened = [...document.querySelectorAll("article details:not([open])")];
    for (const each of opened) each.open = true;
  };
  const screen = () => {
    const { mode } = root.dataset; // else "auto"
    const system = dark.matches ? "dark" : "light";
    root.dataset.theme = ["light", "dark"].includes(mode) ? mode : system;
    for (const each of opened) each.open = false;
  };
  matchMedia("print").addEventListener("change", ({ matches }) => (matches ? paper() : screen()));
})();
