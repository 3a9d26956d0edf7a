// Files: what has to do with them is fetched when somebody needs it. Here it is only noticed that he does.
import { toast } from "toasts";

const formAt = (target) => target.closest?.(".conversation")?.querySelector("[data-composer]");
const filesOf = (transfer) => [...(transfer?.files || [])];

let coming = 0; // files that were given and are not taken on yet
const held = new Set(); // forms that were to be sent meanwhile

function add(form, files) {
  coming += 1;
  const unreachable = () => toast(document.getElementById("toasts").dataset.unreachable, "assertive");
  import("attaching").then((module) => module.add(form, files), unreachable).finally(() => {
    coming -= 1;
    if (held.delete(form)) form.requestSubmit();
  });
}

document.addEventListener("composer:sending", (event) => coming && [event.preventDefault(), held.add(event.detail.form)]);

document.addEventListener("change", ({ target }) => {
  if (!target.matches?.("[data-attach]") || !target.files.length) return;
  add(target.form, [...target.files]);
  target.value = "";
});

for (const [name, from] of Object.entries({ paste: "clipboardData", drop: "dataTransfer" }))
  document.addEventListener(name, (event) => {
    const [form, files] = [formAt(event.target), filesOf(event[from])];
    if (!form || !files.length) return;
    event.preventDefault();
    add(form, files);
  });
document.addEventListener("dragover", (event) => event.dataTransfer.types.includes("Files") && formAt(event.target) && event.preventDefault());

// Before htmx and the browser, which would follow the link.
document.addEventListener(
  "click",
  (event) => {
    const at = event.target.closest?.("a[data-view], [data-play], [data-record]");
    if (!at || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (at.matches("[data-view]")) import("viewing").then((module) => module.view(at));
    else if (at.matches("[data-play]")) import("playing").then((module) => module.toggle(at));
    else import("recording").then((module) => module.record(at.form));
  },
  true,
);

/** What was left here before a reload is asked after. */
function look() {
  for (const button of document.querySelectorAll("[data-record][hidden]")) button.hidden = !window.MediaRecorder || !navigator.mediaDevices;
  if (isSomethingKept() && document.querySelector("[data-tiles]")) import("attaching").then((module) => module.show());
}

function isSomethingKept() {
  try {
    return Object.keys(localStorage).some((name) => name.endsWith(":files"));
  } catch {
    return false; // a browser may let us keep nothing
  }
}

document.addEventListener("htmx:afterSettle", look);
look();
