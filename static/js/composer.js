// The text box: what is written there stays until it is sent, whatever happens to the page.
import { full, post } from "outbox";
import { takeReply } from "replying";
import { toast } from "toasts";

const NEARLY_FULL = 500; // characters
const touch = matchMedia("(pointer: coarse)"); // there, Enter makes a new line and the button sends
const keyOf = ({ dataset }) => `draft:${document.body.dataset.me}:${dataset.composer}`;
const drafts = {
  get: (form) => attempt(() => localStorage.getItem(keyOf(form))),
  set: (form, text) => attempt(() => (text ? localStorage.setItem(keyOf(form), text) : localStorage.removeItem(keyOf(form)))),
};

/** It is kept elsewhere now. */
export const forget = (form) => drafts.set(form, "");

/** A browser may let us keep nothing: then a draft lasts as long as the page. */
function attempt(work) {
  try {
    return work();
  } catch {
    return null;
  }
}

// Before htmx hears of it, which would post the form itself.
document.addEventListener(
  "submit",
  (event) => {
    const form = event.target.closest("[data-composer]");
    if (!form) return;
    if (event.submitter?.hasAttribute("formaction")) return leave(form);
    event.preventDefault();
    event.stopImmediatePropagation();
    send(form);
  },
  true,
);

/** What stands in it goes on its way, as far as nothing has to be waited for. The page may have changed meanwhile. */
export function send(form) {
  const text = form.elements.body;
  const body = text.value.trim();
  if (full()) return toast(form.dataset.full, "assertive");
  const files = [];
  const sending = new CustomEvent("composer:sending", { detail: { form, files }, cancelable: true });
  if (!document.dispatchEvent(sending) || !(body || files.length)) return;
  post(form.dataset.composer, form.getAttribute("action"), body, takeReply(form), files);
  text.value = "";
  count(text);
  drafts.set(form, "");
  text.focus();
}

/** Its words go elsewhere, with the form: where they come to keeps them. */
function leave(form) {
  drafts.set(form, "");
  form.dataset.kept = form.elements.body.value;
}

document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("[data-composer]");
  if (!form || event.target !== form.elements.body || event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229 || touch.matches) return;
  event.preventDefault();
  form.requestSubmit();
});

// A request is one message. Once it has gone, the page is drawn as it is now: without a text box.
document.addEventListener("outbox:changed", ({ detail: { entry, state } }) => {
  if (state !== "sent" || !document.querySelector(`[data-asking][data-composer="${CSS.escape(entry.conversation)}"]`)) return;
  document.dispatchEvent(new CustomEvent("live:go", { detail: { to: location.pathname } }));
});

document.addEventListener("input", ({ target }) => {
  const form = target.closest?.("[data-composer]");
  if (!form || target !== form.elements.body) return;
  drafts.set(form, target.value);
  count(target);
});

/** How much can still be written, when it is not much. */
function count(text) {
  const line = text.form.parentElement.querySelector("[id^=count-]");
  const left = text.maxLength - text.value.length;
  line.hidden = left > NEARLY_FULL;
  line.textContent = line.hidden ? "" : line.dataset.words.replace("{n}", left);
}

function restore() {
  for (const form of document.querySelectorAll("[data-composer]")) {
    const text = form.elements.body;
    if (text.value === text.defaultValue) text.value = drafts.get(form) || text.value;
    count(text);
  }
}

document.addEventListener("htmx:afterSettle", restore);
restore();
