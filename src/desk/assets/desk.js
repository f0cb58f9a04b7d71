// What the pages need beyond HTML: single keys, dropped files, the progress of a run. Everything
// a key does is a button or a link that is there anyway.
"use strict";

// ---- Keys
const typing = (element) =>
  element.isContentEditable ||
  element.tagName === "TEXTAREA" ||
  element.tagName === "SELECT" ||
  (element.tagName === "INPUT" && !["radio", "checkbox", "button", "submit"].includes(element.type));

// A Vietnamese input method may hold a key back ("Process"): its place on the keyboard says which.
const keyOf = (event) => {
  const known = event.key.length === 1 || event.key.startsWith("Arrow");
  if (known) return event.key.startsWith("Arrow") ? event.key : event.key.toLowerCase();
  const letter = /^Key([A-Z])$/.exec(event.code);
  const digit = /^(?:Digit|Numpad)([0-9])$/.exec(event.code);
  return letter ? letter[1].toLowerCase() : digit ? digit[1] : event.key;
};

let sent = false;

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.defaultPrevented) return;
  if (document.body.dataset.keys !== "on") return;
  const help = document.getElementById("help");
  if (typing(event.target) || help?.open) return;
  const key = keyOf(event);
  // Arrows belong to the choice that has the focus.
  if (key.startsWith("Arrow") && event.target.type === "radio") return;
  if (key === "?") {
    help?.showModal();
    event.preventDefault();
    return;
  }
  if (key === "g") {
    (document.querySelector("label.keep input:checked") ?? document.querySelector("label.keep input"))?.focus();
    event.preventDefault();
    return;
  }
  for (const element of document.querySelectorAll("[data-key]")) {
    if (!element.dataset.key.split(" ").includes(key)) continue;
    event.preventDefault();
    if (element.tagName === "INPUT") element.focus();
    else element.click();
    return;
  }
});

// A second press while the first answer is on its way must not answer the next question.
document.addEventListener("submit", (event) => {
  if (sent && event.target.method === "post") event.preventDefault();
  if (event.target.method === "post") sent = true;
});
window.addEventListener("pageshow", () => { sent = false; });

// ---- Dropped files
const send = (url, file, progress) =>
  new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", `${url}?name=${encodeURIComponent(file.name)}`);
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) progress.value = (100 * event.loaded) / event.total;
    });
    request.addEventListener("loadend", () => {
      let problem = request.status === 0 ? file.name : "";
      if (request.status >= 400) {
        try { problem = JSON.parse(request.responseText).problem; } catch { problem = request.responseText || file.name; }
      }
      resolve(problem);
    });
    request.send(file);
  });

for (const zone of document.querySelectorAll("[data-upload]")) {
  const input = zone.querySelector("input[type=file]");
  const progress = zone.querySelector("progress");
  const problem = zone.querySelector(".problem");
  const take = async (files) => {
    if (!files.length) return;
    progress.hidden = false;
    problem.hidden = true;
    const problems = [];
    for (const file of files) {
      progress.value = 0;
      const said = await send(zone.dataset.upload, file, progress);
      if (said) problems.push(said);
    }
    progress.hidden = true;
    if (problems.length) {
      problem.textContent = problems.join(" ");
      problem.hidden = false;
      input.value = "";
    } else {
      location.reload();
    }
  };
  input.addEventListener("change", () => take([...input.files]));
  for (const kind of ["dragenter", "dragover"]) {
    zone.addEventListener(kind, (event) => { event.preventDefault(); zone.classList.add("over"); });
  }
  for (const kind of ["dragleave", "drop"]) zone.addEventListener(kind, () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => { event.preventDefault(); take([...event.dataTransfer.files]); });
}
// A file dropped beside a zone must not replace the page.
for (const kind of ["dragover", "drop"]) window.addEventListener(kind, (event) => event.preventDefault());

// ---- A run at work
const running = document.querySelector("[data-progress]");
if (running) {
  const bar = running.querySelector("progress");
  const words = running.querySelector("[role=status]");
  const ask = async () => {
    try {
      const state = await (await fetch(running.dataset.progress)).json();
      bar.value = state.percent;
      if (words.textContent !== state.words) words.textContent = state.words;
      if (state.over) { location.replace("/run"); return; }
    } catch { /* the desk may be busy: ask again */ }
    setTimeout(ask, 300);
  };
  ask();
}

// A menu closes when one looks elsewhere.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
