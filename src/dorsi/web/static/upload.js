// Sends a clip so that a lost network, a locked screen or a closed page cost nothing (tus).
/* global tus */
const form = document.getElementById("send");
const place = (name) => document.getElementById(name);
const RETRIES = [0, 1000, 2000, 4000, 8000, 15000, 30000, 30000, 60000];
let upload = null;
let clip = null;
let sent = { bytes: 0, at: 0 };
let lock = null;

function say(text) { place("said").textContent = text; }
const MB = (bytes) => `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;

function buttons(state) {
  place("pause").hidden = state !== "sending";
  place("retry").hidden = state === "sending" || state === "done";
  place("stop").hidden = state === "done";
}

// Keeps the screen on while it sends, where the phone allows it.
async function awake(on) {
  try {
    if (on && navigator.wakeLock) lock = await navigator.wakeLock.request("screen");
    else { await lock?.release(); lock = null; }
  } catch { /* not allowed: it goes on when the screen is on again */ }
}

function begin() {
  buttons("sending");
  sent = { bytes: 0, at: 0 };
  upload.start();
  awake(true);
}

async function arrived() {
  buttons("done");
  awake(false);
  say("Sent. On to the result.");
  if (!clip) clip = (await (await fetch(upload.url)).json()).clip;
  location.assign(`/me/clips/${clip}`);
}

function progress(bytes, all) {
  place("bar").value = bytes / all;
  const now = performance.now();
  const rate = sent.at ? (bytes - sent.bytes) / ((now - sent.at) / 1000) : 0;
  if (!sent.at) sent = { bytes, at: now };
  say(`${MB(bytes)} of ${MB(all)}${rate > 0 ? `, ${MB(rate)} a second` : ""}.`);
}

function trouble(error) {
  awake(false);
  buttons("paused");
  const answer = error.originalResponse;
  let why = "The network is gone. It goes on by itself when it is back.";
  if (answer) {
    try { why = JSON.parse(answer.getBody()).message; } catch { why = `The server answered ${answer.getStatus()}.`; }
  }
  say(why);
}

async function send(file) {
  if (!file) return;
  form.hidden = true;
  place("sending").hidden = false;
  place("what").textContent = file.name;
  if (file.size > Number(form.dataset.most)) {
    say(`This clip has ${MB(file.size)}; at most ${MB(Number(form.dataset.most))} can be sent. Film a shorter one: three repetitions are enough.`);
    buttons("paused");
    place("retry").hidden = true;
    return;
  }
  upload = new tus.Upload(file, {
    endpoint: "/uploads", chunkSize: 4 * 1024 * 1024, retryDelays: RETRIES, removeFingerprintOnSuccess: true,
    metadata: { filename: file.name, role: form.dataset.role, runner: form.dataset.runner },
    fingerprint: async () => ["dorsi", form.dataset.role, form.dataset.runner, file.name, file.size, file.lastModified].join("-"),
    onShouldRetry: (error) => {
      const status = error.originalResponse ? error.originalResponse.getStatus() : 0;
      return status === 0 || status >= 500 || [409, 423, 429].includes(status);
    },
    onAfterResponse: (_request, response) => { clip = response.getHeader("Dorsi-Clip") || clip; },
    onProgress: progress, onError: trouble, onSuccess: arrived,
  });
  const before = await upload.findPreviousUploads();
  if (before.length) upload.resumeFromPreviousUpload(before[0]);
  begin();
}

for (const input of form.querySelectorAll("input[type=file]")) input.addEventListener("change", () => send(input.files[0]));
place("pause").addEventListener("click", async () => { await upload.abort(); awake(false); buttons("paused"); say("Paused."); });
place("retry").addEventListener("click", begin);
place("stop").addEventListener("click", async () => { await upload?.abort(true).catch(() => null); location.reload(); });
const paused = () => !place("retry").hidden && upload && place("said").textContent !== "Paused.";
addEventListener("online", () => { if (paused()) begin(); });
document.addEventListener("visibilitychange", () => { if (!document.hidden && paused()) begin(); });
form.hidden = false;
