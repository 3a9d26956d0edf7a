// What people wrote whom one has blocked lies folded where others write along, until one wants to see it.
import { keepingPlaces, watch } from "places";

const LOGS = '.conversation:not([data-kind="direct"]) > .log';
const MESSAGES = ":scope > .message[data-author]:not(.message--event, .message--deleted, .message--blocked)";

const opened = new Set(); // ids of messages

const blocked = () => document.getElementById("blocked");

function fold(log) {
  const people = blocked()?.dataset.people.split(" ") ?? [];
  const theirs = ({ id, dataset }) => people.includes(dataset.author) && !opened.has(id);
  const messages = [...log.querySelectorAll(MESSAGES)].filter(theirs);
  if (!messages.length) return;
  keepingPlaces(() => {
    watch(log);
    messages.forEach(cover);
  });
}

function cover(message) {
  message.classList.add("message--blocked");
  message.append(blocked().content.cloneNode(true));
}

function uncover(message) {
  opened.add(message.id);
  message.classList.remove("message--blocked");
  message.querySelector(":scope > .message__blocked").remove();
  message.querySelector("a")?.focus({ preventScroll: true });
}

document.addEventListener("click", ({ target }) => {
  const line = target.closest?.("button") && target.closest(".message__blocked");
  if (line) uncover(line.closest(".message"));
});

const foldAll = () => document.querySelectorAll(LOGS).forEach(fold);

for (const event of ["pieces:applied", "htmx:afterSettle"]) document.addEventListener(event, foldAll);
foldAll();
