// Everything a page does by itself. Each module listens on document, so it survives when pages change under it.
import "live";
import "pieces";
import "banner";
import "times";
import "menus";
import "toasts";
import "conversation";
import "outbox";
import "room";
import "questions";
import "sound";

/** The server sends this page elsewhere: as if a link had been followed. */
document.addEventListener("live:go", ({ detail }) => {
  if (new URL(detail.to, location.href).origin !== location.origin) return;
  const link = document.createElement("a");
  link.href = detail.to;
  link.hidden = true;
  document.body.append(link);
  htmx.process(link);
  link.click();
});
