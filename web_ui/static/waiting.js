// Says below an answer that it waits in line, and for about how long. Beside Gradio's chatbots, not in them: they would
// be drawn anew every second, and read out by screen readers each time.
"use strict";

window.arenaWaiting = (() => {
  const words = document.currentScript.dataset;

  /** What is read out is said anew only when the place has changed, and then not more often than this. */
  const SPOKEN_MS = 10_000;

  /** A time as people say it: by the second at the end, by five seconds before, by minutes if it is long. */
  function about(seconds) {
    if (seconds < 1.5) return words.soon;
    if (seconds > 90) return words.minutes.replace("{n}", Math.ceil(seconds / 60));
    const step = seconds > 10 ? 5 : 1;
    return words.seconds.replace("{n}", Math.ceil(seconds / step) * step);
  }

  /** The sentence about a place in line now. */
  function sentence(place) {
    const start = place.position === 1 ? words.next : words.place.replace("{n}", place.position);
    return start + (place.until === null ? "." : about((place.until - performance.now()) / 1000));
  }

  /** What is read out: one line for all panes, which never shows. It has to be there before anything is put into it. */
  function spokenLine() {
    const found = document.getElementById("waiting-spoken");
    if (found) return found;
    const line = document.createElement("p");
    line.id = "waiting-spoken";
    line.setAttribute("role", "status");
    return document.body.appendChild(line);
  }

  /** The notices of one stream, one below each answer that waits. */
  class Waiting {
    constructor(room) {
      this.room = room;
      this.places = new Map();
      this.lines = new Map();
      this.spoken = spokenLine();
      this.spokenAt = -Infinity;
      this.spokenPosition = null;
      this.timer = null;
    }

    /** A side has this place now, for about so many seconds, if that is known. */
    put(side, position, seconds = null) {
      this.places.set(side, { position, until: seconds === null ? null : performance.now() + seconds * 1000 });
      this.timer ??= setInterval(() => this.draw(), 1000);
      this.draw();
    }

    /** A side waits no more. */
    drop(side) {
      if (!this.places.delete(side)) return;
      this.lines.get(side)?.remove();
      this.lines.delete(side);
      if (!this.places.size) this.close();
    }

    close() {
      clearInterval(this.timer);
      this.timer = null;
      for (const line of this.lines.values()) line.remove();
      this.lines.clear();
      this.places.clear();
      this.spoken.textContent = "";
    }

    draw() {
      for (const [side, place] of this.places) {
        const line = this.lines.get(side) ?? this.added(side);
        const text = sentence(place);
        if (line && line.textContent !== text) line.textContent = text;
      }
      this.speak();
    }

    /** Add a notice below a side's chatbot. What screen readers say of it is said elsewhere, once. */
    added(side) {
      const chat = document.getElementById(`${this.room}-${side}`);
      if (!chat) return null;
      const line = document.createElement("p");
      line.className = "waiting";
      line.setAttribute("aria-hidden", "true");
      chat.after(line);
      this.lines.set(side, line);
      return line;
    }

    speak() {
      const last = [...this.places.values()].reduce((one, other) => (other.position > one.position ? other : one));
      const now = performance.now();
      if (last.position === this.spokenPosition || now - this.spokenAt < SPOKEN_MS) return;
      this.spokenPosition = last.position;
      this.spokenAt = now;
      this.spoken.textContent = sentence(last);
    }
  }

  return { Waiting };
})();
