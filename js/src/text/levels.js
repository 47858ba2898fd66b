// How bad a line is, from its text alone; tracebacks are blocks of lines.

export const ERROR = "error";
export const WARNING = "warning";

const SEEN = 400; // characters of a line that are looked at
const TRACEBACK = "Traceback (most recent call last)";
const ERRORS =
  /\b(?:ERROR|CRITICAL|FATAL)\b|\blevel=(?:error|fatal|critical)\b|\[(?:error|fatal)\]|^\s*(?:error|fatal)(?:\[\w+\])?:|^(?:[\w.]+\.)?\w*(?:Error|Exception|KeyboardInterrupt)(?::|$)/;
const WARNINGS = /\b(?:WARN|WARNING)\b|\blevel=warn(?:ing)?\b|\[warn(?:ing)?\]|^\s*warning:|\b\w+Warning:/;

/** "error", "warning" or null. */
export function levelOf(text) {
  const seen = text.length > SEEN ? text.slice(0, SEEN) : text;
  if (seen.includes(TRACEBACK) || ERRORS.test(seen)) return ERROR;
  return WARNINGS.test(seen) ? WARNING : null;
}

/** Levels of lines one after the other, for each of several logs. */
export class Levels {
  #inTraceback = new Set();

  next(text, owner = 0) {
    if (text.includes(TRACEBACK)) {
      this.#inTraceback.add(owner);
      return ERROR;
    }
    if (!this.#inTraceback.has(owner)) return levelOf(text);
    const goesOn = /^(?:\s|$)/.test(text);
    if (!goesOn) this.#inTraceback.delete(owner); // the last line says which error it was
    return ERROR;
  }
}
