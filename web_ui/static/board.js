// Sorts and searches the leaderboard, and keeps in the page's address what is shown: ?tab=leaderboard&category=code&style=1.
"use strict";

window.arenaBoard = (() => {
  const TAB = "leaderboard";
  const address = () => new URLSearchParams(location.search);
  const board = () => document.querySelector("#board");
  const rows = () => [...(board()?.querySelectorAll("tbody tr") ?? [])];
  let isArriving = address().get("tab") === TAB;

  function remember(changes) {
    const said = address();
    for (const [key, value] of Object.entries(changes)) value ? said.set(key, value) : said.delete(key);
    const query = said.size ? `?${said}` : "";
    if (query !== location.search) history.replaceState(history.state, "", location.pathname + query + location.hash);
  }

  /** Which board to show. Whoever asks has the tab open. */
  function wanted() {
    remember({ tab: TAB });
    return { category: address().get("category") ?? "", style: address().get("style") ?? "" };
  }

  /** The order of a column's cells: nothing comes last, whichever way. */
  function sort(key, isDown) {
    const heads = [...board().querySelectorAll("thead th")];
    const at = heads.findIndex((head) => head.dataset.key === key);
    if (at < 0) return;
    const isNumber = heads[at].classList.contains("number");
    const value = (row) => {
      const said = row.children[at].dataset.v ?? row.children[at].textContent.toLowerCase();
      return said === "" ? null : isNumber ? Number(said) : said;
    };
    const keyed = rows().map((row) => [value(row), row]);
    keyed.sort(([a], [b]) => {
      if (a === null || b === null) return (a === null) - (b === null);
      return (isDown ? -1 : 1) * (a < b ? -1 : a > b ? 1 : 0);
    });
    board().querySelector("tbody").append(...keyed.map(([, row]) => row));
    for (const head of heads) head.removeAttribute("aria-sort");
    heads[at].setAttribute("aria-sort", isDown ? "descending" : "ascending");
  }

  function sortBy(head) {
    const before = head.getAttribute("aria-sort");
    const isDown = before === null ? ["rating", "votes"].includes(head.dataset.key) : before === "ascending";
    sort(head.dataset.key, isDown);
    remember({ sort: head.dataset.key, order: isDown ? "down" : "up" });
  }

  function look(wish) {
    const parts = wish.toLowerCase().split(/\s+/).filter(Boolean);
    let found = 0;
    for (const row of rows()) {
      const said = [1, 6, 7].map((at) => row.children[at].textContent).join(" ").toLowerCase();
      row.hidden = !parts.every((word) => said.includes(word));
      found += !row.hidden;
    }
    const hidden = new Set(rows().filter((row) => row.hidden).map((row) => row.dataset.model));
    for (const row of document.querySelectorAll("#board-figures tr[data-model]")) row.hidden = hidden.has(row.dataset.model);
    const count = board().querySelector(".board-count");
    const said = found ? count.dataset.shown : count.dataset.none;
    count.textContent = parts.length ? said.replace("{n}", found).replace("{all}", count.dataset.all) : "";
  }

  /** Show a fresh table as the address says. It is in the document after the next frame or two. */
  function follow() {
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        // whoever follows a link to the board need not scroll past the terms first
        if (isArriving) document.querySelector("#tabs")?.scrollIntoView();
        isArriving = false;
        const search = board()?.querySelector(".board-search");
        if (!search) return;
        const said = address();
        sort(said.get("sort") ?? "rank", said.get("order") === "down");
        search.value = said.get("q") ?? "";
        look(search.value);
      }),
    );
  }

  /** Open the tab if the address asks for it. */
  function open() {
    if (address().get("tab") !== TAB) return;
    requestAnimationFrame(() => document.querySelector(`[role="tab"][data-tab-id="${TAB}"]`)?.click());
  }

  document.addEventListener("click", (event) => {
    const tab = event.target.closest('#tabs > .tab-wrapper [role="tab"]');
    if (tab && tab.dataset.tabId !== TAB) remember({ tab: "", category: "", style: "", sort: "", order: "", q: "" });
    const button = event.target.closest("#board .board-sort");
    if (button) sortBy(button.closest("th"));
    const way = event.target.closest("#board .board-ways a");
    if (!way || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    remember({ category: way.dataset.category, style: way.dataset.style });
    document.querySelector("#board-again")?.click();
  });

  document.addEventListener("input", (event) => {
    if (!event.target.matches("#board .board-search")) return;
    look(event.target.value);
    remember({ q: event.target.value.trim() });
  });

  return { wanted, follow, open };
})();
