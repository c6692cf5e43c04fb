// What of an error message stays the same in another program, and the filter of the page that lists
// them. `messagePatterns` comes from `bookkit.text.messages`, which reads them too.
const bookMessage = (() => {
  const noise = new RegExp(messagePatterns.noise.map((each) => `(?:${each})`).join("|"), "g");
  const word = new RegExp(messagePatterns.word, "g");
  const type = new RegExp(`(${messagePatterns.type})\\s*:`, "g");
  const LONGEST = 4000; // characters; the message stands at the end of a traceback
  return {
    words: (text) => text.normalize("NFKC").toLowerCase().replace(noise, " ").match(word) ?? [],
    // The type, if there is one, and the message below a traceback.
    last: (typed) => {
      const text = typed.slice(-LONGEST);
      const found = [...text.matchAll(type)].pop();
      return found ? [found[1], text.slice(found.index + found[0].length)] : ["", text];
    },
  };
})();

(() => {
  "use strict";
  const lists = [...document.querySelectorAll("ul.messages")];
  if (!lists.length) return;
  const { filter, shown } = bookLanguage.messages;
  const plural = new Intl.PluralRules(document.documentElement.lang);
  const label = document.createElement("label");
  label.className = "message-filter";
  const input = document.createElement("input");
  input.type = "search";
  input.autocomplete = "off";
  input.spellcheck = false;
  const status = document.createElement("span");
  status.setAttribute("role", "status");
  label.append(filter, input, status);
  const head = (list) => list.previousElementSibling; // the type
  head(lists[0]).before(label);

  const said = (item) => `${head(item.parentElement).textContent} ${item.textContent}`.toLowerCase();
  const texts = new Map(
    lists.flatMap((list) => [...list.children]).map((item) => [item, said(item)]),
  );
  // All that was typed stands there; or, since what is pasted has other numbers and names, most of
  // the words that stay the same.
  const MOST = 0.8;
  const fits = (text, typed, words) => {
    if (typed.split(/\s+/).every((word) => text.includes(word))) return true;
    const known = words.filter((word) => text.includes(word)).length;
    return words.length > 2 && known >= MOST * words.length;
  };
  const choose = () => {
    const typed = input.value.normalize("NFKC").toLowerCase().trim();
    const words = bookMessage.words(bookMessage.last(input.value).join(" "));
    let count = 0;
    for (const [item, text] of texts) {
      item.hidden = !fits(text, typed, words);
      count += !item.hidden;
    }
    for (const list of lists) {
      list.hidden = head(list).hidden = [...list.children].every((item) => item.hidden);
    }
    const said = count ? shown[plural.select(count)] : bookLanguage.nothing;
    status.textContent = said.replace("{n}", count);
  };
  input.addEventListener("input", choose);
  choose(); // a browser that went back keeps what was typed
})();
