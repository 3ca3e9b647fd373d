// The review page put together: what a move means, what the panel says, which key does what.
// Not here: the video (review-player.js), the picture (review-stage.js), the curves, the corrections in the making.
import { Curves } from "./review-curves.js";
import { Edits } from "./review-edits.js";
import { Player } from "./review-player.js";
import { Stage } from "./review-stage.js";

const place = (name) => document.getElementById(name);
const video = place("video");
const degrees = (value) => (value === null || value === undefined ? "–" : `${value.toFixed(1)}°`);

// Tilt of a line from the picture's vertical, deg, positive when its upper end is ahead (engine/geometry.py).
export function tilt(lower, upper, forward) {
  return (Math.atan2(forward * (upper[0] - lower[0]), -(upper[1] - lower[1])) * 180) / Math.PI;
}

class Review {
  constructor(data) {
    this.data = data;
    this.player = new Player(video, data);
    this.stage = new Stage(place("stage"), video, [data.width_px, data.height_px]);
    this.curves = new Curves(place("curves"), this.player);
    this.edits = new Edits(data);
    this.tools = {};
    this.listen();
    this.shown(data);
    this.player.show(data.reviewed.frame ?? data.machine.frame ?? 0);
    this.frame();
    this.stage.fit();
  }

  // --- what the server concluded is shown
  shown(found) {
    Object.assign(this.data, found);
    this.curves.set(this.data);
    this.values("machine", this.data.machine);
    this.values("reviewed", this.data.reviewed);
    place("by").textContent = this.edits.records.length ? "" : "nobody corrected anything";
    this.reps();
    this.list();
    this.frame();
  }

  values(name, found) {
    const unit = this.data.unit;
    const text = found.value === null ? (found.reasons[0] ?? "not measured").replaceAll("_", " ") : `${found.value.toFixed(1)}${unit}`;
    place(`${name}-value`).textContent = text;
    place(`${name}-more`).textContent = found.value === null ? "" : `± ${found.uncertainty_95?.toFixed(1) ?? "?"}${unit}, frame ${found.frame}${found.crest_deg === null ? "" : `, crest ${degrees(found.crest_deg)}`}`;
  }

  reps() {
    const root = place("reps");
    root.replaceChildren();
    this.data.machine_reps.forEach((rep, n) => {
      const dropped = this.edits.records.some((each) => each.kind === "rep" && each.rep === n + 1);
      const item = document.createElement("li");
      const go = button(`${n + 1}: ${degrees(rep.angle_deg)}${rep.heel_lifted ? ", heel lifts" : ""}`, () => { this.player.show(rep.peak); }, "quiet");
      const loop = button("Loop", () => this.loop(rep), "second small");
      const drop = button(dropped ? "Count it" : "Leave out", () => this.edits.toggle_rep(n + 1), "second small");
      drop.setAttribute("aria-label", `${dropped ? "Count" : "Leave out"} repetition ${n + 1}`);
      loop.setAttribute("aria-label", `Play repetition ${n + 1} again and again`);
      item.classList.toggle("dropped", dropped);
      item.append(go, loop, drop);
      root.append(item);
    });
    if (!root.children.length) root.append(Object.assign(document.createElement("li"), { textContent: "No repetition." }));
  }

  list() {
    const root = place("records");
    root.replaceChildren();
    for (const record of this.edits.records) {
      const item = document.createElement("li");
      const frame = record.frame ?? record.to_frame;
      const what = { point: () => `${record.point.replace("_", " ")} put`, line: () => "shin edge drawn", heel: () => `heel ${record.to}`, peak: () => "this frame counts", rep: () => `repetition ${record.rep} left out`, level: () => `a line is ${record.edge}` }[record.kind]();
      const who = record.by ? ` · ${record.by}${record.at ? `, ${new Date(record.at).toLocaleString([], { dateStyle: "short", timeStyle: "short" })}` : ""}${record.why ? ` · ${record.why}` : ""}` : " · not saved yet";
      const span = record.span === "frame" ? ", this frame alone" : "";
      const text = frame === undefined || frame === null ? document.createElement("span") : button(`Frame ${frame}`, () => this.player.show(frame), "quiet");
      const said = Object.assign(document.createElement("span"), { className: "grow", textContent: `${what}${span}${who}` });
      const gone = button("✕", () => this.edits.drop(record), "quiet");
      gone.setAttribute("aria-label", `Take back: ${what}`);
      item.append(text, said, gone);
      root.append(item);
    }
    place("undo").disabled = !this.edits.before.length;
    place("redo").disabled = !this.edits.after.length;
    place("machine-again").disabled = !this.edits.records.length;
    place("save").disabled = !this.edits.dirty;
    place("save").textContent = this.edits.dirty ? "Save" : "Saved";
  }

  // --- the frame that is shown
  frame() {
    const n = this.player.frame;
    const { points, signals, time_s, heel_down } = this.data;
    const at = {};
    for (const [name, every] of Object.entries(points)) at[name] = every[n];
    // Ball and toe tip stand for the sole: they are shown where a hand put them.
    for (const each of this.edits.records) if (each.kind === "point" && each.frame === n) at[each.point] = each.to_xy_px;
    this.stage.points = at;
    this.moving = null;
    this.follow_tools(n);
    this.upright();
    this.stage.draw();
    this.angle(signals.shin_angle_deg?.[n] ?? null);
    place("frame").textContent = `Frame ${n} of ${this.player.count - 1}, ${(time_s[n] ?? 0).toFixed(2)} s`;
    const heel = heel_down[n] ?? "";
    place("heel").textContent = heel ? `Heel ${heel}${heel !== "unseen" && signals.heel_lift_mm?.[n] != null ? ` (${signals.heel_lift_mm[n].toFixed(0)} mm)` : ""}` : "";
    place("heel").dataset.state = heel;
    clearTimeout(this.telling);
    this.telling = setTimeout(() => { place("told").textContent = `Frame ${n}, shin ${place("angle").textContent}, ${place("heel").textContent}`; }, 600);
  }

  angle(value) { place("angle").textContent = degrees(value); }

  // The true vertical through the ankle: from it the angle is read.
  upright() {
    const { ankle, knee } = this.stage.points;
    if (!ankle || !knee) { this.stage.vertical = null; return; }
    const long = 1.2 * Math.hypot(knee[0] - ankle[0], knee[1] - ankle[1]);
    const lean = (this.data.roll_deg * Math.PI) / 180;
    this.stage.vertical = [ankle, [ankle[0] + Math.sin(lean) * long, ankle[1] - Math.cos(lean) * long]];
  }

  // While a hand moves knee or ankle the angle turns by as much as their line does.
  moved({ name, end, at, done }) {
    if (end !== undefined) { if (done) this.line_moved(name); return; }
    const n = this.player.frame;
    const [knee, ankle] = [this.data.points.knee?.[n], this.data.points.ankle?.[n]];
    const now = this.stage.points;
    const known = this.data.signals.shin_angle_deg?.[n];
    if (["knee", "ankle"].includes(name) && now.knee && now.ankle) {
      const turned = tilt(now.ankle, now.knee, this.data.forward) - (knee && ankle ? tilt(ankle, knee, this.data.forward) : 0);
      this.angle(known == null ? turned : known + turned);
      this.upright();
      this.stage.draw();
    }
    if (done) this.edits.put({ kind: "point", point: name, frame: n, to_xy_px: at, span: this.span() });
  }

  span() { return document.querySelector("input[name=span]:checked").value; }

  // --- tools that draw a line: the shin's edge, and something that is upright or level in truth
  toggle(tool) {
    const open = !this.tools[tool];
    this.tools[tool] = open;
    place(`tool-${tool}`).setAttribute("aria-pressed", open);
    place("edge").hidden = !this.tools.level;
    if (!open) this.stage.tool(tool, null);
    this.follow_tools(this.player.frame);
    this.stage.draw();
  }

  follow_tools(n) {
    const { knee, ankle } = this.stage.points;
    if (this.tools.crest && knee && ankle) {
      const drawn = this.edits.records.find((each) => each.kind === "line" && each.frame === n);
      this.stage.tool("crest", drawn ? drawn.to_xy_px.map((p) => [...p]) : this.crest(knee, ankle, n), "Front edge of the shin");
    }
    if (this.tools.level && !this.stage.lines.level) {
      const { width_px: w, height_px: h } = this.data;
      this.stage.tool("level", [[0.5 * w, 0.6 * h], [0.5 * w, 0.3 * h]], "Upright or level line");
    }
  }

  // Where the edge may lie, to begin with: ahead of the joints' line, at the angle that was measured.
  crest(knee, ankle, n) {
    const { forward, signals } = this.data;
    const beyond = ((signals.crest_angle_deg?.[n] ?? signals.shin_angle_deg?.[n] ?? 0) - (signals.shin_angle_deg?.[n] ?? 0)) * forward * (Math.PI / 180);
    const along = [knee[0] - ankle[0], knee[1] - ankle[1]];
    const middle = [ankle[0] + along[0] * 0.5 - forward * along[1] * -0.13, ankle[1] + along[1] * 0.5 + forward * along[0] * 0.13];
    const turned = [along[0] * Math.cos(beyond) - along[1] * Math.sin(beyond), along[0] * Math.sin(beyond) + along[1] * Math.cos(beyond)];
    return [-0.2, 0.2].map((share) => [middle[0] + turned[0] * share, middle[1] + turned[1] * share]);
  }

  line_moved(name) {
    const to_xy_px = this.stage.lines[name].map((p) => [...p]);
    if (name === "crest") this.edits.put({ kind: "line", line: "crest", frame: this.player.frame, to_xy_px, span: this.span() });
    else this.edits.put({ kind: "level", edge: document.querySelector("input[name=edge]:checked").value, to_xy_px });
  }

  loop(rep) {
    this.player.loop = [rep.start, rep.end];
    this.player.show(rep.start);
    this.player.play();
    place("loop").hidden = false;
  }

  // --- buttons and keys
  listen() {
    const { player, stage, edits } = this;
    player.addEventListener("frame", () => this.frame());
    player.addEventListener("play", () => { place("play").textContent = player.playing ? "Pause" : "Play"; });
    video.addEventListener("pause", () => { place("play").textContent = "Play"; });
    stage.addEventListener("moved", (event) => this.moved(event.detail));
    edits.addEventListener("change", () => { this.list(); this.reps(); });
    edits.addEventListener("tried", (event) => { this.say(""); this.shown(event.detail); });
    edits.addEventListener("refused", (event) => this.say(event.detail.message));
    edits.addEventListener("saved", (event) => { this.say("Saved.", true); this.shown(event.detail); });
    edits.addEventListener("conflict", (event) => { this.say(event.detail.message); place("load").hidden = false; });
    const acts = {
      play: () => (player.playing ? player.pause() : player.play()), back: () => player.show(player.frame - 1), on: () => player.show(player.frame + 1),
      peak: () => player.show(this.data.reviewed.frame ?? this.data.machine.frame ?? player.frame), near: () => stage.near(), whole: () => stage.fit(),
      closer: () => stage.zoom(1.4), farther: () => stage.zoom(1 / 1.4), overlay: () => this.overlay(),
      "heel-down": () => edits.put({ kind: "heel", frame: player.frame, to: "down" }), "heel-up": () => edits.put({ kind: "heel", frame: player.frame, to: "up" }),
      counts: () => edits.peak(player.frame), undo: () => edits.undo(), redo: () => edits.redo(), "machine-again": () => edits.clear(),
      "tool-crest": () => this.toggle("crest"), "tool-level": () => this.toggle("level"), save: () => this.save(), load: () => location.reload(),
      loop: () => { player.loop = null; place("loop").hidden = true; }, keys: () => place("help").showModal(), "help-close": () => place("help").close(),
    };
    for (const [name, act] of Object.entries(acts)) place(name)?.addEventListener("click", act);
    place("slow").addEventListener("change", (event) => { player.speed = event.target.checked ? 0.5 : 1; if (player.playing) player.play(); });
    document.addEventListener("keydown", (event) => this.key(event, acts));
    addEventListener("beforeunload", (event) => { if (edits.dirty) event.preventDefault(); });
  }

  key(event, acts) {
    const step = event.shiftKey ? 10 : 1;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z") { event.preventDefault(); (event.shiftKey ? acts.redo : acts.undo)(); return; }
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") { event.preventDefault(); this.save(); return; }
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select, dialog[open]")) return;
    const keys = {
      ArrowLeft: () => this.player.show(this.player.frame - step), ArrowRight: () => this.player.show(this.player.frame + step),
      ",": acts.back, ".": acts.on, Home: () => this.player.show(0), End: () => this.player.show(this.player.count - 1),
      p: acts.peak, o: acts.overlay, d: acts["heel-down"], u: acts["heel-up"], c: acts.counts, l: acts.near, 0: acts.whole, "+": acts.closer, "-": acts.farther, "?": acts.keys, s: () => place("slow").click(),
    };
    if (event.key === " " && !event.target.closest("button, a, summary, input")) { event.preventDefault(); acts.play(); return; }
    const act = keys[event.key];
    if (!act || (event.target.matches("input[type=radio]") && event.key.startsWith("Arrow"))) return;
    event.preventDefault();
    act();
  }

  overlay() {
    this.stage.shown = !this.stage.shown;
    place("overlay").setAttribute("aria-pressed", this.stage.shown);
    this.stage.draw();
  }

  say(text, good = false) {
    place("said").textContent = text;
    place("said").classList.toggle("error", Boolean(text) && !good);
    place("said").classList.toggle("notice", good);
  }

  async save() {
    if (!this.edits.dirty) return;
    place("save").disabled = true;
    place("save").textContent = "Saving…";
    await this.edits.save(place("why").value);
    this.list();
  }
}

function button(text, act, kind) {
  const made = Object.assign(document.createElement("button"), { type: "button", className: kind, textContent: text });
  made.addEventListener("click", act);
  return made;
}

async function begin() {
  const answer = await fetch(video.dataset.review, { headers: { accept: "application/json" } });
  const found = await answer.json();
  if (!answer.ok) { place("said").textContent = found.message; return; }
  if (video.readyState < 1) await new Promise((done) => video.addEventListener("loadedmetadata", done, { once: true }));
  document.documentElement.dataset.review = "ready";
  window.review = new Review(found); // for a curious hand in the console, and for tests
}
begin();
