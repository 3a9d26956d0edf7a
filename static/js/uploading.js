// One file on its way: XMLHttpRequest, for it tells how far it is.

const AGAIN = [0, 408, 429, 500, 502, 503, 504, 507]; // status after which another try may do

/** Sends {id, file, address} and calls `progress` with the percentage that has gone → {answer, cancel}. The answer is
 *  {id, kind, name} once it is kept; else {why, again}: in words, and whether it is worth trying again. */
export function upload({ id, file, address }, progress) {
  const request = new XMLHttpRequest();
  const answer = new Promise((resolve) => {
    request.upload.onprogress = ({ loaded, total }) => progress(total ? (100 * loaded) / total : 0);
    request.onloadend = () => resolve(request.status === 201 ? JSON.parse(request.responseText) : refusal(request));
  });
  const form = new FormData();
  form.append("client_id", id);
  form.append("file", file, file.name);
  request.open("POST", address);
  for (const [name, value] of Object.entries(JSON.parse(document.body.getAttribute("hx-headers")))) request.setRequestHeader(name, value);
  request.setRequestHeader("HX-Request", "true");
  request.send(form);
  return { answer, cancel: () => request.abort() };
}

function refusal({ status, responseText }) {
  const said = new DOMParser().parseFromString(responseText || "", "text/html").querySelector("[data-toast] span");
  const { failed, unreachable } = document.getElementById("toasts").dataset;
  return { why: said?.textContent || (status ? failed : unreachable), again: AGAIN.includes(status) };
}
