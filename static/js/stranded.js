// What was written in a conversation that is not there any more: it stays in the inbox until somebody throws it away.
import { forget } from "composer";
import { drop, strand, waiting } from "outbox";

const list = () => document.getElementById("stranded");

function show() {
  if (!list()) return;
  const entries = waiting().filter(({ gone }) => gone);
  list().replaceChildren(...entries.map(drawn));
  list().hidden = !entries.length;
}

function drawn({ id, body, files = [] }) {
  const item = document.getElementById("stranded-one").content.firstElementChild.cloneNode(true);
  item.querySelector("[data-words]").textContent = [body, ...files.map(({ name }) => name)].filter(Boolean).join("\n");
  item.querySelector("[data-forget]").value = id;
  return item;
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("[data-forget]");
  if (!button) return;
  drop(button.value, "discarded");
  document.getElementById("inbox-title").focus({ preventScroll: true });
});

/** Somebody was about to write there when it was taken away. */
document.addEventListener("pieces:applied", ({ detail }) => {
  for (const form of detail.removed.flatMap((one) => [...one.querySelectorAll("[data-composer]")])) {
    const words = form.elements.body.value.trim();
    if (words) strand(form.dataset.composer, form.getAttribute("action"), words);
    forget(form);
  }
});
for (const event of ["outbox:changed", "htmx:afterSettle"]) document.addEventListener(event, show);
show();
