// Says to screen readers what came in just now: other people's new messages, a few at a time; never history, one's own,
// edits or deletions. What was said stands there a moment only, and not without the conversation it comes from.

const PAUSE = 3_000; // ms in which news are gathered
const FEW = 3; // messages that are read out one by one
const LONGEST = 120; // characters of each
const SAID = 5_000; // ms after which a screen reader has taken it up

let news = [];
let source = ""; // the conversation whose words stand there
let timer = null;

document.addEventListener("pieces:applied", ({ detail }) => {
  forget();
  for (const message of detail.added) if (isNews(message)) news.push(message);
  if (news.length) timer ??= setTimeout(announce, PAUSE);
});
document.addEventListener("htmx:afterSettle", forget);

/** A conversation that left the page may be closed to this person now. */
function forget() {
  news = news.map(({ id }) => document.getElementById(id)).filter((message) => message && !message.matches(".message--blocked"));
  if (source && !document.querySelector(`[data-conversation="${CSS.escape(source)}"][data-head]`)) say("");
}

const isNews = ({ dataset }) =>
  dataset.seq && dataset.seq === dataset.changed && dataset.author !== document.body.dataset.me;

function announce() {
  timer = null;
  forget();
  const last = news.at(-1);
  if (!last) return;
  const words = last.closest("[data-news]")?.dataset.news;
  const text = news.length > FEW && words ? words.replace("{n}", news.length).replace("{name}", by(last)) : news.map(line).join("\n");
  say(text, last.closest("[data-conversation]").dataset.conversation);
  news = [];
}

function say(text, of = "") {
  const region = document.getElementById("announcer");
  region.textContent = text;
  source = of;
  if (text) setTimeout(() => region.textContent === text && say(""), SAID);
}

const by = (message) => message.querySelector(".message__author")?.textContent || "";
// What happened to a group says itself who did it.
const line = (message) => `${message.dataset.event ? "" : `${by(message)}: `}${message.querySelector(".message__text").textContent.trim().slice(0, LONGEST)}`;
