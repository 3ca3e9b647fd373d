// The proxy of a clip, exact to the frame: picture N of the video is frame N of the evidence.
// Not here: what is drawn over it (review-stage.js).

export class Player extends EventTarget {
  constructor(video, data) {
    super();
    this.video = video;
    this.count = data.frame_count;
    this.time_s = data.time_s;
    this.rate = Number(video.dataset.rate);
    // The proxy runs at its own constant rate; at this speed it runs as fast as life did.
    const lasted_s = this.time_s[this.count - 1] || this.count / this.rate;
    this.life = (this.count - 1) / this.rate / lasted_s || 1;
    this.frame = 0;
    this.speed = 1;
    this.loop = null;
    this.wanted = null;
    this.seeking = false;
    video.addEventListener("seeked", () => this.#seeked());
    video.addEventListener("ended", () => this.pause());
  }

  get playing() { return !this.video.paused; }

  show(frame) {
    this.wanted = Math.max(0, Math.min(this.count - 1, Math.round(frame)));
    this.#told(this.wanted);
    if (!this.seeking) this.#seek();
  }

  // One seek at a time: while a hand scrubs, only the last place wanted is gone to.
  #seek() {
    if (this.wanted === null) return;
    this.seeking = true;
    this.going = this.wanted;
    this.video.currentTime = (this.wanted + 0.5) / this.rate;
  }

  #seeked() {
    this.seeking = false;
    if (this.wanted !== null && this.wanted !== this.going) this.#seek();
    else { this.wanted = null; this.dispatchEvent(new Event("picture")); }
  }

  #told(frame) {
    if (frame === this.frame) return;
    this.frame = frame;
    this.dispatchEvent(new Event("frame"));
  }

  play() {
    if (this.frame >= (this.loop ? this.loop[1] : this.count - 1)) this.show(this.loop ? this.loop[0] : 0);
    this.video.playbackRate = Math.max(0.0625, Math.min(16, this.speed * this.life));
    this.video.play().then(() => this.#follow(), () => null);
    this.dispatchEvent(new Event("play"));
  }

  pause() {
    if (this.playing) this.video.pause();
    this.show(this.frame);
    this.dispatchEvent(new Event("play"));
  }

  #follow() {
    const next = this.video.requestVideoFrameCallback ? (f) => this.video.requestVideoFrameCallback(f) : requestAnimationFrame;
    const step = (_now, picture) => {
      if (!this.playing) return;
      const at_s = picture?.mediaTime ?? this.video.currentTime;
      this.#told(Math.max(0, Math.min(this.count - 1, Math.floor(at_s * this.rate + 0.01))));
      if (this.loop && this.frame >= this.loop[1]) this.video.currentTime = (this.loop[0] + 0.5) / this.rate;
      next(step);
    };
    next(step);
  }
}
