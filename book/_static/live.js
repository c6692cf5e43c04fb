// Live figures: start one when a reader comes near it; until then its picture stands there.
(() => {
  "use strict";
  const root = document.documentElement.dataset.content_root ?? "./";
  const loaded = new Set();
  const load = (name) => {
    if (loaded.has(name)) return;
    loaded.add(name);
    const script = document.createElement("script");
    script.async = false; // in this order
    script.src = `${root}_static/live/${name}.js?v=${liveVersion}`;
    document.head.append(script);
  };
  const start = (figure) => {
    load("controls"); // what they share
    load(figure.querySelector(".live").dataset.live);
  };
  const watch = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      watch.unobserve(target);
      start(target);
    }
  }, { rootMargin: "300px" });
  for (const figure of document.querySelectorAll("figure:has(> .live)")) watch.observe(figure);
})();
