// The curves under the picture: shin angle now and by the machine, the heel, repetitions; a finger scrubs along them.

const SVG = "http://www.w3.org/2000/svg";
const HEIGHT = { angle: 130, heel: 46, gap: 8 };
const ALL = HEIGHT.angle + HEIGHT.gap + HEIGHT.heel;

function make(name, attributes, parent, text) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  if (text !== undefined) node.textContent = text;
  parent?.append(node);
  return node;
}

export class Curves extends EventTarget {
  constructor(root, player) {
    super();
    this.svg = root.querySelector("svg");
    this.player = player;
    this.root = root;
    let scrubbing = false;
    const to = (event) => {
      const box = this.svg.getBoundingClientRect();
      player.show(((event.clientX - box.left) / box.width) * (player.count - 1));
    };
    this.svg.addEventListener("pointerdown", (event) => { scrubbing = true; this.svg.setPointerCapture(event.pointerId); if (player.playing) player.pause(); to(event); });
    this.svg.addEventListener("pointermove", (event) => { if (scrubbing) to(event); });
    for (const name of ["pointerup", "pointercancel"]) this.svg.addEventListener(name, () => { scrubbing = false; });
    new ResizeObserver(() => this.draw()).observe(root);
    player.addEventListener("frame", () => this.cursor());
  }

  set(data) { this.data = data; this.draw(); }

  draw() {
    if (!this.data) return;
    const width = Math.max(200, this.root.clientWidth);
    const { signals, machine_angle_deg: machine, heel_down: heel, reps, reviewed, key } = this.data;
    const main = signals[{ peak_shin_angle_deg: "shin_angle_deg", peak_knee_flexion_deg: "knee_flexion_deg", big_toe_extension_deg: "big_toe_deg" }[key] ?? "shin_angle_deg"] ?? [];
    this.x = (frame) => (frame / Math.max(1, this.player.count - 1)) * width;
    const known = [...main, ...(key === "peak_shin_angle_deg" ? machine : [])].filter((v) => v !== null);
    const [least, most] = [Math.min(0, ...known), Math.max(10, ...known)];
    const y = (value) => HEIGHT.angle - 6 - ((value - least) / (most - least)) * (HEIGHT.angle - 20);
    this.svg.setAttribute("viewBox", `0 0 ${width} ${ALL}`);
    this.svg.replaceChildren();
    reps.forEach((rep, n) => {
      make("rect", { x: this.x(rep.start), y: 0, width: Math.max(1, this.x(rep.end) - this.x(rep.start)), height: ALL, class: "rep" }, this.svg);
      make("text", { x: this.x(rep.peak), y: 12, class: "rep-name" }, this.svg, `${n + 1}`);
    });
    for (let value = Math.ceil(least / 10) * 10; value <= most; value += most - least > 60 ? 20 : 10) {
      make("line", { x1: 0, x2: width, y1: y(value), y2: y(value), class: "grid" }, this.svg);
      make("text", { x: 2, y: y(value) - 2, class: "tick" }, this.svg, `${value}°`);
    }
    if (key === "peak_shin_angle_deg") this.#path(machine, y, "machine");
    this.#path(main, y, "now");
    const lift = signals.heel_lift_mm ?? [];
    const top = Math.max(15, ...lift.filter((v) => v !== null));
    const base = ALL - 3;
    const rise = (value) => base - (Math.max(0, value) / top) * (HEIGHT.heel - 6);
    heel.forEach((state, frame) => {
      if (state === "unseen") make("rect", { x: this.x(frame), y: base - 4, width: Math.max(1, width / this.player.count), height: 4, class: "unseen" }, this.svg);
    });
    this.#path(lift, rise, "heel");
    make("text", { x: 2, y: HEIGHT.angle + HEIGHT.gap + 8, class: "tick" }, this.svg, "heel, mm");
    if (reviewed.frame !== null) make("line", { x1: this.x(reviewed.frame), x2: this.x(reviewed.frame), y1: 0, y2: ALL, class: "peak" }, this.svg);
    this.line = make("line", { y1: 0, y2: ALL, class: "cursor" }, this.svg);
    this.cursor();
  }

  #path(values, y, kind) {
    let path = "";
    let pen = false;
    values.forEach((value, frame) => {
      if (value === null) { pen = false; return; }
      path += `${pen ? "L" : "M"}${this.x(frame).toFixed(1)} ${y(value).toFixed(1)}`;
      pen = true;
    });
    if (path) make("path", { d: path, class: kind }, this.svg);
  }

  cursor() {
    if (!this.line) return;
    this.line.setAttribute("x1", this.x(this.player.frame));
    this.line.setAttribute("x2", this.x(this.player.frame));
  }
}
