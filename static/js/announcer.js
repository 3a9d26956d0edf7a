// Says to screen readers what came in just now: other people's new messages, a few at a time; never history, one's own,
// edits or deletions.

const PAUSE = 3_000; // ms in which news are gathered
const FEW = 3; // messages that are read out one by one
const LONGEST = 120; // characters of each

let news = [];

document.addEventListener("pieces:applied", ({ detail }) => {
  for (const message of detail.added) if (isNews(message)) news.push(message);
  if (news.length) timer ??= setTimeout(announce, PAUSE);
});
let timer = null;

const isNews = ({ dataset }) =>
  dataset.seq && dataset.seq === dataset.changed && dataset.author !== document.body.dataset.me;

function announce() {
  const last = news.at(-1);
  const words = last.closest("[data-news]")?.dataset.news;
  const text = news.length > FEW && words ? words.replace("{n}", news.length).replace("{name}", by(last)) : news.map(line).join("\n");
  document.getElementById("announcer").textContent = text;
  news = [];
  timer = null;
}

const by = (message) => message.querySelector(".message__author").textContent;
const line = (message) => `${by(message)}: ${message.querySelector(".message__text").textContent.trim().slice(0, LONGEST)}`;
