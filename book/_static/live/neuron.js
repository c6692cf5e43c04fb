// One neuron with two inputs: the reader sets its weights and bias, and its decision boundary moves.
(() => {
  "use strict";
  const { element, shape, short, filled, plane, handle, slider, teller } = liveControls;
  const words = bookLanguage.neuron;
  const SIDE = 240, CENTER = 0.5; // the middle of the plane, on both axes
  const LARGEST = 1000; // of what may be typed
  const SURE = 6, STOPS = 25; // from this sum on the answer is as good as certain: 0.998
  const SHADE = 0.5;
  const ACROSS = 2; // half the length of the line: more than from the middle to a corner

  const total = ([first, second], bias, [x, y]) => first * x + second * y + bias;
  const sigmoid = (z) => 1 / (1 + Math.exp(-z));

  // How the plane is tinted: clear where the neuron does not know, full where it is sure.
  const tint = (z) => ({
    class: z > 0 ? "live-yes" : "live-no", opacity: SHADE * Math.abs(2 * sigmoid(z) - 1),
  });
  const shading = () => shape("linearGradient", { id: "live-shade", gradientUnits: "userSpaceOnUse" },
    ...Array.from({ length: STOPS }, (_, at) => {
      const share = at / (STOPS - 1), look = tint(SURE * (2 * share - 1));
      return shape("stop", { offset: share, class: look.class, "stop-opacity": look.opacity });
    }));

  // The point nearest to the middle where the sum is `z`.
  const nearest = (weights, bias, z) => {
    const length = weights.reduce((sum, weight) => sum + weight * weight, 0);
    const away = (z - total(weights, bias, [CENTER, CENTER])) / length;
    return weights.map((weight) => CENTER + weight * away);
  };
  const setEnds = (made, [x1, y1], [x2, y2]) => {
    for (const [key, value] of Object.entries({ x1, y1, x2, y2 })) made.setAttribute(key, value);
  };
  const isFlat = (weights) => weights.every((weight) => weight === 0);
  const drawLine = ({ wash, shade, line }, { svg, place }, weights, bias) => {
    const flat = isFlat(weights), look = tint(bias);
    svg.classList.toggle("live-flat", flat);
    wash.setAttribute("class", flat ? look.class : "live-shaded");
    wash.setAttribute("fill-opacity", flat ? look.opacity : 1);
    if (flat) return;
    setEnds(shade, ...[-SURE, SURE].map((z) => place(nearest(weights, bias, z))));
    const [x, y] = nearest(weights, bias, 0);
    const [along, up] = weights.map((weight) => (ACROSS * weight) / Math.hypot(...weights));
    setEnds(line, place([x - up, y + along]), place([x + up, y - along]));
  };

  const mark = (yes, [x, y], right) => {
    const at = { transform: `translate(${x} ${y})` };
    const ring = right ? [] : [shape("circle", { class: "live-wrong", r: 12 })];
    return shape("g", at, ...ring, yes
      ? shape("path", { class: "live-yes", d: "M0-7 6.5 5H-6.5Z" })
      : shape("circle", { class: "live-no", r: 5.5 }));
  };
  const signed = (value) => (value < 0 ? `(${short(value)})` : short(value));

  const drawing = (data) => {
    const range = [data.low, data.high];
    const chart = plane({ label: words.plane, width: SIDE, height: SIDE, x: range, y: range });
    const shade = shading(), wash = shape("rect", { width: SIDE, height: SIDE });
    const line = shape("line", { class: "live-line" }), marks = shape("g", { class: "live-marks" });
    chart.svg.append(shape("defs", {}, shade), wash, line, marks);
    const draw = (weights, bias, wanted, right) => {
      drawLine({ wash, shade, line }, chart, weights, bias);
      marks.replaceChildren(...data.corners.map((corner, at) =>
        mark(wanted[at] === 1, chart.place(corner), right[at])));
    };
    return { chart, draw };
  };

  const isUsable = (weights, bias) =>
    [...weights, bias].every((value) => Math.abs(value) <= LARGEST); // false of what is no number
  // Which corners a neuron gets right.
  const judged = ({ corners }, weights, bias, wanted) =>
    corners.map((corner, at) => total(weights, bias, corner) > 0 === (wanted[at] === 1));
  const verdict = (right, weights) =>
    filled(words.right, { count: right.filter(Boolean).length }) + (isFlat(weights) ? words.flat : "");
  const arithmetic = ([x, y], weights, bias) => {
    const z = total(weights, bias, [x, y]);
    return filled(words.sum, {
      first: signed(weights[0]), x: signed(x), second: signed(weights[1]), y: signed(y),
      bias: signed(bias), z, a: sigmoid(z),
    });
  };

  // What a reader moves: `changed` is called for each change of the neuron, `asked` when its input moves.
  const controls = (data, chart, changed, asked) => {
    const control = (label, value) => slider({ label, value, min: -4, max: 4, step: 0.5 }, changed);
    const first = control(words.first, data.weights[0]);
    const second = control(words.second, data.weights[1]);
    const bias = control(words.bias, data.bias);
    const task = element("select", { "aria-label": words.task },
      ...Object.keys(data.tasks).map((name) => element("option", { value: name }, words[name])));
    const reset = element("button", { type: "button" }, words.reset);
    const limits = Array(2).fill([data.low + 0.1, data.high - 0.1]);
    const point = handle(
      chart, { label: words.point, start: data.point, steps: [0.1, 0.1], limits }, asked);
    task.addEventListener("change", changed);
    reset.addEventListener("click", () => {
      [first.value, second.value] = data.weights;
      bias.value = data.bias;
      task.selectedIndex = 0;
      point.put(data.point);
      changed();
    });
    const choices = element("p", { class: "live-choices" },
      element("label", {}, `${words.task} `, task), reset);
    const settings = () => [[first.value, second.value], bias.value];
    return { settings, task, point, rows: [choices, first.row, second.row, bias.row] };
  };

  const panel = (svg, parts) => element("div", { class: "live-panel live-neuron" },
    element("div", {}, svg, element("p", { class: "live-help" }, words.axes)),
    element("div", {}, ...parts, element("p", { class: "live-help" }, words.help)));

  const show = (box) => {
    const figure = box.closest("figure");
    const data = JSON.parse(box.querySelector("script").textContent);
    const { chart, draw } = drawing(data);
    const verdicts = teller(), sums = teller(); // one does not silence the other
    const said = element("p", { class: "live-said" }), sum = element("p");

    const ask = () => {
      sum.textContent = isUsable(...settings()) ? arithmetic(point.at, ...settings()) : "";
    };
    const update = () => {
      const [weights, bias] = settings(), usable = isUsable(weights, bias);
      const wanted = data.tasks[task.value], right = judged(data, weights, bias, wanted);
      chart.svg.classList.toggle("live-off", !usable);
      if (usable) draw(weights, bias, wanted, right);
      said.textContent = usable ? verdict(right, weights) : words.invalid;
      ask();
      verdicts.tell(said.textContent);
    };
    const { settings, task, point, rows } = controls(data, chart, update, () => {
      ask();
      sums.tell(sum.textContent);
    });

    box.append(panel(chart.svg, [...rows, said, sum, verdicts.status, sums.status]));
    figure.classList.add("live-on");
    figure.outputs = (points, weights, bias) => // for tests
      points.map((each) => sigmoid(total(weights, bias, each)));
    update();
  };
  for (const box of document.querySelectorAll('.live[data-live="neuron"]')) show(box);
})();
