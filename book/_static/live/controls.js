// What live figures share: a plane to draw in, dots to drag, sliders, and words for a screen reader.
const liveControls = (() => {
  "use strict";
  const finish = (made, attributes, children) => {
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  };
  const element = (name, attributes = {}, ...children) =>
    finish(document.createElement(name), attributes, children);
  const shape = (name, attributes = {}, ...children) =>
    finish(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);

  // A number with three digits and the minus of mathematics; a sentence with its numbers.
  const short = (value) =>
    String(Number.isInteger(value) ? value : Number(value.toPrecision(3)))
      .replaceAll("-", "−").replace("Infinity", "∞");
  const filled = (sentence, values) =>
    sentence.replace(/\{(\w+)\}/g, (_, name) =>
      typeof values[name] === "number" ? short(values[name]) : values[name]);

  // A picture whose points are numbers: `x` and `y` are the first and last value that it shows.
  const plane = ({ label, width, height, x, y }, ...children) => {
    const svg = shape("svg", {
      class: "live-plane", viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": label,
    }, ...children);
    const place = ([across, up]) => [
      ((across - x[0]) / (x[1] - x[0])) * width, ((y[1] - up) / (y[1] - y[0])) * height,
    ];
    const read = ({ clientX, clientY }) => {
      const box = svg.getBoundingClientRect();
      return [
        x[0] + ((clientX - box.left) / box.width) * (x[1] - x[0]),
        y[1] - ((clientY - box.top) / box.height) * (y[1] - y[0]),
      ];
    };
    return { svg, place, read, ranges: [x, y] };
  };

  // What moves a dot: `go` takes it to a point, `step` says which point an arrow means.
  const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
  const follow = (dot, svg, read, { go, step }) => {
    // A finger on the dot does not scroll; `touch-action` does nothing within a drawing.
    dot.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
    dot.addEventListener("pointerdown", (event) => {
      dot.setPointerCapture(event.pointerId);
      event.preventDefault();
      dot.focus({ preventScroll: true });
    });
    dot.addEventListener("pointermove", (event) => {
      if (dot.hasPointerCapture(event.pointerId)) go(read(event));
    });
    dot.addEventListener("keydown", (event) => {
      const arrow = ARROWS[event.key];
      if (!arrow) return;
      event.preventDefault();
      go(step(arrow));
    });
    svg.addEventListener("click", (event) => {
      if (!dot.contains(event.target)) go(read(event));
    });
  };
  // A dot that mouse, finger and arrows move in steps over a plane, not beyond `limits`.
  const handle = ({ svg, place, read }, { label, start, steps, limits }, moved) => {
    const dot = shape("g", {
      class: "live-handle", tabindex: 0, role: "slider", "aria-label": label,
      "aria-valuemin": limits[0][0], "aria-valuemax": limits[0][1],
    }, shape("circle", { class: "live-reach", r: 22 }), shape("circle", { r: 6 }));
    const made = { at: start };
    made.put = (to) => {
      made.at = to.map((value, axis) => {
        const [low, high] = limits[axis], step = steps[axis];
        const near = Math.round(Math.min(high, Math.max(low, value)) / step) * step;
        return Number(near.toFixed(6)) + 0; // no -0
      });
      dot.setAttribute("transform", `translate(${place(made.at)})`);
      dot.setAttribute("aria-valuenow", made.at[0]);
      dot.setAttribute("aria-valuetext", made.at.map(short).join(", "));
    };
    follow(dot, svg, read, {
      go: (to) => {
        made.put(to);
        moved();
      },
      step: (arrow) => made.at.map((value, axis) => value + arrow[axis] * steps[axis]),
    });
    svg.append(dot);
    made.put(start);
    return made;
  };

  // A slider, and a field that shows the same number and takes others too.
  const slider = ({ label, value, min, max, step }, changed) => {
    const range = element("input", { type: "range", min, max, step, value, "aria-label": label });
    const field = element("input", { type: "number", step: "any", value, "aria-label": label });
    range.addEventListener("input", () => {
      field.value = range.value;
      changed();
    });
    field.addEventListener("input", () => {
      if (field.value) range.value = field.value;
      changed();
    });
    return {
      row: element("p", { class: "live-slider" },
        element("span", { "aria-hidden": "true" }, label), range, field),
      get value() {
        return field.valueAsNumber; // NaN if it is none
      },
      set value(to) {
        range.value = field.value = to;
      },
    };
  };

  // A screen reader is told what came out once changes pause, not every change.
  const PAUSE = 500;
  const teller = () => {
    const status = element("p", { class: "visually-hidden", role: "status" });
    let timer;
    const tell = (words) => {
      clearTimeout(timer);
      timer = setTimeout(() => status.replaceChildren(words), PAUSE);
    };
    return { status, tell };
  };

  return { element, shape, short, filled, plane, handle, slider, teller };
})();
