// How far a clip is, told as it goes on; the page is loaded anew when it is done.
const live = document.getElementById("live");
const stage = document.getElementById("stage");
const bar = document.getElementById("bar");
const id = live.dataset.clip;

function show(now) {
  if (!["waiting", "running"].includes(now.state)) {
    location.reload();
    return false;
  }
  stage.textContent = now.state === "waiting" ? "Waiting for its turn." : `Being measured${now.stage ? `: ${now.stage}` : ""}.`;
  if (now.fraction === null || now.state === "waiting") bar.removeAttribute("value");
  else bar.value = now.fraction;
  return true;
}

// Where event streams do not get through (some proxies), ask every two seconds.
async function poll() {
  try {
    const answer = await fetch(`/clips/${id}/state`, { headers: { accept: "application/json" } });
    if (answer.ok && !show(await answer.json())) return;
  } catch { /* no network for a while */ }
  setTimeout(poll, 2000);
}

const events = new EventSource(`/clips/${id}/events`);
events.addEventListener("state", (event) => { if (!show(JSON.parse(event.data))) events.close(); });
events.addEventListener("error", () => {
  if (events.readyState === EventSource.CLOSED) poll();
});
