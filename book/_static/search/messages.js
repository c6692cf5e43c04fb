// Finds the section with the cure of an error message that was typed or pasted: a whole traceback,
// its last line or a part of it, with other numbers, shapes, names and paths than the book's.
(() => {
  "use strict";
  const FEWEST = 2; // pairs of words that must agree
  const SHARE = 0.5; // of the pairs of the query, or of those of the message
  const CLOSE = 0.9; // of the best score: shown too
  const MOST = 3; // hits
  const SHORT = 4; // pairs of a message that names alone tell from others

  let rows;
  let rarity;
  const load = async () => {
    if (!window.bookMessages) await bookScript("_static/messages-index.js");
    rows ??= window.bookMessages.map(([type, text, address, heading, page]) => ({
      pairs: pairsOf(type, text),
      own: names(text),
      hit: { title: heading, place: heading === page ? "" : page, address, excerpt: text },
    }));
    rarity ??= weights();
  };

  // Pairs of neighboring words: chance brings words together, hardly two of them in a row.
  const pairsOf = (type, text) => {
    const words = [...(type ? [type.toLowerCase()] : []), ...bookMessage.words(text)];
    return new Set(words.slice(1).map((word, place) => `${words[place]} ${word}`));
  };
  // Names are left out of the comparison, but "No module named" says nothing without one.
  const names = (text) => new Set(text.toLowerCase().match(/\w+/g));

  const weights = () => {
    const counted = new Map();
    for (const { pairs } of new Map(rows.map((row) => [[...row.pairs].join(), row])).values()) {
      for (const pair of pairs) counted.set(pair, (counted.get(pair) ?? 0) + 1);
    }
    return (pair) => Math.log(1 + rows.length / (counted.get(pair) ?? 1));
  };

  const asked = (typed) => {
    const [type, text] = bookMessage.last(typed);
    return { pairs: pairsOf(type, text), own: names(text) };
  };

  const sum = (pairs) => [...pairs].reduce((total, pair) => total + rarity(pair), 0);
  const score = (query, row) => {
    const shared = [...query.pairs].filter((pair) => row.pairs.has(pair));
    const common = sum(shared);
    const share = Math.max(common / sum(query.pairs), common / sum(row.pairs));
    if (shared.length < FEWEST || share < SHARE) return 0;
    const named = row.pairs.size > SHORT ? [] : [...row.own].filter((name) => query.own.has(name));
    const all = row.own.size + query.own.size - named.length; // 'keras' is less than 'keras.x'
    return common - 0.1 * (sum(row.pairs) - common) + (0.1 * named.length) / all;
  };

  bookFinders.messages = async (typed) => {
    await load();
    const query = asked(typed);
    const found = rows
      .map((row) => ({ hit: row.hit, score: score(query, row) }))
      .filter((each) => each.score > 0)
      .sort((a, b) => b.score - a.score);
    const close = found.filter((each) => each.score >= CLOSE * found[0].score);
    const places = new Map();
    for (const { hit } of close) if (!places.has(hit.address)) places.set(hit.address, hit);
    return [...places.values()].slice(0, MOST);
  };

  // A line of a box holds no line breaks; the browser would drop them and join two words.
  const input = document.querySelector("#pst-search-dialog input");
  input.addEventListener("paste", (event) => {
    const text = event.clipboardData.getData("text");
    if (!text.includes("\n")) return;
    event.preventDefault();
    input.setRangeText(text.replace(/\s*\n\s*/g, " "), input.selectionStart, input.selectionEnd, "end");
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
})();
