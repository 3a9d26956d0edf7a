// Files that will go with a message: each is sent alone, as soon as it is chosen, and stands above the text box until the
// message is sent. Pages may change meanwhile; what is here already survives a reload.
import { send as sendMessage } from "composer";
import "dressing";
import { uuid } from "outbox";
import { toast } from "toasts";
import { upload } from "uploading";

const MOST = 10;
const LARGEST = 50 * 1024 * 1024; // bytes
const AT_ONCE = 2;
const DESCRIBED = 600; // ms after the last letter

const lists = new Map(); // conversation → its files
const waiting = new Map(); // conversation → the form whose message goes when its files are here
const formOf = (conversation) => document.querySelector(`[data-composer="${CSS.escape(conversation)}"]`);
const keyOf = (conversation) => `draft:${document.body.dataset.me}:${conversation}:files`;
const words = (holder) => holder.querySelector("template[data-tile]").dataset;

function listOf(conversation) {
  if (!lists.has(conversation)) lists.set(conversation, restored(conversation));
  return lists.get(conversation);
}

function restored(conversation) {
  try {
    return (JSON.parse(localStorage.getItem(keyOf(conversation))) || []).map((kept) => ({ ...kept, state: "here" }));
  } catch {
    return [];
  }
}

function keep(conversation) {
  const here = listOf(conversation).filter((one) => one.state === "here");
  const kept = here.map(({ id, pk, name, size, kind, alt }) => ({ id, pk, name, size, kind, alt }));
  try {
    if (kept.length) localStorage.setItem(keyOf(conversation), JSON.stringify(kept));
    else localStorage.removeItem(keyOf(conversation));
  } catch {
    // Then they last as long as the page.
  }
}

/** Takes files on for the message that is written in this form. */
export function add(form, files) {
  const conversation = form.dataset.composer;
  const list = listOf(conversation);
  const said = words(form.parentElement);
  const address = form.querySelector("[data-attach]").dataset.attach;
  for (const file of files) {
    if (list.length >= MOST) return toast(said.many, "assertive");
    const why = !file.size ? said.empty : file.size > LARGEST ? said.large : "";
    const picture = /^image\/(?!svg)/.test(file.type) && URL.createObjectURL(file);
    // Until the house says how it is called: without what would turn the reading direction.
    const name = file.name.replace(/\p{Cf}/gu, "");
    const state = why ? "refused" : "waiting";
    list.push({ id: uuid(), address, file, name, size: file.size, picture, why, state, gone: 0 });
  }
  show();
  send(conversation);
}

function send(conversation) {
  const list = listOf(conversation);
  const next = list.find((one) => one.state === "waiting");
  if (!next || list.filter((one) => one.state === "sending").length >= AT_ONCE) return;
  next.state = "sending";
  next.request = upload(next, (gone) => [(next.gone = gone), paint(next)]);
  paint(next);
  next.request.answer.then((answer) => answered(conversation, next, answer));
  send(conversation);
}

function answered(conversation, entry, answer) {
  if (!listOf(conversation).includes(entry)) return answer.id && remove(answer.id); // taken out at the last moment
  if (answer.id) Object.assign(entry, { state: "here", pk: answer.id, kind: answer.kind, name: answer.name });
  else Object.assign(entry, { state: answer.again ? "failed" : "refused", why: answer.why, gone: 0 });
  if (entry.state === "here") describe(entry);
  keep(conversation);
  show();
  send(conversation);
  goOn(conversation);
}

/** A message that waited for its files is sent, or stays with what is wrong with them. */
function goOn(conversation) {
  if (!waiting.has(conversation) || listOf(conversation).some(isOnItsWay)) return;
  const form = formOf(conversation) || waiting.get(conversation); // of a page that one has left
  waiting.delete(conversation);
  sendMessage(form);
}

// What did not arrive is nowhere but here.
addEventListener("beforeunload", (event) => {
  if ([...lists.values()].flat().some((one) => isOnItsWay(one) || one.state === "failed")) event.preventDefault();
});

const isOnItsWay = ({ state }) => state === "waiting" || state === "sending";

// The text box asks what goes with its words.
document.addEventListener("composer:sending", (event) => {
  const { form, files } = event.detail;
  const conversation = form.dataset.composer;
  const list = listOf(conversation);
  const said = words(form.parentElement);
  if (list.some(isOnItsWay)) {
    event.preventDefault();
    waiting.set(conversation, form);
    toast(said.waits);
  } else if (list.some((one) => one.state !== "here")) {
    event.preventDefault();
    toast(said.failed, "assertive");
  } else {
    files.push(...list.map(({ pk, name }) => ({ id: pk, name })));
    list.splice(0).forEach(({ picture }) => picture && URL.revokeObjectURL(picture));
    keep(conversation);
    show();
  }
});

// What is seen of it --------------------------------------------------------------------------------------

/** Draws the files of all conversations that are shown. */
export function show() {
  for (const holder of document.querySelectorAll("[data-tiles]")) {
    const list = listOf(holder.dataset.tiles);
    holder.hidden = !list.length;
    const now = new Set(list.map(({ id }) => `tile-${id}`));
    for (const tile of [...holder.children]) if (!now.has(tile.id)) tile.remove();
    for (const entry of list) {
      if (!document.getElementById(`tile-${entry.id}`)) holder.append(drawn(entry, holder));
      paint(entry);
    }
  }
}

function drawn(entry, holder) {
  const tile = holder.parentElement.querySelector("template[data-tile]").content.firstElementChild.cloneNode(true);
  tile.id = `tile-${entry.id}`;
  tile.querySelector(".tile__name").textContent = entry.name;
  const [picture, field] = [tile.querySelector("img"), tile.querySelector("input")];
  picture.hidden = !entry.picture;
  if (entry.picture) picture.src = entry.picture;
  field.closest("label").hidden = !entry.picture && entry.kind !== "image";
  field.value = entry.alt || "";
  return tile;
}

function paint(entry) {
  const tile = document.getElementById(`tile-${entry.id}`);
  if (!tile) return;
  const [progress, state] = [tile.querySelector("progress"), tile.querySelector(".tile__state")];
  tile.dataset.state = entry.state;
  progress.hidden = !isOnItsWay(entry);
  progress.value = entry.gone || 0;
  state.textContent = isOnItsWay(entry) ? `${Math.floor(entry.gone)} %` : entry.why || sizeOf(entry.size);
  state.toggleAttribute("data-wrong", Boolean(entry.why));
  tile.querySelector("[data-again]").hidden = entry.state !== "failed";
}

function sizeOf(bytes) {
  const [unit, count] = bytes < 1024 * 1024 ? ["kilobyte", Math.ceil(bytes / 1024)] : ["megabyte", bytes / 1024 / 1024];
  return new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit, maximumFractionDigits: 1 }).format(count);
}

const found = (target) => {
  const conversation = target.closest("[data-tiles]").dataset.tiles;
  const id = target.closest(".tile").id.slice(5);
  return [conversation, listOf(conversation).find((one) => one.id === id)];
};

document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("[data-again], [data-out]");
  const [conversation, entry] = button ? found(button) : [];
  if (!entry) return;
  if (button.matches("[data-again]")) Object.assign(entry, { state: "waiting", why: "" });
  else takeOut(conversation, entry);
  keep(conversation);
  show();
  send(conversation);
});

function takeOut(conversation, entry) {
  const list = listOf(conversation);
  list.splice(list.indexOf(entry), 1);
  entry.request?.cancel();
  if (entry.pk) remove(entry.pk);
  if (entry.picture) URL.revokeObjectURL(entry.picture);
  waiting.delete(conversation);
  formOf(conversation)?.elements.body.focus();
}

// What was kept of it -------------------------------------------------------------------------------------

function post(address, values = {}) {
  const headers = { ...JSON.parse(document.body.getAttribute("hx-headers")), "HX-Request": "true" };
  return fetch(address, { method: "POST", headers, body: new URLSearchParams(values), keepalive: true }).catch(() => null);
}

const addressOf = (pk) => `/backchannel/files/${pk}/`;
const remove = (pk) => post(`${addressOf(pk)}removal/`);
const describe = ({ pk, alt }) => pk && alt !== undefined && post(addressOf(pk), { alt });

document.addEventListener("input", ({ target }) => {
  if (!target.matches?.(".tile input")) return;
  const [conversation, entry] = found(target);
  entry.alt = target.value;
  clearTimeout(entry.timer);
  entry.timer = setTimeout(() => [describe(entry), keep(conversation)], DESCRIBED);
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches?.(".tile input")) return;
  event.preventDefault();
  const [conversation] = found(event.target);
  formOf(conversation).requestSubmit();
});
document.addEventListener("htmx:afterSettle", show);
addEventListener("online", () => {
  for (const [conversation, list] of lists) {
    for (const entry of list) if (entry.state === "failed") Object.assign(entry, { state: "waiting", why: "" });
    send(conversation);
  }
  show();
});
show();
