// A conversation is drawn the same for everybody. Here it becomes one's own: which messages are mine, which belong
// together, and on which day they were written.

const TOGETHER = 5 * 60_000; // ms within which messages of one author share a head
const language = document.documentElement.lang || undefined;
const dayFormat = new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long" });

const dayOf = (message) => new Date(message.dataset.at).toDateString();

export const isMessage = (element) => Boolean(element?.matches(".message"));

export function arrangeAll(list) {
  list.querySelectorAll(":scope > .message").forEach(arrange);
}

/** New messages, and those after them: what they follow has changed. */
export function arrangeAround(messages) {
  for (const message of messages.filter((one) => isMessage(one) && one.isConnected)) {
    arrange(message);
    const next = message.nextElementSibling;
    const after = next?.matches(".day") ? next.nextElementSibling : next;
    if (isMessage(after)) arrange(after);
  }
}

/** What stands before an element, the line "New" left aside. */
function before({ previousElementSibling: one }) {
  return one?.matches(".new") ? one.previousElementSibling : one;
}

/** Marks one message by what stands before it. */
function arrange(message) {
  const line = before(message)?.matches(".day") ? before(message) : null;
  const previous = before(line || message);
  const newDay = !isMessage(previous) || dayOf(previous) !== dayOf(message);
  if (newDay) drawDay(message, line);
  else line?.remove();
  message.classList.toggle("mine", message.dataset.author === document.body.dataset.me);
  for (const name of message.querySelectorAll("[data-mention]"))
    name.classList.toggle("mention--me", name.dataset.mention === document.body.dataset.me);
  message.classList.toggle("grouped", !newDay && together(previous.dataset, message.dataset));
}

function drawDay(message, line) {
  const list = message.closest("[data-today]");
  const made = line || list.parentElement.querySelector("template[data-day]").content.firstElementChild.cloneNode(true);
  made.firstElementChild.textContent = dayName(list.dataset, new Date(message.dataset.at));
  if (!line) message.before(made);
}

function dayName({ today, yesterday }, date) {
  const before = new Date();
  before.setDate(before.getDate() - 1);
  if (date.toDateString() === new Date().toDateString()) return today;
  return date.toDateString() === before.toDateString() ? yesterday : dayFormat.format(date);
}

const together = (one, other) =>
  !one.event && !other.event && one.author === other.author && new Date(other.at) - new Date(one.at) < TOGETHER;
