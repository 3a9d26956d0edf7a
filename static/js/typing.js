// Who is writing just now. We say so while our person does; what others say is shown for some seconds.
import { send } from "live";

const AGAIN = 3_000; // ms after which who still types says so once more
const LASTS = 6_000; // ms

const said = new Map(); // conversation → when we said it last
const typing = new Map(); // conversation → person → {name, until}

/** Our person writes in this form. */
export function say(form) {
  if (!form.elements.body.value.trim()) return;
  const { composer: conversation } = form.dataset;
  if (Date.now() - (said.get(conversation) || 0) < AGAIN) return;
  if (send({ type: "typing", conversation })) said.set(conversation, Date.now());
}
// The next word after a message is news again.
document.addEventListener("echo:drawn", () => said.clear());

/** Somebody says that he types. */
export function hear({ conversation, person, name }) {
  if (!typing.has(conversation)) typing.set(conversation, new Map());
  typing.get(conversation).set(person, { name, until: Date.now() + LASTS });
  show(conversation);
  setTimeout(show, LASTS, conversation);
}

// What somebody wrote is there: he is done.
document.addEventListener("pieces:applied", ({ detail }) => {
  for (const message of detail.added) {
    const conversation = message.parentElement?.dataset.conversation;
    if (typing.get(conversation)?.delete(message.dataset.author)) show(conversation);
  }
});
document.addEventListener("htmx:afterSettle", () => [...typing.keys()].forEach(show));

function show(conversation) {
  const line = document.querySelector(`[data-typing="${CSS.escape(conversation)}"]`);
  const people = typing.get(conversation);
  for (const [person, { until }] of people) if (until <= Date.now()) people.delete(person);
  if (line) line.textContent = words(line.dataset, [...people.values()].map(({ name }) => name));
}

function words({ one, two, many }, [a, b, ...more]) {
  if (!a) return "";
  const form = more.length ? many : b ? two : one;
  return form.replace(/\{(a|b|n)\}/g, (_, key) => ({ a, b, n: more.length })[key]);
}
