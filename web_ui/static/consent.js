// What a visitor accepts, and how it is taken back. The session's cookie comes and goes with the answers; no script sees it.
"use strict";

window.arenaConsent = (() => {
  const words = document.currentScript.dataset;
  const { post, refusal, said, element } = arena;

  const update = (properties) => ({ __type__: "update", ...properties });

  /** Which boxes are open: what is not kept can neither be published nor given away, and nothing of minors is published. */
  function boxes(keep, age, release, share) {
    const mayPublish = keep && age !== "minor";
    return [
      update({ interactive: mayPublish, value: mayPublish && release }),
      update({ interactive: keep, value: keep && share }),
    ];
  }

  /** Record what the visitor accepts. Returns what went wrong, if anything did. */
  async function accept(version, keep, release, share, age) {
    const ticked = { log: keep, release, share };
    const scopes = ["serve", ...Object.keys(ticked).filter((scope) => ticked[scope])];
    const language = navigator.language.slice(0, 35);
    try {
      const consent = { terms_version: version, scopes, language, age_group: age };
      const response = await post("/visitor/session", consent);
      return response.ok ? "" : said(await refusal(response));
    } catch {
      return said(words.unreachable);
    }
  }

  /** Put the keyboard where something has appeared; it is in the document after the next frame or two. */
  function focus(id) {
    requestAnimationFrame(() => requestAnimationFrame(() => element(id)?.focus()));
  }

  /** Show the terms and go to the box that a battle needs. */
  function ask() {
    requestAnimationFrame(() => requestAnimationFrame(() => element("terms-keep")?.querySelector("input")?.focus()));
    return update({ visible: true });
  }

  /** Put the keyboard where one writes, in the tab that is open. */
  function begin() {
    for (const room of ["direct", "battle"]) arena.focus(room);
  }

  /** Hide what was offered. */
  function dismiss() {
    begin();
    return update({ visible: false });
  }

  /** Ask the visitor to confirm, or not any more: of two rows of buttons, one is shown. */
  function asking(isAsked, focused) {
    focus(focused);
    return [update({ visible: !isAsked }), update({ visible: isAsked })];
  }

  /** Begin anew, with nothing left of what was in this page but a sentence. */
  function startAfresh(sentence) {
    history.replaceState({ sentence }, "");
    scrollTo(0, 0);
    location.reload();
  }

  let isDeleting = false;

  /** Have something deleted, then start afresh. */
  async function remove(address, body) {
    if (isDeleting) return said(words.deleting, false);
    isDeleting = true;
    try {
      const response = await post(address, body);
      if (response.ok) {
        startAfresh((await response.json()).said);
        return said(words.deleting, false);
      }
      isDeleting = false;
      return said(await refusal(response));
    } catch {
      isDeleting = false;
      return said(words.unreachable);
    }
  }

  const removeMine = () => remove("/visitor/session/delete", {});
  const removeByCode = (code) => remove("/visitor/deletions", { code });

  /** What was to be said once the page has started afresh. */
  function recall() {
    const sentence = history.state?.sentence;
    if (!sentence) return "";
    history.replaceState(null, "");
    return said(sentence, false);
  }

  /** Copy the text of an element; where the browser does not allow it, mark it. */
  async function copy(id) {
    const shown = element(id);
    try {
      await navigator.clipboard.writeText(shown.textContent);
      return said(words.copied, false);
    } catch {
      getSelection().selectAllChildren(shown);
      const isCopied = document.execCommand("copy");
      return said(isCopied ? words.copied : words.marked, false);
    }
  }

  return { boxes, accept, focus, ask, begin, dismiss, asking, removeMine, removeByCode, recall, copy };
})();
