// The line "New" before the first message that was not read when the page was opened. It stays until one leaves; from a
// message that is marked as unread on, nothing counts as read until then.

const logs = () => document.querySelectorAll("[data-reading]");
const opened = new WeakSet(); // lists

const isNews = (read) => ({ dataset }) => Number(dataset.seq) > read && dataset.author !== document.body.dataset.me;

function draw(list, read) {
  list.querySelector(":scope > .new")?.remove();
  const news = [...list.querySelectorAll(":scope > [data-seq]:not(.message--deleted, .message--event)")].filter(isNews(read));
  if (!news.length) return;
  const line = list.parentElement.querySelector("template[data-new]").content.firstElementChild.cloneNode(true);
  line.querySelector("[data-count]").textContent = news.length;
  news[0].before(line);
  return line;
}

/** A list that was just opened begins where the news begin, if they are more than fit. */
function open(list) {
  if (opened.has(list)) return;
  opened.add(list);
  if (list.querySelector(":scope > .log__first")) return; // they begin further up
  const line = draw(list, Number(list.dataset.read));
  const above = line && line.getBoundingClientRect().top < list.getBoundingClientRect().top;
  if (above && !list.querySelector(":scope > .message--found")) line.scrollIntoView({ block: "start" });
}

document.addEventListener("conversation:unread", ({ detail }) => {
  const message = document.getElementById(detail.message);
  const list = message?.closest("[data-reading]");
  if (!list) return;
  list.dataset.held = "";
  draw(list, Number(message.dataset.seq) - 1);
});

document.addEventListener("htmx:afterSettle", () => logs().forEach(open));
logs().forEach(open);
