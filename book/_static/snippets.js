// The list of snippets: those that have every typed word in name, purpose, chapter or imports.
(() => {
  "use strict";
  const lists = [...document.querySelectorAll("ul.snippets")];
  if (!lists.length) return;
  const { filter, hint, shown } = bookLanguage.snippets;
  const plural = new Intl.PluralRules(document.documentElement.lang);
  const number = new Intl.NumberFormat(document.documentElement.lang);

  // Full-width letters and capitals are what they look like.
  const plain = (text) => text.normalize("NFKC").toLowerCase();
  const chapters = lists.map((list) => {
    const section = list.closest("section");
    const title = section.querySelector("h2, h3").firstChild.textContent;
    const snippets = [...list.children].map((item) => {
      const parts = item.querySelectorAll(".snippet-name, .snippet-does, .snippet-needs");
      const text = [title, ...[...parts].map((part) => part.textContent)].join("\n");
      return { item, text: plain(text) };
    });
    return { section, snippets };
  });

  const box = document.createElement("p");
  box.className = "snippet-filter";
  const label = document.createElement("label");
  const input = document.createElement("input");
  const count = document.createElement("span");
  input.type = "search";
  input.placeholder = hint;
  input.autocomplete = "off";
  input.spellcheck = false;
  count.setAttribute("role", "status");
  label.append(filter, input);
  box.append(label, count);
  chapters[0].section.before(box);

  const show = () => {
    const words = plain(input.value).split(/\s+/).filter(Boolean);
    let found = 0;
    for (const { section, snippets } of chapters) {
      let here = 0;
      for (const { item, text } of snippets) {
        item.hidden = !words.every((word) => text.includes(word));
        here += !item.hidden;
      }
      section.hidden = !here;
      found += here;
    }
    const said = found ? shown[plural.select(found)] : bookLanguage.nothing;
    count.textContent = said.replace("{n}", number.format(found));
  };
  input.addEventListener("input", show);
  // A link to a snippet that is filtered out shows it.
  document.querySelector("article").addEventListener("click", ({ target }) => {
    const { hash } = target.closest("a[href^='#snippet-']") ?? {};
    if (!hash || !document.getElementById(hash.slice(1)).hidden) return;
    input.value = "";
    show();
  });
  show(); // a browser that went back keeps what was typed
})();
