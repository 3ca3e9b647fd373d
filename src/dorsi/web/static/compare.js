// Two clips played in step from the start of their repetition, each stopped at its peak; side by side or laid over.
import { Player } from "./review-player.js";

const place = (name) => document.getElementById(name);
const pair = place("pair");

class Pane {
  constructor(side, data) {
    Object.assign(this, { side, data });
    this.video = place(`video-${side}`);
    this.window = this.video.parentElement;
    this.player = new Player(this.video, data);
    this.lasts_s = data.time_s[data.peak] - data.time_s[data.start];
    this.video.style.width = `${data.width_px}px`;
  }

  // The frame that is shown `after_s` into the repetition; it stays at the peak.
  at(after_s) {
    const { time_s, start, peak } = this.data;
    let frame = start;
    while (frame < peak && time_s[frame + 1] - time_s[start] <= after_s + 1e-6) frame++;
    this.player.show(frame);
    const angle = this.data.angle_deg[frame];
    place(`angle-${this.side}`).textContent = angle == null ? "–" : `${angle.toFixed(1)}°`;
    return angle;
  }

  whole() {
    const [w, h] = [this.window.clientWidth, this.window.clientHeight];
    const scale = Math.min(w / this.data.width_px, h / this.data.height_px);
    return { scale, x: (w - this.data.width_px * scale) / 2, y: (h - this.data.height_px * scale) / 2 };
  }

  put({ scale, x, y }, mirrored) {
    const width = this.data.width_px * scale;
    this.video.style.transform = mirrored ? `translate(${x + width}px, ${y}px) scale(${-scale}, ${scale})` : `translate(${x}px, ${y}px) scale(${scale})`;
  }

  // Ankle and shank at the peak, where the leg is compared.
  leg(mirrored) {
    const [ankle, knee] = [this.data.ankle[this.data.peak], this.data.knee[this.data.peak]];
    if (!ankle || !knee) return null;
    return { x: mirrored ? this.data.width_px - ankle[0] : ankle[0], y: ankle[1], shank: Math.hypot(knee[0] - ankle[0], knee[1] - ankle[1]) };
  }
}

class Pair {
  constructor(a, b) {
    Object.assign(this, { a, b, after_s: 0, timer: null, speed: 1 });
    this.lasts_s = Math.max(a.lasts_s, b.lasts_s, 0.01);
    place("mirror").checked = a.data.forward !== b.data.forward;
    place("along").addEventListener("input", (event) => { this.stop(); this.show((event.target.value / 1000) * this.lasts_s); });
    place("play").addEventListener("click", () => (this.timer ? this.stop() : this.play()));
    place("peaks").addEventListener("click", () => { this.stop(); this.show(this.lasts_s); });
    place("slow").addEventListener("change", (event) => { this.speed = event.target.checked ? 0.5 : 1; });
    for (const name of ["over", "mirror", "through"]) place(name).addEventListener("input", () => this.lay());
    new ResizeObserver(() => this.lay()).observe(pair);
    document.addEventListener("keydown", (event) => this.key(event));
    this.lay();
    this.show(this.lasts_s);
  }

  key(event) {
    if (event.target.closest("input, button, a")) return;
    if (event.key === " ") place("play").click();
    else if (event.key === "ArrowRight") this.show(this.after_s + 1 / 30);
    else if (event.key === "ArrowLeft") this.show(this.after_s - 1 / 30);
    else if (event.key === "p") place("peaks").click();
    else return;
    event.preventDefault();
  }

  show(after_s) {
    this.after_s = Math.max(0, Math.min(this.lasts_s, after_s));
    place("along").value = (this.after_s / this.lasts_s) * 1000;
    const angles = [this.a, this.b].map((pane) => pane.at(this.after_s));
    clearTimeout(this.telling);
    this.telling = setTimeout(() => { place("told").textContent = angles.map((v, n) => `${n ? "second" : "first"} ${v == null ? "no angle" : `${v.toFixed(1)}°`}`).join(", "); }, 600);
  }

  play() {
    if (this.after_s >= this.lasts_s) this.show(0);
    let last = performance.now();
    const step = (now) => {
      this.show(this.after_s + ((now - last) / 1000) * this.speed);
      last = now;
      if (this.after_s >= this.lasts_s) this.stop();
      else this.timer = requestAnimationFrame(step);
    };
    this.timer = requestAnimationFrame(step);
    place("play").textContent = "Pause";
  }

  stop() {
    cancelAnimationFrame(this.timer);
    this.timer = null;
    place("play").textContent = "Play";
  }

  lay() {
    const [over, mirrored] = [place("over").checked, place("mirror").checked];
    pair.classList.toggle("over", over);
    place("see").hidden = !over;
    place("pane-b").style.opacity = over ? place("through").value / 100 : 1;
    const first = this.a.whole();
    this.a.put(first, false);
    const [leg, other] = [this.a.leg(false), this.b.leg(mirrored)];
    if (!over || !leg || !other) { this.b.put(this.b.whole(), mirrored); return; }
    // Ankle on ankle, shanks of one length.
    const scale = (first.scale * leg.shank) / other.shank;
    this.b.put({ scale, x: first.x + leg.x * first.scale - other.x * scale, y: first.y + leg.y * first.scale - other.y * scale }, mirrored);
  }
}

async function pane(side) {
  const answer = await fetch(`/compare/${pair.dataset[side]}.json`, { headers: { accept: "application/json" } });
  const video = place(`video-${side}`);
  if (video.readyState < 1) await new Promise((done) => video.addEventListener("loadedmetadata", done, { once: true }));
  return new Pane(side, await answer.json());
}

const panes = await Promise.all([pane("a"), pane("b")]);
window.pair = new Pair(...panes);
document.documentElement.dataset.compare = "ready";
