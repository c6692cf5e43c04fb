// "Copy with imports": a page's programs are loaded when a reader first reaches for one of them.
(() => {
  "use strict";
  const buttons = document.querySelectorAll(".copy-program");
  if (!buttons.length) return;
  const status = document.createElement("p");
  status.className = "copy-status";
  status.setAttribute("role", "status");
  document.body.append(status);

  // With a script tag, since pages opened as files cannot fetch.
  const asked = new Map();
  const load = (address) => {
    if (!asked.has(address)) {
      const script = document.createElement("script");
      script.src = address;
      const loaded = new Promise((done, failed) => {
        script.onload = done;
        script.onerror = () => {
          asked.delete(address); // the next click asks again
          failed(new Error(address));
        };
      });
      asked.set(address, loaded);
      document.head.append(script);
    }
    return asked.get(address);
  };

  // Without `navigator.clipboard`: on plain http, in old browsers.
  const copySelected = (text) => {
    const field = document.createElement("textarea");
    const { activeElement } = document;
    field.className = "copy-status";
    field.value = text;
    document.body.append(field);
    field.select();
    const copied = document.execCommand("copy");
    field.remove();
    activeElement?.focus();
    if (!copied) throw new Error("copy");
  };
  const write = async (text, isLatest) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      if (isLatest()) copySelected(text);
    }
  };

  // Each button and the status line, which all share, keep their words until their own timer ends.
  const SHOWN_MS = 2000;
  const timers = new Map();
  const show = (place, words, later) => {
    clearTimeout(timers.get(place));
    place.textContent = words;
    timers.set(place, setTimeout(() => (place.textContent = later), SHOWN_MS));
  };
  // Screen readers say what changes: a second "Copied" in a row differs by a space that none reads.
  const tell = (words) => show(status, status.textContent === words ? `${words}\u00a0` : words, "");

  // The clipboard holds one program: what comes late for an earlier press is dropped.
  let presses = 0;
  const copy = async (button) => {
    const { from, page, program } = button.dataset;
    const press = ++presses;
    const isLatest = () => press === presses;
    let said = bookLanguage.copied;
    try {
      await load(from);
      if (isLatest()) await write(window.bookPrograms[page][program], isLatest);
    } catch {
      said = bookLanguage["not copied"];
    }
    if (!isLatest()) return;
    show(button, said, (button.dataset.word ??= button.textContent));
    tell(`${said} ${program}`);
  };

  for (const button of buttons) {
    button.hidden = false;
    // Before the click: a browser lets a page write to the clipboard only right after it.
    const prepare = () => load(button.dataset.from).catch(() => {});
    button.addEventListener("pointerenter", prepare, { once: true });
    button.addEventListener("focus", prepare, { once: true });
    button.addEventListener("click", () => copy(button));
  }
})();
