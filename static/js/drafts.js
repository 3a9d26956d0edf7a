// What one has begun to write is kept by the server too, so that all one's devices have it: saved with each pause. Until
// that is done it is kept here (composer.js).
import { forget } from "composer";

const PAUSE = 1_000; // ms

const timers = new WeakMap();
const saving = new WeakSet();

const forms = () => document.querySelectorAll("form[data-draft]");
const text = (form) => form.elements.body;
const changed = (form) => text(form).value !== (form.dataset.kept ?? text(form).defaultValue);

function soon(form) {
  clearTimeout(timers.get(form));
  timers.set(form, setTimeout(save, PAUSE, form));
}

async function save(form) {
  if (!changed(form) || saving.has(form)) return;
  saving.add(form);
  const kept = text(form).value;
  const done = await post(form.dataset.draft, kept);
  saving.delete(form);
  if (!done) return;
  form.dataset.kept = kept;
  if (changed(form)) save(form);
  else forget(form);
}

/** Goes on its way even if the page is left now. Without a line it is tried again when there is one. */
async function post(address, body) {
  const headers = { ...JSON.parse(document.body.getAttribute("hx-headers")), "HX-Request": "true" };
  try {
    return (await fetch(address, { method: "POST", keepalive: true, headers, body: new URLSearchParams({ body }) })).ok;
  } catch {
    return false;
  }
}

const saveAll = () => forms().forEach(save);

document.addEventListener("input", ({ target }) => target.closest?.("form[data-draft]") && soon(target.form));
document.addEventListener("outbox:changed", () => setTimeout(saveAll)); // it was sent
document.addEventListener("visibilitychange", () => document.hidden && saveAll());
for (const event of ["live:open", "htmx:afterSettle"]) document.addEventListener(event, () => forms().forEach(soon));
forms().forEach(soon);
