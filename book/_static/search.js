// The search box: places found by the scripts in `_static/search`, then Pagefind's pages with the
// words. Pagefind cannot run in a book opened as files; the places are found there, too.
(() => {
  "use strict";
  const dialog = document.getElementById("pst-search-dialog");
  if (!dialog) return;
  const input = dialog.querySelector("input");
  const list = document.getElementById("book-search-results");
  const status = document.getElementById("book-search-status");
  const root = new URL(document.documentElement.dataset.content_root, location.href);
  const plural = new Intl.PluralRules(document.documentElement.lang);
  const BATCH = 3; // pages fetched at a time: each brings its whole text
  const SECTIONS = 4;
  const EARLY = 100; // milliseconds after which places do not wait for pages
  const UNSPACED = new RegExp(`[${bookLanguage.characters}]`);
  const CUT = /^[\s)\]}）】」』”’，。、；：！？,.;:!?]+/; // what a passage begins with
  const EDGES = /^([^\p{L}\p{N}]*)(.*?)([^\p{L}\p{N}]*)$/su; // of a word
  const NONE = { count: 0, pages: [] };
  const isFile = location.protocol === "file:";

  // Scripts in `_static/search`, in the order of their hits. Each puts a function of its name into
  // `bookFinders`, which takes what was typed and returns hits, the best first, or a promise of them:
  // `{ title, place, address, excerpt }`, `place` being the title of the page that a section stands
  // on and `address` relative to the language's folder. All text is text: none becomes markup.
  // `sections` also says, as `bookMeant`, what was typed in the spelling of the book.
  const FINDERS = ["messages", "sections"];
  window.bookFinders = {};

  // Loaded when the box is first opened: a reader who does not search downloads nothing.
  let loading;
  const load = () =>
    (loading ??= {
      places: Promise.all(FINDERS.map(loadFinder)),
      pages: isFile ? noPages : loadPagefind(),
    });
  const noPages = Promise.resolve(async () => NONE);
  const loadFinder = async (name) => {
    await bookScript(`_static/search/${name}.js`);
    return window.bookFinders[name];
  };
  // A finder loads its index by it; modules do not load in a book opened as files.
  window.bookScript = (address) =>
    new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = new URL(address, root);
      script.onload = resolve;
      script.onerror = () => reject(new Error(`${address} is missing`));
      document.head.append(script);
    });

  // What the box shows for what was typed: promises of what can be shown at once, and of all.
  const find = (typed) => {
    const { places, pages } = load();
    const named = places.then((finders) => Promise.all(finders.map((each) => each(typed))));
    const meant = places.then(() => bookMeant(typed));
    const paged = Promise.all([pages, meant]).then(([findPages, { text }]) => findPages(text));
    const join = async (found) => merge(...(await Promise.all([named, found, meant])));
    const all = join(paged);
    all.catch(() => {}); // who waits for it reports it
    const waited = new Promise((resolve) => setTimeout(resolve, EARLY, NONE));
    return [Promise.race([all, join(waited)]), all];
  };
  // A section that a finder named stands once in the list, with the words that Pagefind found there.
  const merge = (hits, found, { text, mended }) => {
    const named = new Map();
    for (const hit of hits.flat()) {
      const { href } = new URL(hit.address, root);
      if (!named.has(href)) named.set(href, { ...hit });
    }
    const pages = found.pages.map((page) => ({ ...page, sections: [] }));
    found.pages.forEach(({ sections }, at) => {
      for (const section of sections) {
        const hit = named.get(new URL(section.url, root).href);
        if (hit) hit.passage = section.excerpt;
        else pages[at].sections.push(section);
      }
    });
    const known = [...named.keys(), ...pages.map(({ url }) => new URL(url, root).href)];
    const total = Math.max(found.count, new Set(known.map((each) => each.split("#")[0])).size);
    return { ...found, pages, total, text, mended, hits: [...named.values()] };
  };

  const loadPagefind = async () => {
    const pagefind = await import(new URL("pagefind/pagefind.js", root));
    await pagefind.options({ baseUrl: root.pathname, excerptLength: bookLanguage.spaced ? 24 : 48 });
    await pagefind.init();
    return async (typed) => {
      // Names of code are words joined by "_".
      const query = typed.replaceAll("_", " ");
      let { results } = await pagefind.search(query);
      if (!results.length) results = await someWords(pagefind, query);
      const fetched = (start) =>
        Promise.all(results.slice(start, start + BATCH).map((each) => each.data()));
      const first = await fetched(0);
      if (!first.some((page) => isMeant(page, query))) return NONE;
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
        return !/^\w+$/.test(word) || mark.startsWith(half);
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

  const element = (name, className, content) => {
    const made = document.createElement(name);
    made.className = className;
    if (content !== undefined) made.textContent = content;
    return made;
  };

  const show = (found, turn) => {
    // The reader may have gone to a hit before the pages came.
    const at = [...list.querySelectorAll("a")].indexOf(document.activeElement);
    list.replaceChildren(...found.hits.map((each) => hit(each, found)));
    add(found.pages, found, turn);
    list.querySelectorAll("a")[at]?.focus();
    shown = turn;
    openFirst();
  };
  const say = ({ total, mended }) => {
    const { found: said, nothing, mended: note, titles } = bookLanguage;
    status.textContent = total ? said[plural.select(total)].replace("{n}", total) : nothing;
    if (mended.length) status.textContent += note.replace("{words}", mended.join(", "));
    if (isFile) status.textContent += titles;
  };

  const hit = ({ title, place, address, excerpt, passage }, { text }) => {
    const item = element("li", "book-search-page book-search-hit");
    const link = element("a", "book-search-title", title);
    link.href = new URL(address, root).href;
    if (place) link.append(element("span", "book-search-place", place));
    if (excerpt) link.append(element("span", "book-search-excerpt", excerpt));
    else if (passage) link.append(quote(passage, text));
    item.append(link);
    return item;
  };

  // The next pages come when the reader reaches the last one shown.
  const add = (pages, found, turn) => {
    list.append(...pages.map((page) => entry(page, found)));
    const count = list.children.length - found.hits.length;
    if (count >= found.count) return;
    const last = new IntersectionObserver(
      (changes) => {
        // Of several since the last call any may be the one.
        if (!changes.some((each) => each.isIntersecting)) return;
        last.disconnect();
        const more = (next) => turn === latest && add(next, found, turn);
        found.after(count).then(more).catch((error) => turn === latest && report(error));
      },
      { root: list },
    );
    last.observe(list.lastElementChild);
  };

  const entry = (page, { text }) => {
    const item = element("li", "book-search-page");
    const head = element("a", "book-search-title", page.title);
    head.href = page.url;
    item.append(head);
    for (const section of page.sections) item.append(row(section, text));
    return item;
  };

  const row = (section, text) => {
    const link = element("a", "book-search-section");
    link.href = section.url;
    if (section.title) link.append(element("span", "book-search-heading", section.title));
    if (section.excerpt) link.append(quote(section.excerpt, text));
    return link;
  };

  const quote = (excerpt, asked) => {
    const made = element("span", "book-search-excerpt");
    // Pagefind escapes it, and adds <mark>: around each word of a phrase one of its own.
    made.innerHTML = excerpt.replace(CUT, "").replaceAll("</mark><mark>", "");
    for (const mark of made.querySelectorAll("mark")) trim(mark, asked);
    return made;
  };
  // It marks all that stands between two spaces, and of Chinese every character of the query.
  const trim = (mark, asked) => {
    const [, before, word, after] = EDGES.exec(mark.textContent);
    const pairs = Array.from(word.slice(1), (_, at) => word.slice(at, at + 2));
    const isPart =
      UNSPACED.test(word) && UNSPACED.test(asked) && !pairs.some((pair) => asked.includes(pair));
    mark.textContent = word;
    if (isPart && asked.length > 1) mark.replaceWith(before, word, after);
    else mark.replaceWith(before, mark, after);
  };

  // Each query is a turn. What comes late for an older one, a failure too, is dropped.
  let latest = 0;
  let shown = 0; // the turn whose hits the list has
  let entered = 0; // the turn whose first hit Enter asked for
  const search = () => {
    const query = input.value.trim();
    const turn = ++latest;
    list.ariaBusy = String(Boolean(query));
    if (query) {
      answer(query, turn).catch((error) => {
        if (turn !== latest) return;
        report(error);
        list.ariaBusy = "false";
      });
    } else {
      status.textContent = "";
      list.replaceChildren();
    }
  };
  const answer = async (query, turn) => {
    const [some, all] = find(query);
    const first = await some;
    if (turn !== latest) return;
    if (first.hits.length) show(first, turn);
    list.scrollTop = 0;
    const found = await all;
    if (turn !== latest) return;
    if (found !== first || !found.hits.length) show(found, turn);
    say(found);
    list.ariaBusy = "false";
  };
  const report = (error) => {
    status.textContent = String(error.message ?? error);
  };
  // What still stands in the list while a query is looked up answers an older one.
  const openFirst = () => {
    if (entered !== latest || shown !== latest || !dialog.open) return;
    entered = 0;
    list.querySelector("a")?.click();
  };

  input.addEventListener("focus", () => Promise.all(Object.values(load())).catch(report));
  // Letters that an input method still turns into characters are not what is asked for.
  input.addEventListener("input", (event) => event.isComposing || search());
  input.addEventListener("compositionend", search);
  dialog.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault(); // Enter opens the first hit; the dialog stays when there is none
    entered = latest;
    openFirst();
  });
  dialog.addEventListener("close", () => {
    entered = 0; // who left wants no hit any more
  });
  // Arrow keys walk through the hits.
  dialog.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || event.isComposing) return;
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
    search();
  }
})();
