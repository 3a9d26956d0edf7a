// Calm lines at the edge: what the server wants to say, and why something did not work. Never a blank target.

const POLITE = 8_000; // ms
const ASSERTIVE = 20_000;
const LONGEST = 300; // characters of an answer that are still a sentence

const region = () => document.getElementById("toasts");

/** Shows a line; level "assertive" interrupts a screen reader. `undo` is what can be done about it, and for how long:
 *  {undo: its name, address, seconds}. */
export function toast(text, level = "polite", undo = null) {
  const made = document.getElementById("toast")?.content.cloneNode(true).querySelector("[data-toast]");
  if (!made || !text) return;
  made.dataset.level = level;
  if (level === "assertive") made.setAttribute("role", "alert");
  made.querySelector("span").textContent = text;
  if (undo) made.querySelector("span").after(wayBack(undo));
  for (const old of region().children) if (old.textContent === made.textContent) old.remove();
  region().append(made);
  htmx.process(made);
  if (undo) setTimeout(() => made.remove(), undo.seconds * 1000);
  else setTimeout(leave, level === "assertive" ? ASSERTIVE : POLITE, made);
}

function wayBack({ undo, address }) {
  const button = document.createElement("button");
  Object.assign(button, { className: "toast__undo", type: "submit", name: "on", value: "no", textContent: undo });
  button.setAttribute("form", "act");
  button.setAttribute("formaction", address);
  button.setAttribute("data-dismiss", "");
  return button;
}

function leave(made) {
  if (made.matches(":hover, :focus-within")) setTimeout(leave, POLITE, made);
  else made.remove();
}

/** An answer's own sentence; what is not one (a whole page, nothing) becomes ours. */
function sentence(xhr) {
  const type = xhr.getResponseHeader("Content-Type") || "";
  const page = new DOMParser().parseFromString(xhr.responseText, "text/html");
  const text = page.body.textContent.replace(/\s+/g, " ").trim();
  const whole = /<html/i.test(xhr.responseText);
  return type.startsWith("text/") && !whole && text && text.length <= LONGEST ? text : region().dataset.failed;
}

document.addEventListener("live:notice", ({ detail }) => toast(detail.text, detail.level));
// Where a link leads to nothing, the page that says so is the answer.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.xhr.status !== 404 || !detail.boosted || detail.requestConfig.verb !== "get") return;
  detail.shouldSwap = true;
  detail.isError = false;
});
// A piece of the page that asks by itself did not do what anybody waits for: it asks again.
const ITSELF = "[data-address], [hx-trigger^='every '], [hx-trigger^='intersect ']";
const failed = (event, say) =>
  document.addEventListener(event, ({ target, detail }) => target.matches(ITSELF) || toast(say(detail), "assertive"));
failed("htmx:responseError", ({ xhr }) => sentence(xhr));
for (const event of ["htmx:sendError", "htmx:timeout"]) failed(event, () => region().dataset.unreachable);
// What may be undone says so where it was done; others hear of the deed alone.
for (const event of ["message:deleted", "undoable"])
  document.addEventListener(event, ({ detail }) => toast(detail.text, "polite", detail));
// After the form of a button in it was sent.
document.addEventListener("click", ({ target }) => {
  const done = target.closest?.("[data-dismiss]")?.closest("[data-toast]");
  if (done) setTimeout(() => done.remove());
});
