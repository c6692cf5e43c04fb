// Drag boxes: their IoU, and which of them non-maximum suppression keeps.
// `data` was written by `write_scenes`.
(() => {
  "use strict";
  const SMALLEST = 12; // pixels of a side: a finger must find the box, and it must have an area
  const { element, filled, teller } = liveControls;
  const words = bookLanguage.boxes;

  // As the functions of the page compute them, in the same order: equal to the last digit.
  const area = ([left, top, right, bottom]) => (right - left) * (bottom - top);
  const sharedSides = (first, second) => [0, 1].map((axis) => Math.max(
    Math.min(first[axis + 2], second[axis + 2]) - Math.max(first[axis], second[axis]), 0));
  const overlap = (first, second) => {
    const [width, height] = sharedSides(first, second), shared = width * height;
    const union = area(first) + area(second) - shared;
    return { width, height, shared, union, iou: union ? shared / union : 0 };
  };
  // Which box each gives way to: `null` if it stays. Of equal scores the earlier box is first.
  const suppress = ({ boxes, scores, classes }, threshold) => {
    const order = boxes.map((_, at) => at).sort((one, other) => scores[other] - scores[one]);
    const kept = [], rivals = [];
    for (const at of order) {
      const rival = kept.find((better) => classes[better] === classes[at]
        && overlap(boxes[better], boxes[at]).iou > threshold);
      rivals[at] = rival ?? null;
      if (rival === undefined) kept.push(at);
    }
    return { kept, rivals };
  };

  const nameOf = (at) => String.fromCharCode(65 + at);
  const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
  const slider = (label, step) => element("input", {
    type: "range", min: 0, max: 1, step, "aria-label": label,
  });

  // What a reader sees; the boxes come into `stage`, their rows into `list`.
  const panel = (size) => {
    const parts = {
      union: element("div", { class: "live-union" }, element("i"), element("i")),
      shared: element("div", { class: "live-shared" }),
      stage: element("div", {
        class: "live-stage", role: "application", "aria-describedby": "live-boxes-help",
        "aria-label": filled(words.stage, { size }),
      }),
      sums: element("div", { class: "live-sums" }),
      share: element("i"),
      mark: element("b"),
      level: slider(words.threshold, 0.05),
      levelText: element("output"),
      list: element("ol", { class: "live-list" }),
      again: element("button", { type: "button" }, words.again),
      other: element("button", { type: "button" }),
      ...teller(),
    };
    const ratio = element("div", { class: "live-ratio", "aria-hidden": "true" }, parts.share, parts.mark);
    const level = element("p", { class: "live-level" }, `${words.threshold} `, parts.levelText, parts.level);
    const buttons = element("p", { class: "live-buttons" }, parts.again, parts.other);
    const help = element("p", { class: "live-help", id: "live-boxes-help" },
      filled(words.help, { least: SMALLEST }));
    const facts = element("div", { class: "live-facts" }, parts.sums, ratio, level, parts.list, buttons);
    parts.root = element("div", { class: "live-boxes" }, parts.stage, facts, help, parts.status);
    return parts;
  };

  // A box that moves or is resized within a scene of a size.
  const move = ([left, top, right, bottom], across, down, size) => {
    const x = clamp(left + across, 0, size - (right - left));
    const y = clamp(top + down, 0, size - (bottom - top));
    return [x, y, x + right - left, y + bottom - top];
  };
  const resize = ([left, top, right, bottom], across, down, size) => {
    const side = (from, to) => clamp(to, Math.min(from + SMALLEST, size), size);
    return [left, top, side(left, right + across), side(top, bottom + down)];
  };

  // By mouse and finger: seen with every pixel, said when it ends. A second finger on the box does
  // nothing until the first is lifted.
  const drag = (handle, stage, { size, read, place, update, change }) => {
    let start = null;
    handle.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      if (start && handle.hasPointerCapture(start.id)) return;
      handle.setPointerCapture(event.pointerId);
      handle.focus({ preventScroll: true });
      const act = event.target.className === "live-grip" ? resize : move;
      start = { id: event.pointerId, act, x: event.clientX, y: event.clientY, corners: read() };
      place(read());
      update();
    });
    handle.addEventListener("pointermove", ({ pointerId, clientX, clientY }) => {
      if (pointerId !== start?.id) return;
      const pixels = (length) => Math.round((length / stage.clientWidth) * size);
      const { act, x, y, corners } = start;
      place(act(corners, pixels(clientX - x), pixels(clientY - y), size));
      update();
    });
    for (const end of ["pointerup", "pointercancel"]) {
      handle.addEventListener(end, ({ pointerId }) => {
        if (pointerId !== start?.id) return;
        start = null;
        change();
      });
    }
  };
  const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const steer = (handle, { size, read, place, change }) => {
    handle.addEventListener("keydown", (event) => {
      const step = STEPS[event.key];
      if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      place((event.shiftKey ? resize : move)(read(), ...step, size));
      change();
    });
  };

  // Where a box is drawn within a scene of a size.
  const put = (part, [left, top, right, bottom], size) => {
    const percent = (pixels) => `${(100 * pixels) / size}%`;
    part.style.left = percent(left);
    part.style.top = percent(top);
    part.style.width = percent(right - left);
    part.style.height = percent(bottom - top);
  };
  // What the two boxes of a pair share and cover together, drawn and in numbers.
  const showPair = ({ union, shared, sums, share }, { boxes }, [one, two], size) => {
    const first = boxes[one], second = boxes[two], found = overlap(first, second);
    const values = {
      ...found, first: nameOf(one), second: nameOf(two),
      one: area(first), two: area(second), iou: found.iou.toFixed(3),
      equals: Number(found.iou.toFixed(3)) === found.iou ? "=" : "≈",
    };
    sums.replaceChildren(
      ...["shared", "union", "iou"].map((line) => element("p", {}, filled(words[line], values))));
    [...union.children].forEach((part, at) => put(part, [first, second][at], size));
    const left = Math.max(first[0], second[0]), top = Math.max(first[1], second[1]);
    put(shared, [left, top, left + found.width, top + found.height], size);
    share.style.width = `${100 * found.iou}%`;
    return values;
  };
  // A box, and its row: `place` is 0 or 1 in the pair and -1 out of it, `rival` what it gives way to.
  const showBox = ({ handle, choose, score, verdict }, { boxes, scores }, at, place, rival, size) => {
    const [left, top, right, bottom] = boxes[at], name = nameOf(at);
    put(handle, boxes[at], size);
    handle.setAttribute("aria-label",
      filled(words.box, { name, left, top, width: right - left, height: bottom - top }));
    handle.style.zIndex = place < 0 ? 1 : 3 - place;
    for (const part of [handle, choose]) {
      part.setAttribute("aria-pressed", String(place >= 0));
      part.dataset.place = place;
    }
    handle.classList.toggle("live-gone", rival !== null);
    score.textContent = scores[at].toFixed(2);
    verdict.textContent = rival === null ? words.stays : filled(words.goes, {
      rival: nameOf(rival), iou: overlap(boxes[at], boxes[rival]).iou.toFixed(3),
    });
  };
  // What a reader moves of a box; `kind` is what its scene says that it shows.
  const row = (at, start, kind) => {
    const name = nameOf(at);
    const handle = element("button", { class: "live-box", type: "button" },
      element("span", { class: "live-name" }, name), element("span", { class: "live-grip" }));
    const choose = element("button", {
      type: "button", "aria-label": filled(words.choose, { name }),
    }, name);
    const rank = slider(filled(words.score, { name }), 0.01);
    const score = element("span"), verdict = element("span");
    rank.value = start;
    const told = kind === undefined ? [] : [element("i", {}, kind)];
    const item = element("li", {}, choose, rank, score, element("span", {}, ...told, verdict));
    return { handle, choose, rank, score, verdict, item };
  };

  // What stands in a scene now, and how a reader sees it: at once, and said when it rests.
  const stageOf = (parts, { size, iou_threshold: threshold }) => {
    const state = { threshold }; // and `scene`, `pair`, `rows` once a scene is set
    const update = () => {
      const { scene, pair, rows } = state;
      const { kept, rivals } = suppress(scene, state.threshold);
      const values = showPair(parts, scene, pair, size);
      rivals.forEach((rival, at) =>
        showBox(rows[at], scene, at, pair.indexOf(at), rival, size));
      parts.levelText.textContent = state.threshold.toFixed(2);
      parts.mark.style.left = `${100 * state.threshold}%`;
      return filled(words.said, { ...values, kept: kept.map(nameOf).join(words.between) });
    };
    const choose = (at) => {
      if (state.pair[0] !== at) state.pair = [at, state.pair[0]];
    };
    const change = () => parts.tell(update());
    parts.level.addEventListener("input", () => {
      state.threshold = Number(parts.level.value);
      change();
    });
    return { size, state, update, change, choose };
  };
  const listen = ({ handle, choose: button, rank }, at, stage, { size, state, update, change, choose }) => {
    const read = () => state.scene.boxes[at];
    const place = (corners) => {
      choose(at);
      state.scene.boxes[at] = corners;
    };
    for (const part of [handle, button]) {
      part.addEventListener("click", () => {
        choose(at);
        change();
      });
    }
    rank.addEventListener("input", () => {
      state.scene.scores[at] = Number(rank.value);
      change();
    });
    drag(handle, stage, { size, read, place, update, change });
    steer(handle, { size, read, place, change });
  };
  // Begin a scene of the data, with its boxes as they were.
  const setScene = ({ union, shared, stage, list }, { scenes, names }, number, played) => {
    const { picture, boxes, scores, classes } = scenes[number];
    played.state.scene = structuredClone(scenes[number]);
    played.state.pair = [0, 1];
    const rows = boxes.map((_, at) => row(at, scores[at], picture ? names[classes[at]] : undefined));
    played.state.rows = rows;
    rows.forEach((made, at) => listen(made, at, stage, played));
    stage.replaceChildren(union, shared, ...rows.map(({ handle }) => handle));
    stage.style.backgroundImage = picture ? `url("${picture}")` : "";
    list.replaceChildren(...rows.map(({ item }) => item));
  };

  const show = (box) => {
    const figure = box.closest("figure");
    const data = JSON.parse(box.querySelector("script").textContent);
    const parts = panel(data.size), { root, level, again, other } = parts;
    const played = stageOf(parts, data);
    let number = 0;

    const start = () => {
      setScene(parts, data, number, played);
      other.textContent = words.scenes[1 - number];
      played.state.threshold = level.value = data.iou_threshold;
    };
    const restart = () => {
      start();
      played.change();
    };
    again.addEventListener("click", restart);
    other.addEventListener("click", () => {
      number = 1 - number;
      restart();
    });

    box.append(root);
    start();
    played.update();
    figure.classList.add("live-on");
    figure.live = { iou: (first, second) => overlap(first, second).iou, suppress }; // for tests
  };
  for (const figure of document.querySelectorAll('.live[data-live="boxes"]')) show(figure);
})();
