// Sorts, searches, and draws what a reader asks for. The page is whole without it; nothing here asks anybody anything.
"use strict";

(() => {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const words = read("words");
  const data = read("data");
  const find = (selector, inside = document) => inside.querySelector(selector);
  const all = (selector, inside = document) => [...inside.querySelectorAll(selector)];
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

  /** An element with attributes and children; whatever is a text stays one. */
  function make(name, attributes = {}, ...children) {
    const element = name === "svg" || name === "line" || name === "circle" || name === "text"
      ? document.createElementNS("http://www.w3.org/2000/svg", name)
      : document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) if (value !== null) element.setAttribute(key, value);
    element.append(...children);
    return element;
  }

  const named = (name) => make("bdi", {}, name);

  // What the address says: category, style, sort, order, q, model. Only what differs from the page as it is.

  /** Other fragments, as that of the link to the standings, say nothing. */
  const said = () => new URLSearchParams(location.hash.includes("=") ? location.hash.slice(1) : "");
  const state = said();

  function remember(changes) {
    for (const [key, value] of Object.entries(changes)) value ? state.set(key, value) : state.delete(key);
    const now = state.toString();
    if (now !== said().toString()) history.replaceState(history.state, "", now ? `#${now}` : location.pathname + location.search);
    for (const way of all("a.way")) way.hash = now;
    addressModels();
  }

  /** Whoever comes by the address of another board is sent to its page. */
  function isElsewhere() {
    const category = state.get("category");
    const style = state.has("style") ? state.get("style") === "1" : data.style;
    if (category === null && !state.has("style")) return false;
    const page = data.pages.find((each) => each[0] === (category ?? data.category) && each[1] === style);
    state.delete("category");
    state.delete("style");
    if (!page || (page[0] === data.category && page[1] === data.style)) return false;
    location.replace(state.size ? `${page[2]}#${state}` : page[2]);
    return true;
  }

  // The standings

  const table = find("#standings");
  const rows = table ? all("tbody tr", table) : [];
  const heads = table ? all("thead th", table) : [];
  const texts = new Map(rows.map((row) => [row, [row.children[1], row.children[6], row.children[7]]
    .map((cell) => cell.textContent).join(" ").toLowerCase()]));
  const placeOf = new Map(data.models.map(([name], at) => [name, at]));

  function addressModels() {
    for (const row of rows) {
      const linked = new URLSearchParams(state);
      linked.set("model", row.dataset.model);
      find("a.of-model", row).href = `#${linked}`;
    }
  }

  function valueOf(row, column, isNumber) {
    const said = row.children[column].dataset.v ?? row.children[column].textContent;
    if (!isNumber) return said.toLowerCase();
    return said === "" ? null : Number(said);
  }

  const DESCENDING = ["rating", "battles"];

  function sort(key, order) {
    const column = heads.findIndex((head) => head.dataset.key === key);
    if (column < 0) return;
    const isNumber = heads[column].dataset.kind === "number";
    const sign = order === "down" ? -1 : 1;
    const keyed = rows.map((row, at) => [valueOf(row, column, isNumber), at, row]);
    keyed.sort(([a, first], [b, second]) => {
      if (a === null || a === "") return b === null || b === "" ? first - second : 1;
      if (b === null || b === "") return -1;
      const difference = isNumber ? a - b : a < b ? -1 : a > b ? 1 : 0;
      return sign * difference || first - second;
    });
    find("tbody", table).append(...keyed.map((each) => each[2]));
    for (const head of heads) head.removeAttribute("aria-sort");
    heads[column].setAttribute("aria-sort", order === "down" ? "descending" : "ascending");
  }

  function sortBy(key) {
    const head = heads.find((each) => each.dataset.key === key);
    const before = head.getAttribute("aria-sort");
    const order = before === null ? (DESCENDING.includes(key) ? "down" : "up") : before === "ascending" ? "down" : "up";
    sort(key, order);
    remember({ sort: key === "rank" && order === "up" ? "" : key, order: key === "rank" && order === "up" ? "" : order });
  }

  // Search: rows of every table that tell of one model are shown or not.

  const search = make("input", { type: "search", id: "search", placeholder: words.search, "aria-label": words.search });
  const count = make("span", { class: "count", role: "status" });
  let found = new Set(rows.map((row) => row.dataset.model));

  function look() {
    const wanted = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const isFound = (row) => wanted.every((word) => texts.get(row).includes(word));
    found = new Set(rows.filter(isFound).map((row) => row.dataset.model));
    for (const row of all("tr[data-model]")) row.hidden = !found.has(row.dataset.model);
    const said = found.size ? fill(words.shown, { n: found.size, all: rows.length }) : words.none;
    count.textContent = found.size === rows.length ? "" : said;
    drawMap();
  }

  function prepareTable() {
    find("#controls").append(search, count);
    for (const head of heads) {
      const button = make("button", { type: "button" }, head.textContent);
      button.addEventListener("click", () => sortBy(head.dataset.key));
      head.replaceChildren(button);
    }
    let waits = 0;
    search.addEventListener("input", () => {
      clearTimeout(waits);
      waits = setTimeout(() => {
        look();
        remember({ q: search.value.trim() });
      }, 80);
    });
  }

  // Who beats whom

  const pairs = new Map();
  for (let at = 0; at < data.pairs.length; at += 5) {
    const [first, second, wins, losses, ties] = data.pairs.slice(at, at + 5);
    for (const [a, b, won, lost] of [[first, second, wins, losses], [second, first, losses, wins]]) {
      if (!pairs.has(a)) pairs.set(a, new Map());
      pairs.get(a).set(b, { won, lost, tied: ties, battles: wins + losses + ties });
    }
  }
  const share = (pair) => (pair.won + pair.tied / 2) / pair.battles;
  const SIZES = [10, 20, 40, 80];
  const PALE = 8; // as in pairs.py
  const view = make("select", { id: "map-view" });
  const size = make("select", { id: "map-size" });

  function prepareMap() {
    const controls = find("#map-controls");
    if (!controls) return;
    find("#met-map")?.remove(); // the same table shows both
    view.append(make("option", { value: "share" }, words.share), make("option", { value: "met" }, words.met));
    for (const each of SIZES) {
      if (each === SIZES[0] || each < 2 * data.models.length) size.append(make("option", { value: each }, fill(words.first, { n: Math.min(each, data.models.length) })));
    }
    size.value = String(Math.min(20, ...[...size.options].slice(-1).map((each) => Number(each.value))));
    for (const [label, select] of [[words.view, view], [words.models, size]]) {
      controls.append(make("label", { for: select.id }, label), select);
      select.addEventListener("change", drawMap);
    }
  }

  /** The rows are the models found, the columns the first ones: with a search, how those found do against the first. */
  function drawMap() {
    const map = find("#pair-map");
    if (!map || !size.value) return;
    const many = Number(size.value);
    const columns = data.models.map((_, at) => at).slice(0, many);
    const down = data.models.map((_, at) => at).filter((at) => found.has(data.models[at][0])).slice(0, many);
    const isShare = view.value === "share";
    const most = Math.max(1, ...down.flatMap((a) => columns.map((b) => pairs.get(a)?.get(b)?.battles ?? 0)));
    const cell = (a, b) => {
      const pair = pairs.get(a)?.get(b);
      if (!pair) return make("td");
      const title = fill(words.cell, { a: data.models[a][0], b: data.models[b][0], share: `${Math.round(100 * share(pair))}%`, n: pair.battles });
      const shade = isShare ? Math.floor((10 * (pair.won + pair.tied / 2 + PALE / 2)) / (pair.battles + PALE) + 0.5) : 5 + Math.round(5 * Math.sqrt(pair.battles / most));
      return make("td", { class: `h${shade}`, title }, isShare ? Math.round(100 * share(pair)) : pair.battles.toLocaleString("en"));
    };
    const head = make("tr", {}, make("td"), ...columns.map((at) => make("th", { scope: "col" }, make("span", { title: data.models[at][0] }, named(data.models[at][0])))));
    const body = down.map((a) => make("tr", {}, make("th", { scope: "row", title: data.models[a][0] }, named(data.models[a][0])), ...columns.map((b) => cell(a, b))));
    const caption = make("caption", {}, isShare ? words.mapShare : words.mapMet);
    map.replaceChildren(caption, make("thead", {}, head), make("tbody", {}, ...body));
  }

  // One model

  function showModel() {
    const panel = find("#model");
    const name = state.get("model");
    const at = placeOf.get(name);
    panel.hidden = at === undefined;
    if (panel.hidden) return panel.replaceChildren();
    const close = make("button", { type: "button" }, words.close);
    close.addEventListener("click", () => {
      remember({ model: "" });
      showModel();
      find("a.of-model", rows[at])?.focus();
    });
    panel.replaceChildren(make("div", { class: "top" }, make("h2", {}, named(name)), close), facts(rows[at]));
    if (pairs.has(at)) panel.append(make("h3", {}, words.opponents), opponents(at));
    if (data.times[at]?.some((each) => each !== null)) panel.append(make("h3", {}, words.time), times(at));
    panel.focus({ preventScroll: true });
    panel.scrollIntoView({ block: "nearest" });
  }

  function facts(row) {
    const shown = heads.map((head, at) => [head.textContent, row.children[at]]).filter(([, cell]) => cell.textContent && cell.tagName === "TD");
    return make("dl", { class: "facts" }, ...shown.map(([label, cell]) => {
      const said = make("dd");
      for (const part of cell.childNodes) said.append(said.childNodes.length ? ": " : "", part.textContent);
      return make("div", {}, make("dt", {}, label), said);
    }));
  }

  function tableOf(caption, labels, lines) {
    const head = make("tr", {}, ...labels.map((each) => make("th", { scope: "col" }, each)));
    const body = lines.map(([first, ...rest]) => make("tr", {}, make("th", { scope: "row" }, first), ...rest.map((each) => make("td", { class: "number" }, each))));
    for (const each of [...head.children].slice(1)) each.className = "number";
    const grown = make("table", { class: "plain" }, make("caption", {}, caption), make("thead", {}, head), make("tbody", {}, ...body));
    return make("div", { class: "scroll tall", tabindex: 0, role: "region", "aria-label": caption }, grown);
  }

  /** Which share of their battles a model so many points ahead should win, a tie as half; `nu` is the strength of ties. */
  function expectedShare(lead) {
    const ahead = 10 ** (lead / 800);
    return (ahead + data.nu / 2) / (ahead + 1 / ahead + data.nu);
  }

  function opponents(at) {
    const rating = data.models[at][1];
    const met = [...pairs.get(at)].sort(([a, x], [b, y]) => y.battles - x.battles || a - b);
    const percent = (value) => `${Math.round(100 * value)}%`;
    const lines = met.map(([other, pair]) => {
      const against = data.models[other][1];
      const expected = rating === null || against === null ? "–" : percent(expectedShare(rating - against));
      return [named(data.models[other][0]), ...[pair.battles, pair.won, pair.lost, pair.tied].map((each) => each.toLocaleString("en")), percent(share(pair)), expected];
    });
    return tableOf(words.opponents, [words.opponent, words.battles, words.won, words.lost, words.tied, words.rate, words.expected], lines);
  }

  function times(at) {
    const known = data.times[at].map((rating, place) => [data.periods[place], rating]).filter(([, rating]) => rating !== null);
    return tableOf(words.time, [words.period, words.rating], known.map(([period, rating]) => [period, String(Math.round(rating))]));
  }

  function follow() {
    if (isElsewhere()) return;
    search.value = state.get("q") ?? "";
    if (rows.length) {
      sort(state.get("sort") ?? "rank", state.get("order") ?? "up");
      look();
    }
    remember({});
    showModel();
  }

  window.addEventListener("hashchange", () => {
    if (location.hash && !location.hash.includes("=")) return;
    if (said().toString() === state.toString()) return;
    for (const key of [...state.keys()]) state.delete(key);
    for (const [key, value] of said()) state.set(key, value);
    follow();
  });
  if (rows.length) prepareTable();
  prepareMap();
  follow();
})();
