// Gradient descent down a valley, with a learning rate and a start of the reader's choice.
(() => {
  "use strict";
  const { element, shape, filled, plane, handle, slider, teller } = liveControls;
  const words = bookLanguage.descent;
  const WIDTH = 360, HEIGHT = 200, CONTOURS = 10;
  const MARGIN = 0.95; // how near the edge a path may start
  const FAR = 1e6; // times what the picture shows, still a number that browsers draw

  // As `run_on_quadratic` with `sgd_step` on the page, operation by operation.
  const runOnQuadratic = ({ curvatures, steps }, start, rate, momentum) => {
    const path = [start];
    let velocity = start.map(() => 0);
    for (let step = 0; step < steps; step++) {
      const at = path.at(-1);
      velocity = velocity.map((speed, axis) =>
        momentum * speed - rate * (curvatures[axis] * at[axis]));
      path.push(at.map((value, axis) => value + velocity[axis]));
    }
    return path;
  };
  const distance = (point) => Math.sqrt(point.reduce((sum, value) => sum + value * value, 0));
  // Steps until a path stays near for good, and until it is first out of sight; -1 if never.
  const stepsToConverge = (path, within) => {
    const away = path.findLastIndex((point) => !(distance(point) <= within));
    return away === path.length - 1 ? -1 : away + 1;
  };
  const stepsToDiverge = (path, extent) =>
    path.findIndex((point) => !point.every((value, axis) => Math.abs(value) <= extent[axis]));

  const outcome = (path, { extent, steps, within }) => {
    const near = stepsToConverge(path, within), out = stepsToDiverge(path, extent);
    if (near >= 0) return filled(words.arrives, { step: near, within });
    if (out >= 0) return filled(words.leaves, { step: out });
    return filled(words.crawls, { steps, distance: distance(path.at(-1)) });
  };

  // Lines of equal height, each ten times as high as the one three further in.
  const contours = ({ curvatures, extent }, place) => {
    const [middle, above] = place([0, 0]);
    const top = curvatures.reduce((sum, each, axis) => sum + each * extent[axis] ** 2, 0) / 2;
    return Array.from({ length: CONTOURS }, (_, at) => {
      const level = top / 1000 ** (1 - at / (CONTOURS - 1));
      const [right, high] = place(curvatures.map((each) => Math.sqrt((2 * level) / each)));
      return shape("ellipse", {
        class: "live-contour", cx: middle, cy: above, rx: right - middle, ry: above - high,
      });
    });
  };
  // The first steps of a path; of one that is lost, those until it is far out of sight.
  const visible = (path, { extent, shown }) => {
    const lost = stepsToDiverge(path, extent.map((value) => FAR * value));
    return path.slice(0, lost < 0 ? shown + 1 : Math.min(lost, shown + 1));
  };

  const STAR = "M0-7 1.7-2.3 6.7-2.2 2.7.9 4.1 5.7 0 2.8-4.1 5.7-2.7.9-6.7-2.2-1.7-2.3Z";
  const drawing = (data) => {
    const [x, y] = data.extent.map((value) => [-value, value]);
    const chart = plane({ label: words.plane, width: WIDTH, height: HEIGHT, x, y });
    const trail = shape("g", { class: "live-path" });
    const middle = `translate(${chart.place([0, 0])})`;
    chart.svg.append(
      ...contours(data, chart.place),
      shape("path", { class: "live-star", transform: middle, d: STAR }), trail);
    const draw = (path) => {
      const points = visible(path, data).map(chart.place);
      trail.replaceChildren(
        shape("polyline", { points: points.join(" ") }),
        ...points.slice(1).map(([cx, cy]) => shape("circle", { cx, cy, r: 2.2 })));
    };
    return { chart, draw };
  };

  // Where a path starts, and what a step multiplies each weight by: with momentum, no fixed number.
  const origin = ({ curvatures }, start, rate, momentum) => {
    const [along, across] = curvatures.map((curvature) => 1 - rate * curvature);
    const from = filled(words.from, { along: start[0], across: start[1] });
    return rate > 0 && !momentum ? from + filled(words.factors, { along, across }) : from;
  };

  // What a reader moves; `changed` is called for each change.
  const controls = (data, chart, changed) => {
    const rate = slider(
      { label: words.rate, value: data.rate, min: 0.0005, max: 0.04, step: 0.0005 }, changed);
    const limits = data.extent.map((value) => [-MARGIN * value, MARGIN * value]);
    const start = handle(
      chart, { label: words.start, start: data.start, steps: [0.5, 0.1], limits }, changed);
    const momentum = element("input", { type: "checkbox" });
    const reset = element("button", { type: "button" }, words.reset);
    momentum.addEventListener("change", changed);
    reset.addEventListener("click", () => {
      rate.value = data.rate;
      momentum.checked = false;
      start.put(data.start);
      changed();
    });
    const settings = () => [start.at, rate.value, momentum.checked ? data.momentum : 0];
    const choices = element("p", { class: "live-choices" },
      element("label", {}, momentum, ` ${words.momentum}`), reset);
    return { settings, rows: [rate.row, choices] };
  };

  const show = (box) => {
    const figure = box.closest("figure");
    const data = JSON.parse(box.querySelector("script").textContent);
    const { chart, draw } = drawing(data);
    const { status, tell } = teller();
    const said = element("p", { class: "live-said" }), from = element("p");

    const update = () => {
      const [start, rate, momentum] = settings();
      const path = rate > 0 ? runOnQuadratic(data, start, rate, momentum) : [start];
      draw(path);
      said.textContent = rate > 0 ? outcome(path, data) : words.invalid;
      from.textContent = origin(data, start, rate, momentum);
      tell(said.textContent);
    };
    const { settings, rows } = controls(data, chart, update);

    box.append(element("div", { class: "live-panel" },
      chart.svg, element("p", { class: "live-help" }, words.axes), ...rows,
      said, from, status, element("p", { class: "live-help" }, words.help)));
    figure.classList.add("live-on");
    figure.path = (start, rate, momentum) => runOnQuadratic(data, start, rate, momentum); // for tests
    update();
  };
  for (const box of document.querySelectorAll('.live[data-live="descent"]')) show(box);
})();
