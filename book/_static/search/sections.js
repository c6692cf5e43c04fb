// Finds sections: which ones a query means, by the index that `bookkit.web.sections` makes.
(() => {
  "use strict";
  const HITS = 6;
  const LEAST = 0.2; // of the best score: what says less is no answer
  const LONGEST = 300; // characters that are looked at: no question is longer
  const IN_PART = 3; // how hard it is on a name that only some of its words are there
  const OTHER = 0.9; // what another name of a thing counts beside the one that was typed
  const WHOLE = 2; // what a heading gains that the query names from end to end
  const EXACT = 1; // what it gains by naming all of the query
  const PAGE = 0.1; // what a page gains by its title
  const PREFIXES = 12; // words that one not yet typed to its end may become
  const TYPED = 80; // characters: what is longer was pasted, and is no slip
  const SPELLED = /(?<![\p{L}\p{N}])[a-z]{5,24}(?![\p{L}\p{N}])/gu; // words that may hold a slip
  const LETTERS = [..."abcdefghijklmnopqrstuvwxyz"];

  // As `fold`, `words` and `stem` there.
  const { characters, ending } = bookLanguage;
  const UNSPACED = new RegExp(`[${characters}]`);
  const LETTER = `(?:(?![${characters}])[\\p{L}\\p{N}_])+`;
  const RUN = new RegExp(`[${characters}]+|${LETTER}(?:\\.(?=[\\p{L}_])${LETTER})*`, "gu");
  const ENDING = new RegExp(ending);
  const fold = (text) => text.normalize("NFKC").toLowerCase();
  const stem = (word) => {
    let short = word.replace(ENDING, "$1");
    if (short.length < 3 || /[^\0-\x7f]/.test(word)) short = word;
    return short.length > 3 && short.at(-1) === short.at(-2) ? short.slice(0, -1) : short;
  };
  // A name of code is itself and its words.
  const latin = (run) => {
    const words = run.split(/[_.]/).filter(Boolean);
    return words.length > 1 ? [run, ...words.map(stem)] : words.map(stem);
  };
  const pairs = (run) =>
    Array.from({ length: Math.max(1, run.length - 1) }, (_, at) => run.slice(at, at + 2));
  // Stems and single characters, in their order.
  const units = (text) =>
    (text.match(RUN) ?? []).flatMap((run) => (UNSPACED.test(run) ? [...run] : latin(run)));
  // Units as the index has them.
  const keys = (parts) =>
    parts
      .map((part) => (UNSPACED.test(part) ? part : ` ${part} `))
      .join("")
      .split(" ")
      .filter(Boolean)
      .flatMap((run) => (UNSPACED.test(run) ? pairs(run) : [run]));

  // Of headings, single characters count, too: they are short.
  const wide = (parts) => [...keys(parts), ...parts.filter((part) => UNSPACED.test(part))];
  const notEmpty = (list) => list.length > 0;

  // What a word is one slip away from: a letter too many, two exchanged, a wrong one, one too few.
  const slips = (word) => {
    const cuts = Array.from({ length: word.length + 1 }, (_, at) => at);
    return cuts.flatMap((at) => {
      const [before, after] = [word.slice(0, at), word.slice(at)];
      return [
        before + after.slice(1),
        before + after.slice(1, 2) + after.slice(0, 1) + after.slice(2),
        ...LETTERS.flatMap((letter) => [before + letter + after, before + letter + after.slice(1)]),
      ];
    });
  };

  class Index {
    constructor({ sections, terms, names, traditional, fillers }) {
      const titles = new Map();
      this.sections = sections.map(([address, heading, ...others]) => {
        const [page] = address.split("#");
        if (!titles.has(page)) titles.set(page, heading);
        const place = page === address ? "" : titles.get(page);
        // What stands before or after a colon is a heading, too; of a page, what stands before it.
        const pieces = heading.split(/[：:，,？?]/).slice(0, place ? undefined : 1);
        const parts = [heading, ...pieces, ...others]
          .map((part) => wide(units(fold(part))))
          .filter(notEmpty);
        return { address, title: heading, place, parts };
      });
      this.terms = terms;
      this.listed = Object.keys(terms);
      this.spellings = new Map();
      this.read = new Map();
      const characters = [...traditional];
      this.simplified = new Map(
        characters.flatMap((each, at) => (at % 2 ? [] : [[each, characters[at + 1]]])),
      );
      this.names = new Map(); // from a name's units to its keys and those of the thing's others
      for (const group of names) {
        const all = group.map((name) => units(this.plain(name)));
        // "back-end" is "backend": it need not be looked up twice, and never as two words.
        const each = new Map([...all].reverse().map((own) => [own.join(""), keys(own)]));
        for (const own of all) {
          const typed = each.get(own.join(""));
          const others = [...each.values()].filter((other) => other !== typed);
          this.names.set(own.join("\0"), [typed, ...others]);
        }
      }
      this.longest = Math.max(...[...this.names.keys()].map((name) => name.split("\0").length));
      this.fillers = new Set(fillers.map((filler) => units(filler).join("\0")));
      for (const [begun, names] of this.beginnings()) this.names.set(begun, names);
      const spoken = [...this.names.keys(), ...this.fillers];
      this.vocabulary = new Set(spoken.flatMap((name) => name.split("\0")));
    }

    // What only one thing's names begin with: "fully connected" is half of "fully connected layer".
    beginnings() {
      const found = new Map();
      for (const [name, names] of this.names) {
        const own = name.split("\0");
        const thing = names.flat().sort().join();
        for (let length = UNSPACED.test(name) ? 3 : 2; length < own.length; length += 1) {
          const begun = own.slice(0, length).join("\0");
          if (this.names.has(begun) || this.fillers.has(own[length - 1])) continue;
          const [other = thing] = found.get(begun) ?? [];
          found.set(begun, other === thing ? [thing, names] : [""]);
        }
      }
      return [...found].filter(([, [thing]]) => thing).map(([begun, [, names]]) => [begun, names]);
    }

    // Text as the index has it.
    plain(text) {
      return [...fold(text)].map((each) => this.simplified.get(each) ?? each).join("");
    }

    // What was typed, as the index has it, with one slip in a word mended, and the words mended.
    meant(typed) {
      const mended = [];
      const text = this.plain(typed);
      if (text.length > TYPED) return { text, mended };
      const mend = (word) => {
        const spelled = this.spelled(word);
        if (spelled !== word) mended.push(spelled);
        return spelled;
      };
      return { text: text.replace(SPELLED, mend), mended };
    }

    spelled(word) {
      if (!this.spellings.has(word)) {
        this.spellings.set(word, this.isKnown(word) ? word : this.nearest(word));
      }
      return this.spellings.get(word);
    }

    // Of the words one slip away, the one that most sections have.
    nearest(word) {
      const spread = (each) => {
        const own = stem(each);
        if (Object.hasOwn(this.terms, own)) return this.terms[own].length;
        return Number(this.vocabulary.has(own));
      };
      const best = slips(word).reduce((one, other) => (spread(other) > spread(one) ? other : one));
      return spread(best) ? best : word;
    }

    // Whether names or sections have a word, or one that begins like it.
    isKnown(word) {
      const own = stem(word);
      return this.vocabulary.has(own) || this.listed.some((term) => term.startsWith(own));
    }

    // The sections that have a word, each with how much the word says about it.
    weights(key) {
      if (!this.read.has(key)) {
        const found = new Map();
        let section = -1;
        for (const [, gap, level] of (this.terms[key] ?? "").matchAll(/(\d*)([a-z])/g)) {
          section += Number(gap || 1);
          found.set(section, level.charCodeAt(0) - 96);
        }
        this.read.set(key, found);
      }
      return this.read.get(key);
    }

    // What a text of `meant` asks for: things, each with its names, each name a list of keys.
    things(text) {
      const asked = units(text);
      const found = [];
      let rest = [];
      const close = () => {
        found.push(...keys(rest).map((key) => this.known(key)));
        rest = [];
      };
      for (let at = 0; at < asked.length; ) {
        const length = this.match(asked, at);
        const name = asked.slice(at, at + length).join("\0");
        if (length) close();
        else rest.push(asked[at]);
        if (this.names.has(name)) found.push(this.names.get(name));
        at += length || 1;
      }
      close();
      // A single character says little beside words.
      const more = found.filter((names) => names.flat().some((key) => key.length > 1));
      if (more.length) return more;
      return found.length ? found : keys(asked).map((key) => this.known(key));
    }

    // How many units from `at` on are a name or fill a sentence.
    match(asked, at) {
      for (let length = Math.min(this.longest, asked.length - at); length; length -= 1) {
        const name = asked.slice(at, at + length).join("\0");
        if (this.names.has(name) || this.fillers.has(name)) return length;
      }
      return 0;
    }

    // A word of the index, or those that begin like a word not yet typed to its end.
    known(key) {
      if (Object.hasOwn(this.terms, key) || UNSPACED.test(key)) return [[key]];
      const longer = this.listed.filter((term) => term.startsWith(key));
      return longer.slice(0, PREFIXES).map((term) => [term]);
    }

    score(names) {
      const found = new Map();
      for (const [at, name] of names.entries()) {
        const sums = new Map();
        for (const key of name) {
          for (const [section, weight] of this.weights(key)) {
            const [sum, count] = sums.get(section) ?? [0, 0];
            sums.set(section, [sum + weight, count + 1]);
          }
        }
        for (const [section, [sum, count]] of sums) {
          const own = (at ? OTHER : 1) * sum * (count / name.length) ** IN_PART;
          found.set(section, Math.max(found.get(section) ?? 0, own));
        }
      }
      return found;
    }

    find(typed) {
      const { text } = this.meant(typed);
      const things = this.things(text);
      const scores = things.map((names) => this.score(names));
      const most = scores.map((found) => Math.max(0, ...found.values()));
      const all = most.reduce((sum, each) => sum + each, 0);
      const asked = new Set(things.flat(2));
      const raw = wide(units(text));
      for (const key of raw) asked.add(key);
      const rows = [];
      for (const section of new Set(scores.flatMap((found) => [...found.keys()]))) {
        const own = scores.map((found) => found.get(section) ?? 0);
        const sum = own.reduce((total, each) => total + each, 0);
        const { parts, place } = this.sections[section];
        const named = Math.max(
          ...parts.map((part) => {
            const share = part.filter((key) => asked.has(key)).length / part.length;
            const said = raw.filter((key) => part.includes(key)).length / raw.length;
            return share * (1 + EXACT * said);
          }),
        );
        const page = place ? 1 : 1 + PAGE * named;
        rows.push([section, sum * (sum / all) * (1 + WHOLE * named) * page]);
      }
      rows.sort((a, b) => b[1] - a[1]);
      return rows
        .filter(([, score]) => score >= LEAST * rows[0][1])
        .slice(0, HITS)
        .map(([section]) => this.sections[section]);
    }
  }

  const loaded = bookScript("_static/search/index.js").then(() => new Index(window.bookSections));
  bookFinders.sections = async (typed) => (await loaded).find(typed.slice(0, LONGEST));
  window.bookMeant = async (typed) => (await loaded).meant(typed.slice(0, LONGEST));
})();
