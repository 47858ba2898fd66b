// How bad a line is, from its text alone; tracebacks are blocks of lines.

// What tells it is the same for Python; a pattern there means the same in both languages.
import TABLE from "../../../modelarts_magics/notebook/log/levels.json" with { type: "json" };

export const ERROR = "error";
export const WARNING = "warning";

const ERRORS = new RegExp(TABLE[ERROR].join("|"));
const WARNINGS = new RegExp(TABLE[WARNING].join("|"));
const PLATFORM = new RegExp(TABLE.platform.join("|"));
const EPOCH = new RegExp(TABLE.epoch.join("|"), "i");
const OUTDENTED = new RegExp(TABLE.outdented);

/** "error", "warning" or null. */
export function levelOf(text) {
  const seen = beginning(text, TABLE.seen);
  if (seen.includes(TABLE.traceback) || ERRORS.test(seen)) return ERROR;
  return WARNINGS.test(seen) ? WARNING : null;
}

/** Whether the platform wrote a line, not the program. */
export function isOfPlatform(text) {
  return PLATFORM.test(beginning(text, TABLE.seen));
}

/** The number of the epoch of which a line tells; null where it tells of none. */
export function epochOf(text) {
  const found = EPOCH.exec(beginning(text, TABLE.seen));
  return found && Number(found[1] ?? found[2]);
}

/** Whether a traceback begins with a line. */
export function isTraceback(text) {
  return text.includes(TABLE.traceback);
}

/** Whether a traceback ends with a line, which says what it was. */
export function isOutdented(text) {
  return OUTDENTED.test(text);
}

/** The first characters, of which some are two units of a string. */
function beginning(text, count) {
  if (text.length <= count) return text;
  let end = 0;
  for (let left = count; left > 0 && end < text.length; left -= 1) {
    end += text.codePointAt(end) > 0xffff ? 2 : 1;
  }
  return text.slice(0, end);
}

/** Levels of lines one after the other, for each of several logs. */
export class Levels {
  #inTraceback = new Set();

  next(text, owner = 0) {
    if (isTraceback(text)) {
      this.#inTraceback.add(owner);
      return ERROR;
    }
    if (!this.#inTraceback.has(owner)) return levelOf(text);
    // The first line that is not indented says which error it was.
    if (isOutdented(text)) this.#inTraceback.delete(owner);
    return ERROR;
  }
}
