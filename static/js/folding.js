// In a group, lines about the same that follow one another are shown as one: "Ada, Bob and 3 others joined". All of them
// stay in the page, so that they come out alike whether they came one by one or together.
import { keepingPlaces, watch } from "places";

const NAMED = 3; // people who are all named; of more than these, the first two
const BY_ANYBODY = ["joined", "left"]; // the others belong together where one and the same person did them

const sentences = (log) => log.parentElement.querySelector("template[data-folds]")?.dataset;
const filled = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_, name) => values[name]);

function runs(log) {
  const found = [];
  for (const line of log.querySelectorAll(":scope > .message--event[data-who]"))
    if (follows(found.at(-1)?.at(-1), line)) found.at(-1).push(line);
    else found.push([line]);
  return found;
}

function follows(one, other) {
  if (!one || one !== other.previousElementSibling || one.dataset.event !== other.dataset.event) return false;
  return BY_ANYBODY.includes(one.dataset.event) || one.dataset.author === other.dataset.author;
}

function words(run, said) {
  const names = [...new Set(run.flatMap(({ dataset }) => JSON.parse(dataset.who)))];
  const shown = names.length > NAMED ? [...names.slice(0, 2), filled(said.others, { n: names.length - 2 })] : names;
  const all = shown.length > 1 ? filled(said.and, { names: shown.slice(0, -1).join(", "), last: shown.at(-1) }) : shown[0];
  return filled(said[run[0].dataset.event], { names: all, by: run[0].dataset.by });
}

/** What a line should say: its own words (null), those of all of its run, or nothing, as it stands in another one. */
function wanted(log) {
  const said = sentences(log);
  return runs(log).flatMap((run) =>
    run.map((line, at) => [line, run.length < 2 || !(run[0].dataset.event in said) ? null : at < run.length - 1 ? "" : words(run, said)]),
  );
}

const shown = (line) => (line.matches(".folded") ? "" : (line.querySelector(":scope > .message__folds")?.dataset.words ?? null));

function fold(log) {
  const changes = wanted(log).filter(([line, text]) => shown(line) !== text);
  if (!changes.length) return;
  keepingPlaces(() => {
    watch(log);
    for (const [line, text] of changes) say(line, text);
  });
}

function say(line, text) {
  line.classList.toggle("folded", text === "");
  line.querySelector(":scope > .message__folds")?.remove();
  if (!text) return;
  const sum = line.querySelector(":scope > .message__text").cloneNode(true);
  sum.classList.add("message__folds");
  sum.dataset.words = text;
  sum.firstChild.data = `${text} `;
  line.append(sum);
}

const foldAll = () => document.querySelectorAll('.conversation[data-kind="group"] > .log').forEach(fold);

for (const event of ["pieces:applied", "htmx:afterSettle"]) document.addEventListener(event, foldAll);
foldAll();
