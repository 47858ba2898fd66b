// When a line of a log was written, as far as it says so.

const SEEN = 120; // characters of a line
export const DAY = 86_400; // seconds
const DATED = /(\d{4})[-/.](\d\d)[-/.](\d\d)[T _-](\d\d):(\d\d):(\d\d)(?:[.,]\d+)?(?: ?([+-])(\d\d):?(\d\d)\b)?/;
// Without a date only where a line begins, so that no duration is one.
const TIMED = /^[^\p{L}\d]{0,3}(?:[A-Z]+\d*[^\p{L}\d]{1,3})?([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?![<:\d])/u;

/**
 * Whole seconds since the epoch, as if a time without a zone were of UTC; of a time without a date
 * those of its day, which are fewer than a DAY has; NaN where a line tells none.
 */
export function momentOf(line) {
  const seen = line.slice(0, SEEN);
  const dated = DATED.exec(seen);
  if (dated === null) return timeIn(seen);
  const [year, month, day, hour, minute, second] = dated.slice(1, 7).map(Number);
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60) return NaN;
  const [, , , , , , , sign, hours, minutes] = dated;
  const offset = sign === undefined ? 0 : (Number(hours) * 60 + Number(minutes)) * (sign === "-" ? -60 : 60);
  const at = Date.UTC(year, month - 1, day, hour, minute, second) / 1000 - offset;
  return at >= DAY ? at : NaN; // no log is of 1970
}

function timeIn(seen) {
  const timed = TIMED.exec(seen);
  if (timed === null) return NaN;
  const [hour, minute, second] = timed.slice(1).map(Number);
  return (hour * 60 + minute) * 60 + second;
}

/** The time of the day: "10:00:05". */
export function timeOfDay(seconds) {
  return new Date(seconds * 1000).toISOString().slice(11, 19);
}
