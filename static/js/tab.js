// The name of this tab, the same on all pages that it shows one after the other, and no other tab's: while a page is open
// the name is only here, so that a tab duplicated from this one finds none and takes its own.

let name = "";

/** A random word. */
const fresh = () => Array.from(crypto.getRandomValues(new Uint32Array(4)), (n) => n.toString(36)).join("");

function take() {
  name = name || sessionStorage.getItem("tab") || fresh();
  sessionStorage.removeItem("tab");
}

export const tab = () => name;

addEventListener("pagehide", () => sessionStorage.setItem("tab", name));
addEventListener("pageshow", take);
take();
