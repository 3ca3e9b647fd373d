// The picture with the leg over it: points to drag or move by keys, the shin's edge, the level line, zoom, loupe.
// Not here: which frame (review-player.js), what a move means (review.js).

const SVG = "http://www.w3.org/2000/svg";
const NAMES = { hip: "Hip", knee: "Knee", ankle: "Ankle", heel: "Heel", ball: "Ball of the foot", toe_tip: "Toe tip" };
const BONES = [["hip", "knee"], ["knee", "ankle"], ["ankle", "heel"], ["heel", "toe_tip"]];
const HANDLE_PX = 22; // half of 44: a thumb hits it
const LOUPE = { size: 140, zoom: 4 };

function make(name, attributes, parent) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  parent?.append(node);
  return node;
}

export class Stage extends EventTarget {
  constructor(root, video, size) {
    super();
    Object.assign(this, { root, video, size });
    this.svg = root.querySelector("svg");
    this.loupe = root.querySelector("canvas");
    this.view = { x: 0, y: 0, scale: 1 };
    this.shown = true;
    this.points = {};
    this.lines = {}; // name -> [[x, y], [x, y]] of the tools that are open
    this.vertical = null;
    this.bones = make("g", { class: "bones" }, this.svg);
    this.extra = make("g", { class: "extra" }, this.svg);
    this.handles = make("g", { class: "handles" }, this.svg);
    this.knobs = new Map();
    for (const name of Object.keys(NAMES)) this.#knob(name, NAMES[name]);
    this.#hands();
    new ResizeObserver(() => this.fit()).observe(root);
  }

  // --- where things are: picture px to screen px and back
  to_screen([x, y]) { return [(x - this.view.x) * this.view.scale, (y - this.view.y) * this.view.scale]; }
  to_picture(event) {
    const box = this.root.getBoundingClientRect();
    return [(event.clientX - box.left) / this.view.scale + this.view.x, (event.clientY - box.top) / this.view.scale + this.view.y];
  }

  fit() {
    const [w, h] = [this.root.clientWidth, this.root.clientHeight];
    if (!w || !h) return;
    this.least = Math.min(w / this.size[0], h / this.size[1]);
    this.view.scale = this.least;
    this.view.x = (this.size[0] - w / this.least) / 2;
    this.view.y = (this.size[1] - h / this.least) / 2;
    this.draw();
  }

  zoom(factor, at = [this.root.clientWidth / 2, this.root.clientHeight / 2]) {
    const [x, y] = [at[0] / this.view.scale + this.view.x, at[1] / this.view.scale + this.view.y];
    this.view.scale = Math.max(this.least, Math.min(this.least * 12, this.view.scale * factor));
    if (this.view.scale <= this.least * 1.001) { this.fit(); return; }
    this.view.x = x - at[0] / this.view.scale;
    this.view.y = y - at[1] / this.view.scale;
    this.draw();
  }

  // Turn to the leg: where the work is.
  near() {
    const known = Object.values(this.points).filter(Boolean);
    if (known.length < 2) return;
    const [xs, ys] = [known.map((p) => p[0]), known.map((p) => p[1])];
    const [x0, x1, y0, y1] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const room = 0.25 * Math.max(x1 - x0, y1 - y0, 40);
    const [w, h] = [this.root.clientWidth, this.root.clientHeight];
    this.view.scale = Math.max(this.least, Math.min(w / (x1 - x0 + 2 * room), h / (y1 - y0 + 2 * room)));
    this.view.x = (x0 + x1 - w / this.view.scale) / 2;
    this.view.y = (y0 + y1 - h / this.view.scale) / 2;
    this.draw();
  }

  // --- drawing
  draw() {
    const { x, y, scale } = this.view;
    this.video.style.transform = `translate(${-x * scale}px, ${-y * scale}px) scale(${scale})`;
    this.svg.classList.toggle("hidden", !this.shown);
    this.bones.replaceChildren();
    for (const [a, b] of BONES) this.#line(this.points[a], this.points[b], `bone ${a}`);
    if (this.vertical) this.#line(...this.vertical, "upright");
    this.extra.replaceChildren();
    for (const [name, ends] of Object.entries(this.lines)) {
      this.#line(...ends, `tool ${name}`, this.extra);
      this.#line(...ends, "grip", this.extra);
    }
    for (const [name, knob] of this.knobs) {
      const at = this.#place(name);
      knob.classList.toggle("gone", !at);
      if (!at) continue;
      const [sx, sy] = this.to_screen(at);
      knob.setAttribute("transform", `translate(${sx} ${sy})`);
      knob.setAttribute("aria-valuetext", `${at[0].toFixed(1)}, ${at[1].toFixed(1)} px`);
    }
  }

  #place(name) {
    const [line, end] = name.split(":");
    return end === undefined ? this.points[name] : this.lines[line]?.[Number(end)];
  }

  #line(a, b, kind, parent = this.bones) {
    if (!a || !b) return;
    const [p, q] = [this.to_screen(a), this.to_screen(b)];
    make("line", { x1: p[0], y1: p[1], x2: q[0], y2: q[1], class: kind }, parent);
  }

  // Handles of a tool's line; `null` closes it.
  tool(name, ends, label) {
    if (ends === null) delete this.lines[name];
    else this.lines[name] = ends;
    for (const end of [0, 1]) {
      const key = `${name}:${end}`;
      if (ends && !this.knobs.has(key)) this.#knob(key, `${label}, ${end ? "upper" : "lower"} end`);
    }
    this.draw();
  }

  #knob(name, label) {
    const knob = make("g", { class: `knob ${name.split(":")[0]}`, tabindex: 0, role: "slider", "aria-label": label, "aria-valuenow": 0, "data-name": name }, this.handles);
    make("circle", { r: HANDLE_PX, class: "hit" }, knob);
    make("circle", { r: 7, class: "ring" }, knob);
    make("circle", { r: 1.6, class: "dot" }, knob);
    const text = make("text", { x: 12, y: -10 }, knob);
    text.textContent = name.includes(":") ? "" : label;
    this.knobs.set(name, knob);
    knob.addEventListener("keydown", (event) => this.#key(event, name));
  }

  #key(event, name) {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    const size = event.shiftKey ? 5 : 0.5;
    const at = this.#place(name);
    this.#move(name, [at[0] + step[0] * size, at[1] + step[1] * size], true);
  }

  // `done` when the hand lets go: only then is it an edit.
  #move(name, to, done) {
    const at = [Math.max(0, Math.min(this.size[0], to[0])), Math.max(0, Math.min(this.size[1], to[1]))].map((v) => Math.round(v * 100) / 100);
    const [line, end] = name.split(":");
    if (end === undefined) this.points = { ...this.points, [name]: at };
    else this.lines[line] = this.lines[line].map((each, n) => (n === Number(end) ? at : each));
    this.draw();
    this.dispatchEvent(new CustomEvent("moved", { detail: { name: line, end, at, done } }));
  }

  // --- hands: one drags a handle or the picture, two pinch, a wheel zooms
  #hands() {
    const held = new Map();
    let drag = null;
    let pinch = null;
    const root = this.root;
    const spread = () => {
      const [a, b] = [...held.values()];
      return { apart: Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY), x: (a.clientX + b.clientX) / 2, y: (a.clientY + b.clientY) / 2 };
    };
    root.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      held.set(event.pointerId, event);
      root.setPointerCapture(event.pointerId);
      if (held.size === 2) { drag = null; pinch = spread(); this.#lens(null); return; }
      const knob = event.target.closest?.(".knob");
      const at = this.to_picture(event);
      if (knob) {
        const from = this.#place(knob.dataset.name);
        // The point keeps its distance from the finger: it does not jump under it.
        drag = { name: knob.dataset.name, off: [from[0] - at[0], from[1] - at[1]], moved: false };
        knob.focus({ preventScroll: true });
      } else drag = { pan: [event.clientX, event.clientY] };
      event.preventDefault();
    });
    root.addEventListener("pointermove", (event) => {
      if (!held.has(event.pointerId)) return;
      held.set(event.pointerId, event);
      if (pinch && held.size === 2) {
        const now = spread();
        const box = root.getBoundingClientRect();
        this.view.x -= (now.x - pinch.x) / this.view.scale;
        this.view.y -= (now.y - pinch.y) / this.view.scale;
        this.zoom(now.apart / pinch.apart, [now.x - box.left, now.y - box.top]);
        pinch = now;
      } else if (drag?.name) {
        const at = this.to_picture(event);
        drag.moved = true;
        const to = [at[0] + drag.off[0], at[1] + drag.off[1]];
        this.#move(drag.name, to, false);
        this.#lens(to, event);
      } else if (drag?.pan && this.view.scale > this.least * 1.001) {
        this.view.x -= (event.clientX - drag.pan[0]) / this.view.scale;
        this.view.y -= (event.clientY - drag.pan[1]) / this.view.scale;
        drag.pan = [event.clientX, event.clientY];
        this.draw();
      }
    });
    const end = (event) => {
      held.delete(event.pointerId);
      if (drag?.name && drag.moved) this.#move(drag.name, this.#place(drag.name), true);
      drag = null;
      pinch = null;
      this.#lens(null);
    };
    root.addEventListener("pointerup", end);
    root.addEventListener("pointercancel", end);
    root.addEventListener("wheel", (event) => {
      event.preventDefault();
      const box = root.getBoundingClientRect();
      this.zoom(Math.exp(-event.deltaY * 0.0015), [event.clientX - box.left, event.clientY - box.top]);
    }, { passive: false });
  }

  // The picture under the finger, enlarged, beside it.
  #lens(at, event) {
    this.loupe.hidden = at === null;
    if (at === null) return;
    const box = this.root.getBoundingClientRect();
    const [sx, sy] = this.to_screen(at);
    const left = sx > box.width / 2 ? 8 : box.width - LOUPE.size - 8;
    this.loupe.style.transform = `translate(${left}px, ${sy > box.height / 2 ? 8 : Math.max(8, box.height - LOUPE.size - 8)}px)`;
    const pen = this.loupe.getContext("2d");
    const factor = this.video.videoWidth / this.size[0];
    const half = LOUPE.size / 2 / LOUPE.zoom / Math.max(1, this.view.scale);
    pen.fillStyle = "#000";
    pen.fillRect(0, 0, LOUPE.size, LOUPE.size);
    pen.imageSmoothingEnabled = false;
    pen.drawImage(this.video, (at[0] - half) * factor, (at[1] - half) * factor, 2 * half * factor, 2 * half * factor, 0, 0, LOUPE.size, LOUPE.size);
    pen.strokeStyle = "#ffd400";
    pen.beginPath();
    for (const [a, b, c, d] of [[0.5, 0.3, 0.5, 0.46], [0.5, 0.54, 0.5, 0.7], [0.3, 0.5, 0.46, 0.5], [0.54, 0.5, 0.7, 0.5]]) {
      pen.moveTo(a * LOUPE.size, b * LOUPE.size);
      pen.lineTo(c * LOUPE.size, d * LOUPE.size);
    }
    pen.stroke();
    void event;
  }
}
