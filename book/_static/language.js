// Stay on the section when the language changes, and remember the choice.
// `bookLanguage` is the record of the page's language, as the bundle hands it over.
(() => {
  "use strict";
  const links = document.querySelectorAll(".language-switcher a");
  if (!links.length) return;
  const remember = (language) => {
    try {
      localStorage.setItem("book-language", language);
    } catch {
      // Storage is off (private window, some file: pages): the switch works all the same.
    }
  };
  // The section being read: the first whose heading stands in the upper third of the window, else
  // the last one scrolled past. At the page's end a short section cannot rise that far; there the
  // address decides.
  const here = () => {
    const sections = [...document.querySelectorAll("article section[id]")];
    const top = (each) => each.getBoundingClientRect().top;
    const root = document.documentElement;
    const hash = decodeURIComponent(location.hash.slice(1));
    const named = sections.find((each) => each.id === hash);
    const atEnd = window.scrollY + window.innerHeight >= root.scrollHeight - 2;
    if (named && atEnd && top(named) >= 0) return named.id;
    const read =
      sections.find((each) => top(each) >= 0 && top(each) < window.innerHeight / 3) ??
      sections.filter((each) => top(each) < 0).pop();
    return read && read !== sections[0] ? read.id : "";
  };
  remember(bookLanguage.code);
  // Set at the last moment, so that opening in a new tab keeps the section too.
  const aim = ({ currentTarget: link }) => {
    link.hash = here();
    remember(link.dataset.language);
  };
  for (const link of links) {
    link.addEventListener("pointerdown", aim);
    link.addEventListener("click", aim);
  }
})();
