// "Seen", below the newest of one's own messages: how far the others have read stands in the page ([data-seen]), a line
// for each of them, and their numbers only grow.
import { keepingPlaces, watch } from "places";
import { write } from "times";

const lists = () => document.querySelectorAll("[data-seen]");
const logOf = ({ dataset }) => document.querySelector(`[data-conversation="${CSS.escape(dataset.seen)}"][data-head]`);

/** The newest message of one's own, where the page goes as far as there are any. */
function newest(log) {
  if (!log || log.dataset.until) return null;
  return [...log.querySelectorAll(":scope > .mine[data-seq]:not(.message--deleted, .message--event)")].at(-1);
}

function show(list) {
  list.dataset.version = [...list.children].reduce((sum, one) => sum + Number(one.dataset.changed), 0);
  const log = logOf(list);
  if (log?.querySelector(":scope > .message--editing")) return; // it says so again when that is over
  const message = newest(log);
  const readers = message ? [...list.children].filter((one) => hasRead(one.dataset, Number(message.dataset.seq))) : [];
  const old = log?.querySelector(":scope > .message > .message__seen");
  const wanted = readers.length ? message : null;
  if (old?.parentElement !== (wanted || undefined)) move(log, old, wanted);
  if (wanted) say(wanted, readers);
}

const hasRead = ({ changed, from }, seq) => Number(from) <= seq && seq <= Number(changed);

function move(log, old, message) {
  keepingPlaces(() => {
    watch(log);
    old?.remove();
    if (message) message.append(made(log, message));
  });
}

function made(log, message) {
  const line = log.parentElement.querySelector("template[data-seen-line]").content.firstElementChild.cloneNode(true);
  const link = line.querySelector("a");
  if (!link) return line;
  link.href = `${message.querySelector("a.message__time").getAttribute("href")}seen/`;
  link.setAttribute("hx-get", link.getAttribute("href"));
  htmx.process(link);
  return line;
}

function say(message, readers) {
  const words = message.querySelector(":scope > .message__seen [data-words]");
  const time = message.querySelector(":scope > .message__seen time");
  if (words) words.textContent = words.dataset.words.replace("{n}", readers.length);
  // Who answered before his page said that he had read has no time.
  const at = readers[0].dataset.at;
  if (time && at && new Date(at) >= new Date(message.dataset.at)) [(time.dateTime = at), write(time)];
}

const showAll = () => lists().forEach(show);

for (const event of ["pieces:applied", "htmx:afterSettle"]) document.addEventListener(event, showAll);
showAll();
