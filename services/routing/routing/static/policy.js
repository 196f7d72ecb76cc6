// Without this script the page works the same; with it, a click on a line that is wrong shows that line.
"use strict";

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-line]");
  const text = document.getElementById("text");
  if (!link || !text) return;
  event.preventDefault();
  const lines = text.value.split("\n");
  const at = Number(link.dataset.line) - 1;
  const begin = lines.slice(0, at).join("\n").length + (at > 0 ? 1 : 0);
  text.focus();
  text.setSelectionRange(begin, begin + (lines[at] || "").length);
  text.scrollTop = Math.max(0, (text.scrollHeight / lines.length) * (at - 3));
});

// Words typed and not published would be lost.
const editor = document.getElementById("policy");
if (editor) {
  const text = document.getElementById("text");
  let isSent = false;
  editor.addEventListener("submit", () => {
    isSent = true;
  });
  window.addEventListener("beforeunload", (event) => {
    if (!isSent && text.value !== text.defaultValue) event.preventDefault();
  });
}
