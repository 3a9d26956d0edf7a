// How files look when they are added, recorded and looked at: modules that import this wait until the sheet is there.

const href = document.querySelector("[data-dress]").dataset.dress;

await new Promise((done) => document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href, onload: done, onerror: done })));
