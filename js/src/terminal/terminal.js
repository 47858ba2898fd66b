// Raw text in, lines out, as a terminal would show them.
//
// Carriage return, backspace, moves within the line, "erase in line" and colours act. All other
// controls do nothing and are shown.

import { HAS_CONTROL, NEXT_CONTROL, nameOf } from "./controls.js";
import { LONGEST, Line } from "./line.js";
import { CONTROL, PLAIN } from "./styles.js";

const LONGEST_SEQUENCE = 256;
const SEQUENCE = new RegExp(`\\x1b\\[([0-?]{0,${LONGEST_SEQUENCE}})([ -/]{0,8})([@-~])`, "y");
const UNFINISHED = new RegExp(`\\x1b(?:\\[[0-?]{0,${LONGEST_SEQUENCE}}[ -/]{0,8})?$`);

export class Terminal {
  #line = new Line();
  #style = PLAIN;
  #held = ""; // an escape sequence that was cut by the end of the text

  constructor(styles) {
    this.styles = styles;
  }

  /** The line that is not ended yet, as {text, extra}; null when nothing stands on it. */
  get open() {
    return this.#line.isEmpty ? null : { text: this.#line.text, extra: this.#line.extra };
  }

  /** @returns {{lines: string[], extras: (number[]|null)[]}} the lines that `text` ended. */
  feed(text) {
    const done = { lines: [], extras: [] };
    const whole = this.#held + text;
    this.#held = UNFINISHED.exec(whole)?.[0] ?? "";
    const parts = whole.slice(0, whole.length - this.#held.length).split("\n");
    const isPlain = this.#style === PLAIN && !HAS_CONTROL.test(whole);
    const last = parts.length - 1;
    for (let index = 0; index < last; index += 1) {
      if ((isPlain || this.#isPlain(parts[index])) && this.#line.isEmpty) {
        this.#pushPlain(done, parts[index]);
      } else {
        this.#write(parts[index]);
        this.#end(done);
      }
    }
    this.#write(parts[last]);
    return done;
  }

  #isPlain(part) {
    return this.#style === PLAIN && !HAS_CONTROL.test(part);
  }

  #pushPlain(done, part) {
    const more = part.length - LONGEST;
    done.lines.push(more > 0 ? part.slice(0, LONGEST) : part);
    done.extras.push(more > 0 ? [more] : null);
  }

  #end(done) {
    done.lines.push(flat(this.#line.text));
    done.extras.push(this.styles.shared(this.#line.extra));
    this.#line = new Line();
  }

  #write(part) {
    let from = 0;
    while (from < part.length) {
      NEXT_CONTROL.lastIndex = from;
      const end = NEXT_CONTROL.exec(part)?.index ?? part.length;
      if (end > from) this.#line.write(part.slice(from, end), this.#style);
      from = end < part.length ? this.#act(part, end) : end;
    }
  }

  /** Do or show the control at `index`; returns where it ends. */
  #act(part, index) {
    const character = part[index];
    if (character === "\r") this.#line.move(0);
    else if (character === "\b") this.#line.move(this.#line.column - 1);
    else if (character === "\x1b") return this.#escape(part, index);
    else this.#line.write(nameOf(character), CONTROL);
    return index + 1;
  }

  #escape(part, index) {
    SEQUENCE.lastIndex = index;
    const found = SEQUENCE.exec(part);
    if (found !== null && found[2] === "" && this.#sequence(found[3], found[1])) {
      return SEQUENCE.lastIndex;
    }
    this.#line.write(nameOf("\x1b"), CONTROL);
    return index + 1;
  }

  #sequence(name, parameters) {
    if (name === "m" && /^[0-9;:]*$/.test(parameters)) {
      this.#style = this.styles.change(this.#style, parameters);
      return true;
    }
    const line = this.#line;
    const count = Math.max(1, Number.parseInt(parameters, 10) || 1);
    if (name === "K") line.erase(Number(parameters) || 0);
    else if (name === "C") line.move(line.column + count);
    else if (name === "D") line.move(line.column - count);
    else if (name === "G") line.move(count - 1);
    // Showing or hiding the cursor, and moves to other lines: nothing to see in a log.
    else return name === "A" || name === "B" || (/[hl]/.test(name) && parameters[0] === "?");
    return true;
  }
}

/** A string that was joined from parts remembers them all until somebody reads a character. */
function flat(text) {
  text.charCodeAt(0);
  return text;
}
