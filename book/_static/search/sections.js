// Finds sections by their headings: every word of the query stands in a heading or its page's title.
(() => {
  "use strict";
  bookFinders.sections = async (typed) => {
    if (!window.bookTitles) await bookScript("_static/titles.js");
    const wanted = typed.toLowerCase().split(/\s+/);
    const all = (text) => wanted.every((word) => text.toLowerCase().includes(word));
    const any = (text) => wanted.some((word) => text.toLowerCase().includes(word));
    const hits = window.bookTitles
      .filter(([, heading, title]) => any(heading) && all(`${heading} ${title}`))
      .map(([address, heading, title]) => ({
        title: heading,
        place: heading === title ? "" : title,
        address,
      }));
    return hits.sort((a, b) => all(b.title) - all(a.title));
  };
})();
