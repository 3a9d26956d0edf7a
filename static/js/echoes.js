// What one has written stands in the conversation at once, before the server has it. The piece that comes later has the
// same id and takes its place.
import { drop, retry, waiting } from "outbox";
import { fill } from "replying";

const logOf = (entry) => document.querySelector(`[data-conversation="${CSS.escape(entry.conversation)}"][data-head]`);
const elementOf = (entry) => document.getElementById(`m-${entry.id}`);

function show({ detail: { entry, state } }) {
  const shown = elementOf(entry);
  if (shown?.dataset.seq) return;
  if (state === "discarded") shown?.remove();
  else paint(shown || draw(entry), entry, state);
}

function draw(entry) {
  const list = logOf(entry);
  if (list?.dataset.until) return void list.querySelector("[data-newest]").click(); // there it will stand
  const template = list?.parentElement.querySelector("template[data-echo]");
  if (!template) return null;
  const made = template.content.firstElementChild.cloneNode(true);
  made.id = `m-${entry.id}`;
  made.dataset.author = document.body.dataset.me;
  made.dataset.at = made.querySelector("time").dateTime = new Date(entry.at).toISOString();
  if (entry.reply) fill(made.querySelector(".message__quote"), entry.reply.by, entry.reply.words);
  made.querySelector(".message__text").append(...lines(entry.body));
  for (const { name } of entry.files || []) {
    const line = Object.assign(document.createElement("p"), { className: "file file--row", dir: "auto", textContent: name });
    made.querySelector(".message__text").after(line);
  }
  list.append(made);
  document.dispatchEvent(new CustomEvent("echo:drawn", { detail: made }));
  list.scrollTop = list.scrollHeight;
  return made;
}

const lines = (text) => text.split("\n").flatMap((line, n) => (n ? [document.createElement("br"), line] : [line]));

function paint(element, entry, state) {
  if (!element) return;
  element.classList.toggle("pending", state !== "sent");
  element.classList.toggle("unsent", state === "unsent");
  element.querySelector("[data-why]").textContent = entry.why || "";
}

/** After a reload, or when a part of the page was drawn anew. */
function showAll() {
  for (const entry of waiting())
    if (elementOf(entry)?.dataset.seq) drop(entry.id, "sent");
    else if (!elementOf(entry)) show({ detail: { entry, state: entry.tries || entry.refused ? "unsent" : "pending" } });
}

document.addEventListener("outbox:changed", show);
document.addEventListener("htmx:afterSettle", showAll);
document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("[data-retry], [data-discard]");
  const id = button?.closest("article").id.slice(2);
  if (button?.matches("[data-retry]")) retry(id);
  else if (button) drop(id, "discarded");
});

showAll();
