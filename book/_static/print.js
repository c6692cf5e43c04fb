// Paper is white and cannot unfold: print a light page with everything open, then restore the screen.
(() => {
  "use strict";
  const root = document.documentElement;
  let theme = "";
  let opened = [];
  const paper = () => {
    theme = root.dataset.theme;
    root.dataset.theme = "light";
    opened = [...document.querySelectorAll("article details:not([open])")];
    for (const each of opened) each.open = true;
  };
  const screen = () => {
    root.dataset.theme = theme;
    for (const each of opened) each.open = false;
  };
  matchMedia("print").addEventListener("change", ({ matches }) => (matches ? paper() : screen()));
})();
