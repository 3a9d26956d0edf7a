// What people wrote whom one has blocked lies folded where others write along, until one wants to see it. Where others
// quote or pin it, its words are not shown: they are a press away, at the message itself.
import { keepingPlaces, watch } from "places";

const SHARED = '.conversation:not([data-kind="direct"])';
const LOGS = `${SHARED} > .log`;
const QUOTES = `${SHARED} .quote[data-author]:not(.quote--blocked)`;
const MESSAGES = ":scope > .message[data-author]:not(.message--event, .message--deleted, .message--blocked)";

const opened = new Set(); // ids of messages

const blocked = () => document.getElementById("blocked");
const isTheirs = ({ dataset }) => blocked()?.dataset.people.split(" ").includes(dataset.author);
const line = (name) => blocked().content.querySelector(`.${name}`).cloneNode(true);

function fold(log) {
  const messages = [...log.querySelectorAll(MESSAGES)].filter((one) => isTheirs(one) && !opened.has(one.id));
  if (!messages.length) return;
  keepingPlaces(() => {
    watch(log);
    messages.forEach(cover);
  });
}

function cover(message) {
  message.classList.add("message--blocked");
  message.append(line("message__blocked"));
}

function coverQuote(quote) {
  quote.classList.add("quote--blocked");
  quote.append(line("quote__blocked"));
}

function uncover(message) {
  opened.add(message.id);
  message.classList.remove("message--blocked");
  message.querySelector(":scope > .message__blocked").remove();
  message.querySelector("a")?.focus({ preventScroll: true });
}

document.addEventListener("click", ({ target }) => {
  const pressed = target.closest?.("button") && target.closest(".message__blocked");
  if (pressed) uncover(pressed.closest(".message"));
});

function foldAll() {
  document.querySelectorAll(LOGS).forEach(fold);
  [...document.querySelectorAll(QUOTES)].filter(isTheirs).forEach(coverQuote);
}

for (const event of ["pieces:applied", "htmx:afterSettle"]) document.addEventListener(event, foldAll);
foldAll();
