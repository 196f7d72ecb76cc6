// Small behaviour that pages ask for with data attributes; every page works without it.
"use strict";

(() => {
  const typing = (element) => element.closest("input, textarea, select, [contenteditable]");

  // data-key="r": the key presses or focuses the element, unless someone is typing.
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const form = event.target.closest("form[data-submit-key]");
      if (form) form.requestSubmit(form.querySelector("button:not([hidden])[type=submit]"));
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    // data-own-keys: the keys of what a closed menu holds mean nothing until it is open.
    const isReachable = (each) => each.closest("summary") || !each.closest("details[data-own-keys]:not([open])");
    const asked = [...document.querySelectorAll(`[data-key="${CSS.escape(event.key)}"]`)].find(isReachable);
    if (!asked) return;
    event.preventDefault();
    if (asked.matches("input:not([type=radio]), textarea, select")) asked.focus();
    else asked.click();
  });

  // In a list of rows, j and k (or the arrows) go to the next and the previous row.
  document.addEventListener("keydown", (event) => {
    const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const inside = event.target.closest(".rows");
    if (event.key.startsWith("Arrow") && !inside) return;
    const rows = [...document.querySelectorAll(".rows .row")];
    const at = rows.findIndex((row) => row === document.activeElement || row.hasAttribute("aria-current"));
    const focused = rows.indexOf(document.activeElement);
    const next = rows[(focused >= 0 ? focused : at) + step];
    if (!next) return;
    event.preventDefault();
    next.focus();
  });

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener) document.querySelector(opener.dataset.opens)?.showModal();
    if (event.target.closest("[data-closes]")) event.target.closest("dialog, .toast, .banner")?.dispatchEvent(new Event("dismiss"));
    if (event.target.matches("dialog")) event.target.close(); // the backdrop
    for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("dismiss", (event) => (event.target.matches("dialog") ? event.target.close() : event.target.remove()), true);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = event.target.closest("details.menu[open]") || document.querySelector("details.menu[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });

  // A form is sent once: the button says that it is busy, and a second press does nothing.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method === "dialog") return;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
    event.submitter?.setAttribute("aria-busy", "true");
  });
  const again = (root) => {
    for (const form of root.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
    for (const button of root.querySelectorAll("[aria-busy=true]")) button.removeAttribute("aria-busy");
  };
  window.addEventListener("pageshow", () => again(document));
  document.addEventListener("htmx:finally:request", () => again(document));

  // data-draft="name": what was typed survives a reload or another language, in this tab only, until a page says
  // data-draft-done="name".
  for (const done of document.querySelectorAll("[data-draft-done]")) sessionStorage.removeItem(`draft:${done.dataset.draftDone}`);
  const kept = (form) => [...form.elements].filter((field) => field.name && field.matches("textarea, select, input:not([type=hidden], [type=password], [type=file], [type=radio], [type=checkbox])"));
  for (const form of document.querySelectorAll("form[data-draft]")) {
    const key = `draft:${form.dataset.draft}`;
    const draft = JSON.parse(sessionStorage.getItem(key) || "{}");
    for (const field of kept(form)) if (!field.value && draft[field.name]) field.value = draft[field.name];
    form.addEventListener("input", () => {
      sessionStorage.setItem(key, JSON.stringify(Object.fromEntries(kept(form).map((field) => [field.name, field.value]))));
    });
  }

  // Files: what was chosen, with its size, and a word when one is too large.
  document.addEventListener("change", (event) => {
    const list = event.target.matches("[type=file]") && event.target.closest(".file-picker")?.querySelector(".files");
    if (!list) return;
    const limit = Number(event.target.dataset.limitBytes || Infinity);
    const megabytes = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });
    list.replaceChildren(
      ...[...event.target.files].map((file) => {
        const item = document.createElement("li");
        const [name, size] = [document.createElement("span"), document.createElement("span")];
        item.className = "file";
        name.className = "name";
        name.textContent = file.name;
        size.className = file.size > limit ? "field-error" : "soft nowrap";
        size.textContent = file.size > limit ? event.target.dataset.tooLarge : `${megabytes.format(Math.max(0.1, file.size / 1e6))} MB`;
        item.append(name, size);
        return item;
      }),
    );
    event.target.setCustomValidity([...event.target.files].some((file) => file.size > limit) ? event.target.dataset.tooLarge : "");
  });

  // data-heard="address": a page that is used says so there, at most once a minute. Pages that look again by themselves
  // take this over: they carry it along and drop the attribute.
  let heardAt = -Infinity;
  const hear = () => {
    const address = document.body.dataset.heard;
    if (!address || document.hidden || performance.now() - heardAt < 60_000) return;
    heardAt = performance.now();
    const token = document.querySelector("[name=csrf_token]")?.value || "";
    fetch(address, { method: "POST", headers: { "X-CSRF-Token": token } }).catch(() => {});
  };
  for (const kind of ["keydown", "pointermove", "pointerdown", "wheel"]) document.addEventListener(kind, hear, { passive: true });

  // On a narrow screen the menu bar scrolls sideways: begin at the page that is open.
  document.querySelector(".staff > header nav [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });

  const line = document.querySelector("[data-offline]");
  const connected = () => line && (line.hidden = navigator.onLine);
  window.addEventListener("online", connected);
  window.addEventListener("offline", connected);
  connected();

  // A request of htmx that got no answer at all: say so, and leave the page as it was.
  document.addEventListener("htmx:error", () => {
    const toast = document.querySelector("template#no-answer")?.content.firstElementChild.cloneNode(true);
    const place = document.querySelector(".toasts");
    if (toast && place && !place.querySelector("[data-no-answer]")) place.append(toast);
  });
})();
