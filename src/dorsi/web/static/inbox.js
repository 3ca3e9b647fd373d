// The inbox by keyboard, and clips that are being measured looked after. Not here: the review (review.js).
const list = document.getElementById("clips");
const rows = [...list.querySelectorAll("[data-clip]")];
let at = -1;

function go(to) {
  if (!rows.length) return;
  rows[at]?.classList.remove("at");
  at = Math.max(0, Math.min(rows.length - 1, to));
  rows[at].classList.add("at");
  rows[at].querySelector(".open").focus();
}

function menu(selector) {
  if (at < 0) return;
  const doing = rows[at].querySelector("details");
  doing.open = true;
  doing.querySelector(selector).focus();
}

function reviewed() {
  if (at >= 0) rows[at].querySelector('button[value="reviewed"]').click();
}

const KEYS = {
  j: () => go(at + 1), ArrowDown: () => go(at + 1), k: () => go(at - 1), ArrowUp: () => go(at - 1),
  r: reviewed, f: () => menu("textarea"), a: () => menu("select"),
  "/": () => document.getElementById("search").focus(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") { document.activeElement.closest("details")?.removeAttribute("open"); return; }
  if (event.target.closest("input, textarea, select")) return;
  const act = KEYS[event.key];
  if (act) { event.preventDefault(); act(); }
});
rows.forEach((row, index) => row.addEventListener("focusin", () => {
  rows[at]?.classList.remove("at");
  at = index;
  row.classList.add("at");
}));

// Ask every two seconds as long as something is being measured; then show the list anew, unless a hand is at work.
const busy = list.dataset.busy.split(" ").filter(Boolean);
async function look() {
  const states = await Promise.all(busy.map(async (id) => {
    const answer = await fetch(`/clips/${id}/state`, { headers: { accept: "application/json" } });
    return answer.ok ? answer.json() : { state: "gone" };
  })).catch(() => null);
  if (states?.some((each) => !["waiting", "running"].includes(each.state)) && !list.querySelector("details[open]")) {
    location.reload();
    return;
  }
  states?.forEach((each, index) => {
    const place = list.querySelector(`[data-clip="${busy[index]}"] [data-state]`);
    if (place && each.state === "running") place.textContent = `Being measured${each.stage ? `: ${each.stage}` : ""}${each.fraction ? `, ${Math.round(each.fraction * 100)} %` : ""}.`;
  });
  setTimeout(look, 2000);
}
if (busy.length) setTimeout(look, 1500);
