// The desk stays true while it is looked at: every few seconds the page is read again and what changed is put in its
// place. What somebody typed, opened or chose is never touched; a lost look is made up for by the next one.
"use strict";

(() => {
  const EVERY_MS = Number(document.documentElement.dataset.looksEvery) || 5000;
  const WHOLE = [".pane-list .scroll", ".pane-ticket .clocks", ".pane-ticket .ticket-title", ".pane-ticket .conversation", ".pane-context .scroll"];
  const seen = new Map(WHOLE.map((place) => [place, document.querySelector(place)?.innerHTML]));
  let looking = false;

  const isBusy = (part) => part.contains(document.activeElement) || part.querySelector("details[open], form:focus-within");

  function putIn(place, fresh) {
    const old = document.querySelector(place);
    const next = fresh.querySelector(place);
    if (!old || !next || seen.get(place) === next.innerHTML || isBusy(old)) return;
    seen.set(place, next.innerHTML);
    const scroll = old.closest(".scroll");
    const isAtEnd = scroll && scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 40;
    const top = scroll?.scrollTop;
    old.replaceChildren(...next.childNodes);
    if (scroll) scroll.scrollTop = place.endsWith(".conversation") && isAtEnd ? scroll.scrollHeight : top;
  }

  // Whoever sees what changed may act on it: the forms then name the version that is on the screen.
  function actOn(fresh) {
    const next = fresh.querySelector(".pane-ticket [name=version]")?.value;
    const mine = document.querySelectorAll(".pane-ticket [name=version]");
    const acts = document.querySelector(".acts");
    const freshActs = fresh.querySelector(".acts");
    if (acts && freshActs && !isBusy(acts)) acts.replaceWith(freshActs);
    if (next) for (const field of mine) field.value = next;
  }

  async function look() {
    if (document.hidden || looking || !navigator.onLine) return;
    looking = true;
    try {
      const answer = await fetch(location.pathname + location.search, { headers: { accept: "text/html" }, redirect: "error" });
      if (!answer.ok) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      const version = (page) => page.querySelector(".pane-ticket [name=version]")?.value;
      const isChanged = version(document) !== version(fresh);
      for (const place of WHOLE) putIn(place, fresh);
      if (isChanged) actOn(fresh);
    } catch {
      // no answer: the page stays as it was, and the next look is soon
    } finally {
      looking = false;
    }
  }

  if (document.querySelector(".panes")) {
    setInterval(look, EVERY_MS);
    document.addEventListener("visibilitychange", look);
  }
})();
