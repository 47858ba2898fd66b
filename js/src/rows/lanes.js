// Where the lines of several logs stand beside each other on one clock: a row has a cell for each log.
//
// A moment is a second. The lines that the logs tell of one moment stand beside each other, the first
// of each log, the second of each, and so on. A line that tells no time is of the moment of the line
// before it, or where there is none, of the first that the log tells; a log that tells none at all goes
// by the times of the lines that came before its own. Times in a column never run back.

import { DAY } from "../text/moments.js";
import { spliced } from "./rows.js";

const FAR = 2 * 3600; // seconds; a time so much later than the next one of its log is none of its lines

export class Lanes {
  #columns;
  #moments = { times: [], starts: [], firsts: [] }; // starts: rows; firsts: a cell of each column

  constructor(columns) {
    // lines: numbers of lines; told: what they tell; times: of which moment they are; telling: how many
    // tell a time; first: the first cell whose time counts, -1 for none
    this.#columns = Array.from({ length: columns }, () => ({ lines: [], told: [], times: [], telling: 0, first: -1 }));
  }

  /** How many rows there are. */
  get count() {
    const { times, starts } = this.#moments;
    const last = times.length - 1;
    return last < 0 ? 0 : starts[last] + this.#height(last);
  }

  /** Whether the lines of a column tell times. */
  tells(column) {
    return this.#columns[column].first >= 0;
  }

  /**
   * Put lines in the place of others: {column, told} of each, -1 for a line that is in no column.
   * Returns whether one stands elsewhere now.
   */
  splice(from, removed, cells) {
    if (removed === cells.length && cells.every((cell, at) => this.#isAt(from + at, cell))) return false;
    const starts = this.#columns.map((column, number) => this.#exchange(column, number, from, removed, cells));
    this.#merge(Math.min(...starts.map(({ since }) => since), this.#assign(starts)));
    return true;
  }

  /** Do so in one column; returns from which cell on and `since` which moment it may have become another one. */
  #exchange(column, number, from, removed, cells) {
    const { lines, told, times } = column;
    const [at, end] = [lowerBound(lines, from), lowerBound(lines, from + removed)];
    const since = times[at] ?? Infinity;
    const own = [];
    const news = [];
    cells.forEach((cell, index) => {
      if (cell.column !== number) return;
      own.push(from + index);
      news.push(cell.told);
    });
    const changes = news.filter(isTime).length - told.slice(at, end).filter(isTime).length;
    const isOther = changes !== 0 || news.some(isTime);
    let start = at;
    if (isOther) {
      while (start > 0 && !isTime(told[start - 1])) start -= 1;
      start = Math.max(0, start - 1); // it may count no longer, or again
      if (column.first >= start) column.first = -1;
    } else if (column.first >= end) column.first += own.length - (end - at);
    const by = cells.length - removed;
    if (by !== 0) for (let later = end; later < lines.length; later += 1) lines[later] += by;
    column.lines = spliced(lines, at, end - at, own);
    column.told = spliced(told, at, end - at, news);
    column.times = spliced(times, at, end - at, Array(own.length).fill(NaN));
    column.telling += changes;
    return { start, since };
  }

  /** The line in each column of a row; -1 for none. */
  cellsOf(row) {
    const moment = lowerBound(this.#moments.starts, row + 1) - 1;
    if (moment < 0) return this.#columns.map(() => -1);
    const by = row - this.#moments.starts[moment];
    return this.#columns.map(({ lines }, column) => {
      const at = this.#first(moment, column) + by;
      return at < this.#first(moment + 1, column) ? lines[at] : -1;
    });
  }

  /** The moment of a row, in seconds; -Infinity where nobody knows, undefined where there is no such row. */
  timeOf(row) {
    return this.#moments.times[lowerBound(this.#moments.starts, row + 1) - 1];
  }

  /** The row of a line; of one that is in no column, a row near it. */
  rowOf(line) {
    let near = 0;
    for (const [column, { lines }] of this.#columns.entries()) {
      const at = lowerBound(lines, line);
      if (lines[at] === line) return this.#rowOfCell(column, at);
      if (at > 0) near = Math.max(near, this.#rowOfCell(column, at - 1));
    }
    return near;
  }

  /** The lines of a log before one of its own, `count` of them at most. */
  linesBefore(column, line, count) {
    const { lines } = this.#columns[column];
    const at = lowerBound(lines, line);
    return lines.slice(Math.max(0, at - count), at);
  }

  #rowOfCell(column, at) {
    const moment = lowerBound(this.#moments.times, this.#columns[column].times[at]);
    return this.#moments.starts[moment] + at - this.#first(moment, column);
  }

  /** The first cell of a column in a moment, or behind it. */
  #first(moment, column) {
    const { times, firsts } = this.#moments;
    return moment < times.length ? firsts[moment * this.#columns.length + column] : this.#columns[column].lines.length;
  }

  #height(moment) {
    const heights = this.#columns.map((_, column) => this.#first(moment + 1, column) - this.#first(moment, column));
    return Math.max(...heights);
  }

  #isAt(line, { column, told }) {
    return this.#columns.every(({ lines, told: known }, number) => {
      const at = lowerBound(lines, line);
      return lines[at] === line ? column === number && Object.is(known[at], told) : column !== number;
    });
  }

  /** Tell the moments of cells from `starts` on; returns the first moment that had them, or has them now. */
  #assign(starts) {
    let since = Infinity;
    let line = Infinity; // the first that may be of another moment
    const change = (column, from, tell) => {
      const before = column.times[from];
      tell(column, from);
      for (const time of [before, column.times[from]]) if (isTime(time)) since = Math.min(since, time);
    };
    const telling = this.#columns.filter((column) => column.telling > 0);
    for (const [number, column] of this.#columns.entries()) {
      let { start } = starts[number];
      if (column.telling > 0 && column.first < 0) {
        column.first = column.told.findIndex((_, at) => counts(column.told, at));
        start = 0;
      }
      line = Math.min(line, column.lines[start] ?? Infinity);
      if (column.telling > 0) change(column, start, tellTimes);
    }
    for (const column of this.#columns) {
      if (column.telling > 0) continue;
      column.first = -1;
      change(column, lowerBound(column.lines, line), (one, from) => goByTimes(one, from, telling));
    }
    return since;
  }

  /** Put the lines of the moments from one on beside each other. */
  #merge(since) {
    const { times, starts, firsts } = this.#moments;
    const kept = lowerBound(times, since);
    const next = this.#columns.map((column) => lowerBound(column.times, since));
    let row = kept === 0 ? 0 : starts[kept - 1] + this.#kept(kept - 1, next);
    times.length = starts.length = kept;
    firsts.length = kept * this.#columns.length;
    for (;;) {
      let time = Infinity;
      this.#columns.forEach((column, number) => (time = Math.min(time, column.times[next[number]] ?? Infinity)));
      if (time === Infinity) return;
      times.push(time);
      starts.push(row);
      let height = 0;
      this.#columns.forEach((column, number) => {
        const first = next[number];
        firsts.push(first);
        while (column.times[next[number]] === time) next[number] += 1;
        height = Math.max(height, next[number] - first);
      });
      row += height;
    }
  }

  #kept(moment, next) {
    return Math.max(...next.map((at, column) => at - this.#first(moment, column)));
  }
}

const isTime = (told) => told !== undefined && !Number.isNaN(told);

/** Whether a line tells a time that is its own. */
function counts(told, at) {
  if (!isTime(told[at])) return false;
  let next = at + 1;
  while (next < told.length && !isTime(told[next])) next += 1;
  return told[at] < DAY || next === told.length || told[next] < DAY || told[at] <= told[next] + FAR;
}

function tellTimes({ told, times, first }, from) {
  for (let at = from; at < told.length; at += 1) {
    const before = at === 0 ? -Infinity : times[at - 1];
    const isOwn = at >= first && counts(told, at);
    if (at <= first) times[at] = told[first];
    else times[at] = isOwn ? Math.max(before, onDay(told[at], before)) : before;
  }
}

/** A time without a date on the day on which it is nearest to another. */
function onDay(told, near) {
  return told >= DAY ? told : told + DAY * Math.max(0, Math.round((near - told) / DAY));
}

/** Lines that tell no time are of the newest moment of the lines that came before them. */
function goByTimes({ lines, times }, from, telling) {
  const next = telling.map((other) => lowerBound(other.lines, lines[from] ?? Infinity));
  for (let at = from; at < lines.length; at += 1) {
    let time = -Infinity;
    telling.forEach((other, number) => {
      while (other.lines[next[number]] < lines[at]) next[number] += 1;
      time = Math.max(time, other.times[next[number] - 1] ?? -Infinity);
    });
    times[at] = time;
  }
}

/** The first place in a sorted array whose value is `wanted` or more. */
function lowerBound(array, wanted) {
  let [low, high] = [0, array.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (array[middle] < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
