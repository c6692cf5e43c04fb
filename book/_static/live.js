// Live figures: start one when a reader comes near it; until then its picture stands there.
(() => {
  "use strict";
  const root = document.documentElement.dataset.content_root ?? "./";
  const start = (figure) => {
    const script = document.createElement("script");
    const { live } = figure.querySelector(".live").dataset;
    script.src = `${root}_static/live/${live}.js?v=${liveVersion}`;
    document.head.append(script);
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
