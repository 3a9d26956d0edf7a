// How a message gets to the server: over the open socket, or else as the form it would be without scripts.
import { send } from "live";

const ACK = 6_000; // ms for an answer over the socket: more than the server takes before it says that it is busy
const PATIENCE = 10_000; // ms for an answer to the form

const asked = new Map(); // id of a message that went over the socket → what takes the answer

/** {status, wait, text}; null where nothing came back. Over the socket, or as a form where that does not answer. */
export const ask = async (entry) => (await bySocket(entry)) || byForm(entry);

const replying = ({ reply }) => (reply ? { reply_to: reply.to } : {});
const withFiles = (entry) => (entry.files?.length ? { files: filesOf(entry) } : {});
const filesOf = ({ files = [] }) => files.map(({ id }) => id);

function bySocket(entry) {
  const { id, conversation, body } = entry;
  if (!send({ type: "post", conversation, client_id: id, body, ...replying(entry), ...withFiles(entry) })) return null;
  return new Promise((resolve) => {
    asked.set(id, resolve);
    setTimeout(resolve, ACK, null);
  });
}

/** The answer to what went over the socket: it came, or is not needed any more. */
export function settle(id, answer) {
  asked.get(id)?.(answer);
  asked.delete(id);
}

async function byForm(entry) {
  const { id, address, body } = entry;
  const headers = { ...JSON.parse(document.body.getAttribute("hx-headers")), "HX-Request": "true" };
  const form = new URLSearchParams({ client_id: id, body, ...replying(entry) });
  for (const file of filesOf(entry)) form.append("files", file);
  const options = { method: "POST", body: form, headers, redirect: "manual", signal: AbortSignal.timeout(PATIENCE) };
  const answer = await fetch(address, options).catch(() => null);
  return answer && { status: answer.status, wait: Number(answer.headers.get("Retry-After")), text: await sentence(answer) };
}

async function sentence(answer) {
  const page = new DOMParser().parseFromString(await answer.text().catch(() => ""), "text/html");
  return page.querySelector("[data-toast] span")?.textContent || "";
}

document.addEventListener("live:refused", ({ detail }) => settle(detail.client_id, detail));
document.addEventListener("live:lost", () => [...asked.keys()].forEach((id) => settle(id, null)));
