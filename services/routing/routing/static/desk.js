// The desk: a form that opens gets the cursor, and a ticket that is looked at stays with whoever holds it.
"use strict";

(() => {
  const KEEP_EVERY_MS = 5 * 60 * 1000;

  document.addEventListener(
    "toggle",
    (event) => {
      const act = event.target;
      if (!act.matches?.("details.act") || !act.open) return;
      const around = act.parentElement.closest("details.act");
      if (around) around.open = true; // opened by its key while the menu around it was closed
      for (const other of document.querySelectorAll("details.act[open]")) if (!other.contains(act) && !act.contains(other)) other.open = false;
      if (!act.matches(".more")) act.querySelector("select, textarea, input:not([type=hidden])")?.focus();
    },
    true,
  );

  // Words typed as an answer move along when the agent decides to resolve at once.
  const resolving = document.querySelector("#resolve-body");
  const composing = document.querySelector("#composer-body");
  resolving?.closest("details").addEventListener("toggle", () => {
    const isReply = document.querySelector(".composer [value=reply]")?.checked;
    if (isReply && composing?.value && !resolving.value) resolving.value = composing.value;
  });

  // Splitting off: what was marked in a message of the customer is the part that is meant.
  const marked = { text: "", message: "" };
  document.addEventListener("selectionchange", () => {
    const selection = getSelection();
    const message = selection.anchorNode?.parentElement?.closest(".message-customer[id^=m-]");
    if (!message || !selection.toString().trim()) return;
    [marked.text, marked.message] = [selection.toString().trim(), message.id.slice(2)];
  });
  document.querySelector("[data-splits]")?.addEventListener("toggle", (event) => {
    const [body, from] = [event.target.querySelector("#split-body"), event.target.querySelector("#split-message")];
    if (!event.target.open || !body || body.value || !marked.text) return;
    body.value = marked.text;
    if (from?.querySelector(`option[value="${CSS.escape(marked.message)}"]`)) from.value = marked.message;
    event.target.querySelector("#split-subject")?.focus();
  });

  const kept = document.querySelector("[data-keeps]");
  if (kept) {
    const token = document.querySelector("[name=csrf_token]").value;
    setInterval(() => {
      if (document.hidden) return;
      fetch(kept.dataset.keeps, { method: "POST", body: new URLSearchParams({ csrf_token: token }) }).catch(() => {});
    }, KEEP_EVERY_MS);
  }
  const conversation = document.querySelector(".pane-ticket > .scroll");
  if (conversation) conversation.scrollTop = conversation.scrollHeight;
})();
