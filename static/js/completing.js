// In a text box, @na and :na are completed from a list: people who read along, and emoji. Up and Down go through it,
// Enter or Tab takes one, Escape puts it away; the focus stays where one writes.

const PAUSE = 150; // ms without a key until it is asked
const BEGUN = /(?:^|[\s(])(@[\w.]{0,20}|:[\w+-]{2,25})$/;

let timer = null;
let asked = ""; // what the list answers

const listOf = (text) => document.getElementById(text.getAttribute("aria-controls"));
const begun = (text) => text.selectionStart === text.selectionEnd && BEGUN.exec(text.value.slice(0, text.selectionStart))?.[1];
const isOpen = (text) => text.matches?.("[data-completions]") && !listOf(text).hidden;
const marked = (list) => list.querySelector("[aria-selected=true]");

function look({ target: text }) {
  if (!text.matches?.("[data-completions]")) return;
  clearTimeout(timer);
  if (begun(text)) timer = setTimeout(ask, PAUSE, text);
  else close(text);
}

async function ask(text) {
  const wanted = (asked = begun(text));
  if (!wanted) return close(text);
  const answer = await fetch(`${text.dataset.completions}?q=${encodeURIComponent(wanted)}`).catch(() => null);
  if (!answer?.ok || asked !== wanted || begun(text) !== wanted) return;
  const list = listOf(text);
  list.innerHTML = await answer.text();
  if (list.firstElementChild) [(list.hidden = false), mark(text, list.firstElementChild)];
  else close(text);
}

function mark(text, option) {
  const list = listOf(text);
  marked(list)?.setAttribute("aria-selected", "false");
  option.setAttribute("aria-selected", "true");
  option.scrollIntoView({ block: "nearest" });
  text.setAttribute("aria-activedescendant", option.id);
}

function close(text) {
  clearTimeout(timer);
  asked = "";
  listOf(text).hidden = true;
  text.removeAttribute("aria-activedescendant");
}

function take(text, option) {
  const to = text.selectionStart;
  text.setRangeText(`${option.dataset.value} `, to - begun(text).length, to, "end");
  close(text);
  text.dispatchEvent(new Event("input", { bubbles: true }));
}

const moves = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" };

function onKey(event) {
  const text = event.target;
  if (!isOpen(text) || event.isComposing) return;
  const list = listOf(text);
  if (moves[event.key]) mark(text, marked(list)[moves[event.key]] || (event.key === "ArrowUp" ? list.lastElementChild : list.firstElementChild));
  else if (["Enter", "Tab"].includes(event.key) && !event.shiftKey && begun(text)) take(text, marked(list));
  else if (event.key === "Escape") close(text);
  else return;
  event.preventDefault();
  event.stopImmediatePropagation();
}

// Before the text box itself hears of it, in which Enter sends.
document.addEventListener("keydown", onKey, true);
document.addEventListener("input", look);
document.addEventListener("focusout", ({ target }) => target.matches?.("[data-completions]") && close(target));
document.addEventListener("pointerdown", (event) => {
  const option = event.target.closest?.(".completion");
  const text = option && document.querySelector(`[aria-controls="${option.parentElement.id}"]`);
  if (!text) return;
  event.preventDefault(); // the focus stays
  take(text, option);
});
if (document.activeElement?.matches("[data-completions]")) look({ target: document.activeElement });
