// The desk stays true while it is looked at: every few seconds the page is read again and what changed is put in its
// place. What somebody typed, opened or chose is never touched; a lost look is made up for by the next one.
"use strict";

(() => {
  const EVERY_MS = Number(document.documentElement.dataset.looksEvery) || 5000;
  const UNSEEN_EVERY_MS = 15000; // in a tab that nobody looks at, while work may be offered
  const WHOLE = [".presence", ".pane-list .scroll", ".pane-ticket .clocks", ".pane-ticket .ticket-title", ".pane-ticket .conversation", ".pane-context .scroll"];
  const seen = new Map(WHOLE.map((place) => [place, document.querySelector(place)?.innerHTML]));
  const title = document.title;
  let looking = false;
  let lookedAt = 0;
  let used = true;

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

  // An offer that is new stands under the header at once; one that is there is left alone, its seconds run by themselves.
  const offered = (page) => [...page.querySelectorAll("[data-offer]")].map((each) => each.dataset.offer).join();
  function putOffers(fresh) {
    const [old, next] = [document.querySelector(".offers"), fresh.querySelector(".offers")];
    document.title = offered(fresh) ? `● ${title}` : title;
    if (old && next && offered(old) !== offered(next) && !old.querySelector(".menu[open]")) {
      const focused = old.contains(document.activeElement);
      old.replaceChildren(...next.childNodes);
      if (focused) document.getElementById("main").focus();
      begin();
    }
  }
  function begin() {
    for (const each of document.querySelectorAll("[data-left]")) each.endsAt ??= performance.now() + 1000 * Number(each.dataset.left);
  }
  function count() {
    for (const each of document.querySelectorAll("[data-left]")) {
      const seconds = Math.ceil((each.endsAt - performance.now()) / 1000);
      if (seconds >= 0) each.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
      const offer = each.closest(".offer");
      if (seconds > 0 || offer.classList.contains("is-over")) continue;
      offer.classList.add("is-over");
      offer.querySelector(".offer-left").textContent = offer.parentElement.dataset.over;
      for (const menu of offer.querySelectorAll(".menu[open]")) menu.open = false;
    }
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
    const mayBeOffered = document.querySelector(".presence-word")?.closest("summary").querySelector(".presence-available");
    if (looking || !navigator.onLine || (document.hidden && !(mayBeOffered && performance.now() - lookedAt > UNSEEN_EVERY_MS))) return;
    looking = true;
    lookedAt = performance.now();
    try {
      const headers = { accept: "text/html", "x-loket-look": used ? "used" : "idle" };
      used = false;
      const answer = await fetch(location.pathname + location.search, { headers, redirect: "error" });
      if (!answer.ok) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      const version = (page) => page.querySelector(".pane-ticket [name=version]")?.value;
      const isChanged = version(document) !== version(fresh);
      for (const place of WHOLE) putIn(place, fresh);
      putOffers(fresh);
      if (isChanged) actOn(fresh);
    } catch {
      // no answer: the page stays as it was, and the next look is soon
    } finally {
      looking = false;
    }
  }

  if (document.querySelector(".panes")) {
    delete document.body.dataset.heard; // every look says whether this page is used
    for (const kind of ["keydown", "pointermove", "pointerdown", "wheel"]) document.addEventListener(kind, () => (used = true), { passive: true });
    begin();
    count();
    setInterval(count, 1000);
    if (document.querySelector("[data-offer]")) document.title = `● ${title}`;
    setInterval(look, EVERY_MS);
    document.addEventListener("visibilitychange", look);
  }
})();
