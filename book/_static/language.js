// Stay on the section when the language changes, and remember the choice.
(() => {
  "use strict";
  const link = document.querySelector(".language-switcher a");
  if (!link) return;
  const remember = (language) => {
    try {
      localStorage.setItem("book-language", language);
    } catch {
      // Storage is off (private window, some file: pages): the switch works all the same.
    }
  };
  // The section whose heading was last scrolled past, or stands just below the header, is the one
  // being read; a line further down would already take a subsection for it.
  const here = () => {
    const sections = [...document.querySelectorAll("article section[id]")];
    const line = 110;
    const passed = sections.filter((each) => each.getBoundingClientRect().top < line);
    return passed.length > 1 ? passed[passed.length - 1].id : "";
  };
  remember(document.documentElement.lang.startsWith("zh") ? "zh" : "en");
  // Set at the last moment, so that opening in a new tab keeps the section too.
  const aim = () => {
    link.hash = here();
    remember(link.dataset.language);
  };
  link.addEventListener("pointerdown", aim);
  link.addEventListener("click", aim);
})();
