// The corrections in the making: put, taken back, put again; tried on the server, saved with a reason.
// Not here: hands on the picture (review-stage.js).

const TRY_MS = 120;
const same = (a, b) => a.kind === b.kind && a.frame === b.frame && a.point === b.point && a.line === b.line && a.edge === b.edge;

export class Edits extends EventTarget {
  constructor(data) {
    super();
    this.address = `/clips/${data.clip}/review`;
    this.revision = data.revision;
    this.records = data.corrections;
    this.saved = JSON.stringify(this.records);
    this.before = [];
    this.after = [];
    this.asked = 0;
  }

  get dirty() { return JSON.stringify(this.records) !== this.saved; }

  // A record takes the place of an earlier one about the same thing in the same frame, but not of somebody else's
  // point: two opinions on one point are told from each other, and averaged.
  put(record) {
    const mine = (each) => !(each.by && each.kind === "point") && same(each, record);
    this.#change([...this.records.filter((each) => !mine(each)), record]);
  }

  drop(record) { this.#change(this.records.filter((each) => each !== record)); }

  toggle_rep(rep) {
    const known = this.records.find((each) => each.kind === "rep" && each.rep === rep);
    if (known) this.drop(known);
    else this.#change([...this.records, { kind: "rep", rep }]);
  }

  peak(frame) { this.#change([...this.records.filter((each) => each.kind !== "peak"), { kind: "peak", to_frame: frame }]); }

  clear() { if (this.records.length) this.#change([]); }

  #change(records) {
    this.before.push(this.records);
    this.after = [];
    this.records = records;
    this.#changed();
  }

  undo() {
    if (!this.before.length) return;
    this.after.push(this.records);
    this.records = this.before.pop();
    this.#changed();
  }

  redo() {
    if (!this.after.length) return;
    this.before.push(this.records);
    this.records = this.after.pop();
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#try(), TRY_MS);
  }

  async #try() {
    const asked = ++this.asked;
    const [ok, found] = await this.#post(`${this.address}/try`, { corrections: this.records });
    if (asked !== this.asked) return; // a later edit is on its way
    this.dispatchEvent(new CustomEvent(ok ? "tried" : "refused", { detail: found }));
  }

  async save(why) {
    clearTimeout(this.timer);
    this.asked++;
    const [ok, found, status] = await this.#post(this.address, { revision: this.revision, corrections: this.records, why });
    if (!ok) {
      this.dispatchEvent(new CustomEvent(status === 409 ? "conflict" : "refused", { detail: found }));
      return false;
    }
    this.revision = found.revision;
    this.records = found.corrections;
    this.saved = JSON.stringify(this.records);
    this.before = [];
    this.after = [];
    this.dispatchEvent(new CustomEvent("saved", { detail: found }));
    this.dispatchEvent(new Event("change"));
    return true;
  }

  async #post(address, body) {
    try {
      const answer = await fetch(address, {
        method: "POST", body: JSON.stringify(body),
        headers: { "content-type": "application/json", accept: "application/json" },
      });
      return [answer.ok, await answer.json(), answer.status];
    } catch {
      return [false, { message: "The server does not answer. Nothing is lost: try again." }, 0];
    }
  }
}
