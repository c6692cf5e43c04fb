// The search box: Pagefind on a server; opened as a file, where Pagefind cannot run, titles only.
(() => {
  "use strict";
  const dialog = document.getElementById("pst-search-dialog");
  if (!dialog) return;
  const input = dialog.querySelector("input");
  const list = document.getElementById("book-search-results");
  const status = document.getElementById("book-search-status");
  const root = new URL(document.documentElement.dataset.content_root, location.href);
  const plural = new Intl.PluralRules(document.documentElement.lang);
  const BATCH = 4; // pages fetched at a time: each brings its whole text
  const SECTIONS = 4;
  const isFile = location.protocol === "file:";

  // Loaded when the box is first opened: a reader who does not search downloads nothing.
  let engine;
  const load = () => (engine ??= isFile ? loadTitles() : loadPagefind());

  const loadPagefind = async () => {
    const pagefind = await import(new URL("pagefind/pagefind.js", root));
    await pagefind.options({ baseUrl: root.pathname, excerptLength: bookLanguage.spaced ? 24 : 48 });
    await pagefind.init();
    return async (typed) => {
      const query = typed.replaceAll("_", " "); // names of code are words joined by it
      let { results } = await pagefind.search(query);
      if (!results.length) results = await someWords(pagefind, query);
      const fetched = (start) =>
        Promise.all(results.slice(start, start + BATCH).map((each) => each.data()));
      const first = await fetched(0);
      if (!first.some((page) => isMeant(page, query))) return { count: 0, pages: [] };
      const after = async (shown) => (await fetched(shown)).map(fromPagefind);
      return { count: results.length, pages: first.map(fromPagefind), after };
    };
  };

  // Pagefind shortens a word that no page has until something fits: "zzzq" would find every z.
  const isMeant = (page, query) => {
    const asked = query.toLowerCase().split(/\s+/).filter(Boolean);
    const marks = page.sub_results.flatMap(({ excerpt }) =>
      [...excerpt.matchAll(/<mark>(.*?)<\/mark>/g)].map((each) => each[1].toLowerCase()),
    );
    return marks.some((mark) =>
      asked.some((word) => {
        const half = word.slice(0, Math.ceil(word.length / 2));
        return !bookLanguage.spaced || mark.startsWith(half);
      }),
    );
  };

  // No page has every word: those with most of them come first.
  const someWords = async (pagefind, query) => {
    const parts = new Intl.Segmenter(document.documentElement.lang, { granularity: "word" });
    // Single characters stand on every page.
    const words = [...parts.segment(query)].filter(
      (each) => each.isWordLike && (bookLanguage.spaced || each.segment.length > 1),
    );
    if (!words.length) return [];
    const found = new Map();
    for (const { segment } of words) {
      for (const result of (await pagefind.search(segment)).results) {
        const entry = found.get(result.id) ?? { result, words: 0, score: 0 };
        entry.words += 1;
        entry.score += result.score;
        found.set(result.id, entry);
      }
    }
    return [...found.values()]
      .sort((a, b) => b.words - a.words || b.score - a.score)
      .map((entry) => entry.result);
  };

  const fromPagefind = (page) => ({
    title: page.meta.title,
    url: page.url,
    sections: page.sub_results
      .slice()
      .sort((a, b) => weight(b) - weight(a))
      .slice(0, SECTIONS)
      // What stands before the first heading of a page belongs below its title.
      .sort((a, b) => (b.title === page.meta.title) - (a.title === page.meta.title))
      .map(({ title, url, excerpt }) => ({
        title: title === page.meta.title ? "" : title,
        url,
        excerpt,
      })),
  });
  const weight = (section) =>
    section.weighted_locations.reduce((sum, each) => sum + each.balanced_score, 0);

  const loadTitles = () =>
    new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = new URL("_static/titles.js", root);
      script.onload = () => resolve(async (query) => filterTitles(query));
      script.onerror = () => reject(new Error("titles.js is missing"));
      document.head.append(script);
    });

  // Every word of the query stands in the heading or in the title of its page.
  const filterTitles = (query) => {
    const wanted = query.toLowerCase().split(/\s+/);
    const pages = new Map();
    for (const [address, heading, title] of window.bookTitles) {
      const text = `${heading} ${title}`.toLowerCase();
      const own = wanted.some((word) => heading.toLowerCase().includes(word));
      if (!own || !wanted.every((word) => text.includes(word))) continue;
      const [name] = address.split("#");
      const url = new URL(address, root).href;
      if (!pages.has(name)) pages.set(name, { title, url: new URL(name, root).href, sections: [] });
      if (heading !== title) pages.get(name).sections.push({ title: heading, url, excerpt: "" });
    }
    const found = [...pages.values()].sort((a, b) => rank(b, wanted) - rank(a, wanted));
    return { count: found.length, pages: found };
  };
  const rank = (page, wanted) =>
    wanted.every((word) => page.title.toLowerCase().includes(word)) ? 1 : 0;

  const element = (name, className, content) => {
    const made = document.createElement(name);
    made.className = className;
    if (content !== undefined) made.textContent = content;
    return made;
  };

  const show = (found, turn) => {
    const { found: pages, nothing, titles } = bookLanguage;
    status.textContent = found.count
      ? pages[plural.select(found.count)].replace("{n}", found.count)
      : nothing;
    if (isFile) status.textContent += titles;
    list.replaceChildren();
    list.scrollTop = 0;
    add(found.pages, found, turn);
  };

  // The next pages come when the reader reaches the last one shown.
  const add = (pages, found, turn) => {
    list.append(...pages.map(entry));
    const shown = list.children.length;
    if (shown >= found.count) return;
    const last = new IntersectionObserver(
      ([{ isIntersecting }]) => {
        if (!isIntersecting) return;
        last.disconnect();
        const more = (next) => turn === latest && add(next, found, turn);
        found.after(shown).then(more).catch(report);
      },
      { root: list },
    );
    last.observe(list.lastElementChild);
  };

  const entry = (page) => {
    const item = element("li", "book-search-page");
    const head = element("a", "book-search-title", page.title);
    head.href = page.url;
    item.append(head);
    for (const section of page.sections) item.append(row(section));
    return item;
  };

  const row = (section) => {
    const link = element("a", "book-search-section");
    link.href = section.url;
    if (section.title) link.append(element("span", "book-search-heading", section.title));
    if (section.excerpt) {
      const excerpt = element("span", "book-search-excerpt");
      excerpt.innerHTML = section.excerpt; // Pagefind escapes it, and adds <mark>
      link.append(excerpt);
    }
    return link;
  };

  let latest = 0;
  const search = async () => {
    const query = input.value.trim();
    const turn = ++latest;
    if (!query) {
      status.textContent = "";
      list.replaceChildren();
      return;
    }
    const found = await (await load())(query);
    if (turn === latest) show(found, turn); // a slower answer to an older query is dropped
  };
  const report = (error) => {
    status.textContent = String(error.message ?? error);
  };

  input.addEventListener("focus", () => load().catch(report));
  input.addEventListener("input", () => search().catch(report));
  dialog.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault(); // Enter opens the first hit; the dialog stays when there is none
    list.querySelector("a")?.click();
  });
  // Arrow keys walk through the hits.
  dialog.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const stops = [input, ...list.querySelectorAll("a")];
    const next = stops[stops.indexOf(document.activeElement) + step];
    if (!next) return;
    event.preventDefault();
    next.focus();
  });
  list.addEventListener("click", (event) => {
    if (event.target.closest("a")) dialog.close();
  });
  // The page for missing addresses sends its search here.
  const asked = new URLSearchParams(location.search).get("q");
  if (asked) {
    dialog.showModal();
    input.value = asked;
    search().catch(report);
  }
})();
