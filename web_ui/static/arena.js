// Calls the page's own server for Gradio's events, and paints answers into Gradio's chatbots while they are written;
// neither passes Gradio's server. What is painted is replaced at the end by what the controller has.
"use strict";

window.arena = (() => {
  /** Sentences for what can only be known here; the rest comes from the server. */
  const words = document.currentScript.dataset;

  /** What each room's chatbots show now, by side. */
  const painted = {};

  const message = (role, text, metadata = null) => ({
    role,
    metadata,
    options: null,
    content: [{ type: "text", text }],
  });

  /** One side's answer as it grows. */
  class Answer {
    constructor(before) {
      this.before = before;
      this.text = "";
      this.thought = "";
      this.note = "";
      this.hasEnded = false;
    }

    take(event) {
      if (event.kind === "delta") this.text += event.text;
      else if (event.kind === "reasoning") this.thought += event.text;
      else if (event.kind === "failed") this.end(`⚠️ ${event.message}`);
      else if (event.kind === "finished") this.end(event.reason === "cancelled" ? words.stopped : "");
    }

    end(note) {
      if (this.hasEnded) return;
      this.hasEnded = true;
      this.note = note;
    }

    /** Whether it has neither begun nor ended. */
    get isAwaited() {
      return !(this.text || this.thought || this.hasEnded);
    }

    messages() {
      const shown = [...this.before];
      if (this.thought) {
        const status = this.text || this.hasEnded ? "done" : "pending";
        shown.push(message("assistant", this.thought, { title: words.reasoning, status }));
      }
      if (this.text || !(this.thought || this.note)) shown.push(message("assistant", this.text));
      if (this.note) shown.push(message("assistant", this.note));
      return shown;
    }
  }

  /** The messages before the answer that is about to come. */
  function before(history, shown) {
    const messages = [...(history ?? [])];
    if (shown !== null) return [...messages, message("user", shown)];
    while (messages.length && messages.at(-1).role !== "user") messages.pop();
    return messages;
  }

  async function* events(response) {
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let waiting = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const blocks = (waiting + value).split("\n\n");
      waiting = blocks.pop();
      const batch = blocks.filter((block) => block.startsWith("data: ")).map((block) => JSON.parse(block.slice(6)));
      if (batch.length) yield batch;
    }
  }

  const post = (address, body) =>
    fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });

  const NEEDS_TERMS = ["session_required", "consent_required", "terms_outdated"];

  /** The sentence that says why a request was refused. */
  async function refusal(response) {
    const problem = await response.json().catch(() => ({}));
    if (NEEDS_TERMS.includes(problem.code)) click("ask-terms");
    return problem.detail ?? words.unreachable;
  }

  function said(text, isError = true) {
    const line = document.createElement("p");
    line.className = isError ? "said error" : "said";
    line.textContent = text;
    return line.outerHTML;
  }

  const element = (id) => document.getElementById(id);
  const click = (id) => {
    const found = element(id);
    (found?.tagName === "BUTTON" ? found : found?.querySelector("button"))?.click();
  };

  /** Whether a pane keeps showing its end: until its reader scrolls up, and again once they are back at the end. */
  const LEEWAY = 60;
  const following = new WeakMap();

  function follow(room, sides) {
    for (const side of sides) {
      const pane = element(`${room}-${side}`)?.querySelector(".panel-wrap");
      if (!pane) continue;
      if (!following.has(pane)) {
        let before = pane.scrollTop;
        // An answer may have grown since this pane was moved on: only who moved it up has stopped following.
        pane.addEventListener("scroll", () => {
          const isAtEnd = pane.scrollHeight - pane.scrollTop - pane.clientHeight < LEEWAY;
          if (isAtEnd || pane.scrollTop < before) following.set(pane, isAtEnd);
          before = pane.scrollTop;
        });
      }
      following.set(pane, true);
    }
  }

  function scrollOn(room, sides) {
    const panes = sides.map((side) => element(`${room}-${side}`)?.querySelector(".panel-wrap"));
    // What was painted is in the document after the next frame or two; reading the size any earlier forces a layout.
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        for (const pane of panes) if (pane && following.get(pane)) pane.scrollTop = pane.scrollHeight;
      }),
    );
  }

  function paintAll(room, answers) {
    painted[room] = Object.values(answers).map((answer) => answer.messages());
    for (const [side, answer] of Object.entries(answers)) {
      element(`${room}-${side}`)?.classList.toggle("writing", !answer.hasEnded);
    }
    click(`${room}-paint`);
    scrollOn(room, Object.keys(answers));
  }

  /** Read what comes. What concerns no side concerns all; a battle's sides wait together, so as to be told nothing. */
  async function read(room, response, answers) {
    const waiting = new arenaWaiting.Waiting(room);
    follow(room, Object.keys(answers));
    paintAll(room, answers);
    try {
      for await (const batch of events(response)) {
        for (const event of batch) {
          for (const side of event.side ? [event.side] : Object.keys(answers)) {
            const answer = answers[side];
            answer?.take(event);
            if (!answer?.isAwaited) waiting.drop(side);
            else if (event.kind === "queued") waiting.put(side, event.position, event.wait_seconds);
          }
        }
        if (!batch.every((event) => event.kind === "queued")) paintAll(room, answers);
      }
    } finally {
      waiting.close();
    }
  }

  const running = new Set();

  const RETRY_MS = 2_000;
  const AWAY = [502, 503, 504];

  /** Post until the server answers, and not only what stands before it. Says whether it took more than one try. */
  async function postUntilHeard(address, body) {
    for (let wasAway = false; ; wasAway = true) {
      const response = await post(address, body).catch(() => null);
      if (response && !AWAY.includes(response.status)) return { response, wasAway };
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }

  /** Do what an event asks for. Returns what its outputs show; where nothing changes, there is a hole. What `persists`
      is asked until it is answered: a room whose stream broke off with the server would else stay locked. */
  async function act(name, inputs, outputs, status, persists) {
    const results = Array(outputs);
    if (running.has(name)) return results;
    running.add(name);
    try {
      const ask = persists ? postUntilHeard : async (...asked) => ({ response: await post(...asked) });
      const { response, wasAway } = await ask(`/visitor/actions/${name}`, { inputs });
      if (wasAway) results[status] = "";
      if (response.ok) Object.assign(results, await response.json());
      else results[status] = said(await refusal(response));
    } catch {
      results[status] = said(words.unreachable);
    } finally {
      running.delete(name);
    }
    return results;
  }

  const used = new Set();

  /** Ask for answers and paint them while they come. Returns the chats, the box and the status line. */
  async function stream(room, ticket, histories) {
    if (!ticket || used.has(ticket.serial)) return [];
    used.add(ticket.serial);
    const answers = {};
    for (const side of Object.keys(histories)) {
      answers[side] = new Answer(before(histories[side], ticket.shown));
    }
    const results = (box, status) => [...Object.values(answers).map((answer) => answer.messages()), box, status];
    let problem = "";
    try {
      const response = await post(ticket.address, ticket.body);
      if (!response.ok) {
        const reason = await refusal(response);
        return [...Object.values(histories), ticket.body.text ?? "", said(reason)];
      }
      await read(room, response, answers);
    } catch {
      problem = said(words.unreachable);
    }
    for (const answer of Object.values(answers)) answer.end("");
    paintAll(room, answers);
    return results("", problem);
  }

  /** Put the cursor where one writes; not on touch screens, where that opens a keyboard. */
  function focus(room) {
    scrollOn(room, ["a", "b"]);
    if (!matchMedia("(pointer: fine)").matches) return;
    requestAnimationFrame(() => element(`${room}-box`)?.querySelector("textarea:enabled")?.focus());
  }

  function suggest(room, text) {
    focus(room);
    return text;
  }

  return { act, stream, paint: (room) => painted[room] ?? [], focus, suggest, post, refusal, said, element };
})();
