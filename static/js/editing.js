// A message is edited in its own place. Escape or Cancel brings back what stood there, Up in an empty text box edits the
// last one of mine.

const before = new Map(); // id of a message → its element, while its form stands there
const begunIn = new Map(); // id of a message → the text box from which it is edited

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const message = detail.target;
  if (detail.shouldSwap && message.matches?.(".message[data-seq]:not(.message--editing)")) before.set(message.id, message);
});

document.addEventListener("htmx:afterSettle", ({ target }) => {
  const text = target.querySelector?.(".message--editing textarea") || (target.matches?.(".message--editing") && target.querySelector("textarea"));
  if (!text) return target.matches?.(".message[data-seq]") && end(target);
  text.focus();
  text.setSelectionRange(text.value.length, text.value.length);
});

/** Whoever has edited a message goes on where he was. */
function end(message) {
  if (!before.delete(message.id)) return;
  (begunIn.get(message.id) || message.querySelector(".message__action"))?.focus();
  begunIn.delete(message.id);
}

document.addEventListener("message:overtaken", ({ detail }) => before.set(detail.id, detail));

function cancel(form) {
  const message = before.get(form.id);
  if (!message) return false;
  form.replaceWith(message);
  htmx.process(message);
  document.dispatchEvent(new CustomEvent("echo:drawn", { detail: message }));
  end(message);
  return true;
}

document.addEventListener(
  "click",
  (event) => {
    const form = event.target.closest?.("[data-cancel]")?.closest(".message--editing");
    if (!form || !cancel(form)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  },
  true,
);

document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.(".message--editing");
  if (form && event.key === "Escape") cancel(form);
  else if (event.key === "Enter" && form && !event.shiftKey && !event.isComposing && !matchMedia("(pointer: coarse)").matches) {
    event.preventDefault();
    form.querySelector("form").requestSubmit();
  }
});

/** The last of my messages in the conversation of this text box. */
export function editLast(form) {
  const mine = form.closest(".conversation").querySelectorAll(".mine[data-seq]:not(.message--deleted, .message--event)");
  const message = [...mine].at(-1);
  if (!message) return;
  begunIn.set(message.id, form.querySelector("[data-completions]"));
  const address = `${message.querySelector(".message__time").getAttribute("href")}editing/`;
  htmx.ajax("GET", address, { source: message, target: message, swap: "outerHTML" });
}
