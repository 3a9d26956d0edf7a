// Replying: what one replies to stands above the text box, from there it goes with the message. And a quote leads to what
// it quotes: in this page if it is there, else to the page around it.

const SHOWN = 2_000; // ms for which a message that one jumped to is marked
const LONGEST = 140; // characters of a quote

const barOf = (within) => within?.querySelector("[data-replying]");
const fieldOf = (within) => within?.querySelector("[data-composer] [name=reply_to]");
const words = (element) => element.textContent.replace(/\s+/g, " ").trim().slice(0, LONGEST);

/** What the text box of this form replies to: {to, by, words}, or null. From now on it replies to nothing. */
export function takeReply(form) {
  const conversation = form.closest(".conversation");
  const to = fieldOf(conversation)?.value;
  if (!to) return null;
  const [by, said] = [...barOf(conversation).querySelectorAll(".quote__by, .quote__words")].map(words);
  forget(conversation);
  return { to, by, words: said };
}

function replyTo(message) {
  const conversation = message.closest(".conversation");
  const field = fieldOf(conversation);
  if (!field) return false;
  field.value = message.id.slice(2);
  fill(barOf(conversation), words(message.querySelector(".message__author")), words(message.querySelector(".message__text")));
  afterMenu(conversation, () => conversation.querySelector("[data-composer] textarea").focus());
  return true;
}

/** Closes the menu if it is open. It gives the focus back to what opened it; only then it goes where it should be. */
function afterMenu(conversation, work) {
  const menu = conversation.querySelector("dialog[open]");
  if (!menu) return work();
  menu.addEventListener("close", work, { once: true });
  menu.close();
}

/** Writes a quote into what holds one. */
export function fill(holder, by, said) {
  holder.querySelector(".quote__by").textContent = by;
  holder.querySelector(".quote__words").textContent = said;
  holder.hidden = false;
}

function forget(conversation) {
  fieldOf(conversation).value = "";
  barOf(conversation).hidden = true;
}

function jump(message) {
  message.scrollIntoView({ block: "center" });
  message.classList.add("message--found");
  setTimeout(() => message.classList.remove("message--found"), SHOWN);
  if (!message.hasAttribute("tabindex")) message.tabIndex = -1;
  message.focus({ preventScroll: true });
}

/** Whether there was something to do here: then the link leads nowhere else. */
function follow(target) {
  const conversation = target.closest(".conversation");
  const reply = target.closest("[data-reply]");
  if (reply) {
    const message = reply.closest(".message") || document.getElementById(reply.dataset.reply);
    return message && replyTo(message);
  }
  if (target.closest("[data-unreply]") && conversation) {
    forget(conversation);
    conversation.querySelector("[data-composer] textarea").focus();
    return true;
  }
  const link = target.closest("a[data-copy]");
  if (link) return copy(link, conversation);
  const quote = target.closest("a.quote[data-to]");
  const quoted = quote && document.getElementById(quote.dataset.to);
  if (quoted) jump(quoted);
  return Boolean(quoted);
}

// Before htmx hears of it, which would follow the link.
document.addEventListener(
  "click",
  (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || !event.target.closest?.(".conversation")) return;
    if (!follow(event.target)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  },
  true,
);

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !event.target.matches?.("[data-composer] textarea")) return;
  const conversation = event.target.closest(".conversation");
  if (!barOf(conversation).hidden) forget(conversation);
});

/** The address of a message, for whoever may read it. Where there is no clipboard, the link leads there. */
function copy(link, conversation) {
  if (!navigator.clipboard) return false;
  navigator.clipboard.writeText(link.href).then(() => document.dispatchEvent(notice(link.dataset.copy)));
  afterMenu(conversation, () => {});
  return true;
}

const notice = (text) => new CustomEvent("live:notice", { detail: { text, level: "polite" } });
