// Draw a digit, and the network of this build answers. `data` was written by `pack_network`.
(() => {
  "use strict";
  const SIDE = 32, CELLS = 8, BLOCK = SIDE / CELLS, FULL = BLOCK * BLOCK;
  const SHOWN = 8; // hidden units
  const { element } = liveControls;
  const words = bookLanguage.digit;

  const unpack = ({ shape, scale, values }) => {
    const bytes = Uint8Array.from(atob(values), (sign) => sign.charCodeAt(0));
    const view = new DataView(bytes.buffer);
    const numbers = Float64Array.from(
      { length: bytes.length / 2 },
      (_, at) => view.getInt16(2 * at, true) * scale,
    );
    return { numbers, columns: shape.at(-1) };
  };
  // Sums of a dense layer: each column of weights is a neuron.
  const sums = (inputs, { numbers, columns }, bias) =>
    Array.from(bias.numbers, (start, unit) =>
      inputs.reduce((sum, value, row) => sum + value * numbers[row * columns + unit], start));

  const network = (packed) => {
    const [kernel, bias, last, lastBias] = packed.map(unpack);
    const run = (pixels) => {
      const hidden = sums(pixels, kernel, bias).map((sum) => Math.max(sum, 0));
      const logits = sums(hidden, last, lastBias);
      const top = Math.max(...logits);
      const powers = logits.map((logit) => Math.exp(logit - top));
      const total = powers.reduce((sum, power) => sum + power);
      return { hidden, probabilities: powers.map((power) => power / total) };
    };
    const seenBy = (unit) =>
      Array.from({ length: CELLS * CELLS }, (_, at) => kernel.numbers[at * kernel.columns + unit]);
    const votes = (unit, digit) => last.numbers[unit * last.columns + digit];
    return { run, seenBy, votes };
  };

  // As the training digits were made: 32 x 32 dots, filled from top to bottom or from side to side
  // and put in the middle; then ink is counted in blocks of 4 x 4.
  const PEN = 2, ROOM = SIDE - 2 * PEN - 1;
  const fitted = (strokes) => {
    const points = strokes.flat();
    const edge = (axis, pick) => pick(...points.map((point) => point[axis]));
    const from = [0, 1].map((axis) => edge(axis, Math.min));
    const size = [0, 1].map((axis) => edge(axis, Math.max) - from[axis]);
    const scale = ROOM / Math.max(...size, 1);
    const left = size.map((length) => (SIDE - 1 - length * scale) / 2);
    return strokes.map((stroke) =>
      stroke.map((point) => point.map((value, axis) => left[axis] + (value - from[axis]) * scale)));
  };
  const inked = (strokes) => {
    const ink = new Uint8Array(SIDE * SIDE);
    const dot = (x, y) => {
      const near = (at) => [Math.max(0, Math.ceil(at - PEN)), Math.min(SIDE - 1, Math.floor(at + PEN))];
      const [left, right] = near(x), [top, bottom] = near(y);
      for (let row = top; row <= bottom; row++) {
        for (let column = left; column <= right; column++) {
          if (Math.hypot(column - x, row - y) <= PEN) ink[row * SIDE + column] = 1;
        }
      }
    };
    for (const stroke of strokes) {
      stroke.forEach(([x, y], at) => {
        const [fromX, fromY] = stroke[at - 1] ?? [x, y];
        const steps = Math.max(1, Math.ceil(Math.hypot(x - fromX, y - fromY)));
        for (let step = 0; step <= steps; step++) {
          dot(fromX + ((x - fromX) * step) / steps, fromY + ((y - fromY) * step) / steps);
        }
      });
    }
    return ink;
  };
  const counted = (ink) => {
    const pixels = new Array(CELLS * CELLS).fill(0);
    ink.forEach((black, at) => {
      const row = Math.floor(at / SIDE / BLOCK), column = Math.floor((at % SIDE) / BLOCK);
      pixels[row * CELLS + column] += black;
    });
    return pixels;
  };

  const percent = (share) => `${Math.round(100 * share)}%`;

  // What the reader sees, empty.
  const barRows = () => Array.from({ length: 10 }, (_, digit) =>
    element("li", {}, element("b", {}, String(digit)), element("i"), element("span")));
  const layout = () => {
    const board = element("canvas", {
      width: 256, height: 256, tabindex: 0, role: "application",
      "aria-label": words.board, "aria-describedby": "live-digit-help",
    });
    const seen = element("canvas", { width: 64, height: 64, role: "img", "aria-label": words.seen });
    const bars = element("ol", { class: "live-bars", "aria-label": words.answers }, ...barRows());
    const said = element("p", { class: "live-said", role: "status" });
    const units = element("div", { class: "live-units" });
    const clear = element("button", { type: "button" }, words.clear);
    const next = element("button", { type: "button" }, words.example);
    const panel = element("div", { class: "live-digit" },
      element("div", { class: "live-draw" },
        element("p", { class: "live-here", "aria-hidden": "true" }, words.here), board,
        element("p", {}, clear, next)),
      element("div", { class: "live-answer" }, said, bars),
      element("div", { class: "live-seen" }, element("p", {}, words.seen), seen,
        element("p", {}, words.units), units),
      element("p", { class: "live-help", id: "live-digit-help" }, words.help));
    return { panel, board, seen, bars, said, units, clear, next };
  };

  const drawPixels = (canvas, values, paint) => {
    const side = canvas.width / CELLS, brush = canvas.getContext("2d");
    brush.clearRect(0, 0, canvas.width, canvas.height);
    values.forEach((value, at) => {
      [brush.fillStyle, brush.globalAlpha] = paint(value);
      brush.fillRect((at % CELLS) * side, Math.floor(at / CELLS) * side, side, side);
    });
    brush.globalAlpha = 1;
  };
  const drawStrokes = (brush, dot, strokes) => {
    brush.lineWidth = 2 * PEN * dot;
    brush.lineCap = brush.lineJoin = "round";
    for (const stroke of strokes) {
      brush.beginPath();
      for (const [x, y] of [stroke[0], ...stroke]) brush.lineTo((x + 0.5) * dot, (y + 0.5) * dot);
      brush.stroke();
    }
  };
  const drawPen = (brush, dot, { at, down }) => {
    brush.lineWidth = 2;
    brush.beginPath();
    brush.arc((at[0] + 0.5) * dot, (at[1] + 0.5) * dot, PEN * dot, 0, 7);
    down ? brush.fill() : brush.stroke();
  };
  const drawBoard = (board, { strokes, pen, shown }, color) => {
    const brush = board.getContext("2d"), dot = board.width / SIDE;
    drawPixels(board, shown?.slice(1) ?? [], (value) => [color("--book-accent"), value / FULL]);
    brush.strokeStyle = brush.fillStyle = color("--pst-color-text-base");
    drawStrokes(brush, dot, strokes);
    brush.strokeStyle = color("--book-accent");
    if (pen) drawPen(brush, dot, pen);
  };

  // What the network says of pixels, and by which units.
  const fillBars = (bars, probabilities, best) => {
    [...bars.children].forEach((row, digit) => {
      const share = probabilities?.[digit];
      row.querySelector("i").style.width = probabilities ? percent(share) : "0";
      row.querySelector("span").textContent = probabilities ? percent(share) : "";
      row.classList.toggle("live-best", digit === best);
    });
  };
  const drawUnits = (units, net, hidden, best, color) => {
    const [wanted, unwanted] = ["--book-line1", "--book-line2"].map(color);
    const pull = (unit) => hidden[unit] * net.votes(unit, best);
    const order = hidden.map((_, unit) => unit).sort((a, b) => pull(b) - pull(a));
    units.replaceChildren(...order.slice(0, SHOWN).map((unit) => {
      const weights = net.seenBy(unit), most = Math.max(...weights.map(Math.abs));
      const picture = element("canvas", { width: 48, height: 48, "aria-hidden": "true" });
      drawPixels(picture, weights, (value) =>
        [value > 0 ? wanted : unwanted, Math.abs(value) / most]);
      return picture;
    }));
  };
  const answer = ({ seen, bars, said, units }, net, color, pixels, template, truth) => {
    const { hidden, probabilities } = net.run(pixels);
    const best = probabilities.indexOf(Math.max(...probabilities));
    said.textContent = template.replace("{digit}", best)
      .replace("{share}", percent(probabilities[best])).replace("{truth}", truth);
    fillBars(bars, probabilities, best);
    const ink = color("--pst-color-text-base");
    drawPixels(seen, pixels, (value) => [ink, value / FULL]);
    drawUnits(units, net, hidden, best, color);
  };
  const withhold = ({ seen, bars, said, units }, sentence) => {
    said.textContent = sentence;
    drawPixels(seen, [], () => []);
    units.replaceChildren();
    fillBars(bars);
  };

  // What a reader does: by mouse or finger, by keyboard. `drawn` changes, then `update` is called.
  const within = (value) => Math.min(SIDE - 1, Math.max(0, value));
  const followPointer = (board, drawn, update) => {
    const place = ({ clientX, clientY }) => {
      const { left, top, width, height } = board.getBoundingClientRect();
      return [[clientX - left, width], [clientY - top, height]]
        .map(([from, length]) => within((from / length) * SIDE - 0.5));
    };
    // Each finger goes on with its own stroke, which is no longer drawn once the board is wiped.
    const own = new Map();
    board.addEventListener("pointerdown", (event) => {
      board.setPointerCapture(event.pointerId);
      event.preventDefault();
      board.focus({ preventScroll: true });
      drawn.pen = drawn.shown = null;
      own.set(event.pointerId, [place(event)]);
      drawn.strokes.push(own.get(event.pointerId));
      update();
    });
    board.addEventListener("pointermove", (event) => {
      if (!board.hasPointerCapture(event.pointerId)) return;
      own.get(event.pointerId).push(place(event));
      update();
    });
  };
  const STEPS = { ArrowLeft: [-2, 0], ArrowRight: [2, 0], ArrowUp: [0, -2], ArrowDown: [0, 2] };
  const movePen = (drawn, step) => {
    drawn.pen.at = drawn.pen.at.map((value, axis) => within(value + step[axis]));
    if (drawn.pen.down) drawn.strokes.at(-1).push(drawn.pen.at);
  };
  const turnPen = (drawn) => {
    drawn.pen.down = !drawn.pen.down;
    if (drawn.pen.down) drawn.strokes.push([drawn.pen.at]);
  };
  const followKeys = ({ board, said }, drawn, update, wipe) => {
    board.addEventListener("keydown", (event) => {
      const step = STEPS[event.key];
      if (!step && ![" ", "Delete", "Backspace"].includes(event.key)) return;
      event.preventDefault();
      drawn.shown = null;
      drawn.pen ??= { at: [SIDE / 2, SIDE / 4], down: false };
      if (step) movePen(drawn, step);
      else if (event.key === " ") turnPen(drawn);
      else return wipe();
      update();
      const pen = drawn.pen.down ? words.down : words.up;
      if (event.key === " ") said.textContent = `${pen} ${said.textContent}`;
    });
  };
  const followReader = (parts, drawn, examples, update, redraw) => {
    const { board, clear, next } = parts;
    const wipe = () => {
      Object.assign(drawn, { strokes: [], shown: null });
      if (drawn.pen) drawn.pen.down = false;
      update();
    };
    followPointer(board, drawn, update);
    followKeys(parts, drawn, update, wipe);
    board.addEventListener("blur", () => {
      drawn.pen = null;
      redraw();
    });
    clear.addEventListener("click", wipe);
    next.addEventListener("click", () => {
      const example = (drawn.example + 1) % examples.length;
      Object.assign(drawn, { strokes: [], example, shown: examples[example] });
      update();
    });
  };

  const show = (box) => {
    const figure = box.closest("figure"), parts = layout();
    const { network: packed, examples } = JSON.parse(box.querySelector("script").textContent);
    const net = network(packed);
    // `shown`: a label and its pixels, until the reader draws.
    const drawn = { strokes: [], pen: null, example: 0, shown: examples[0] };
    // Colors follow the mode of the page.
    const color = (name) => getComputedStyle(figure).getPropertyValue(name).trim();
    const update = () => {
      const { strokes, shown, example } = drawn;
      drawBoard(parts.board, drawn, color);
      const say = (...rest) => answer(parts, net, color, ...rest);
      if (shown) return say(shown.slice(1), example ? words.truly : words.first, shown[0]);
      if (!strokes.length) return withhold(parts, words.empty);
      const pixels = counted(inked(fitted(strokes)));
      if (pixels.every(Boolean)) return withhold(parts, words.black); // every digit leaves white
      say(pixels, words.said);
    };
    followReader(parts, drawn, examples, update, () => drawBoard(parts.board, drawn, color));
    new MutationObserver(update).observe(
      document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    box.append(parts.panel);
    figure.classList.add("live-on");
    figure.probabilities = (pixels) => net.run(pixels).probabilities; // for tests
    update();
  };
  for (const figure of document.querySelectorAll('.live[data-live="digit"]')) show(figure);
})();
