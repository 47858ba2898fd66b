// What an axis shows: from the least to the greatest of what is drawn, or without outliers.

const ROOM = 0.06; // of the extent, at both ends
const GROWTH = 0.05; // of a range along x, for points that are still to come
const LOOSE = 1.3; // times what is needed, that a range along y may be
const SAMPLE = 20_000; // values that are enough to tell the quantiles
const OUTLIERS = 0.05; // of the values at each end

/** The least and the greatest number that `each` tells; null where it tells none. */
export function extent(each) {
  let low = Infinity;
  let high = -Infinity;
  each((value) => {
    if (value < low && value > -Infinity) low = value;
    if (value > high && value < Infinity) high = value;
  });
  return low <= high ? [low, high] : null;
}

/** The same of all numbers of some columns that are greater than `least`. */
export function extentOf(columns, least = -Infinity) {
  let low = Infinity;
  let high = -Infinity;
  for (const column of columns) {
    for (let at = 0; at < column.length; at += 1) {
      const value = column[at];
      if (!(value > least && value < Infinity)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return low <= high ? [low, high] : null;
}

/** From the least to the greatest of several extents; null where there is none. */
export function widest(extents) {
  return extent((tell) => extents.forEach((one) => one?.forEach(tell)));
}

/** The same without the twentieth at each end, as TensorBoard leaves outliers out. */
export function coreExtent(each, count) {
  const stride = Math.max(1, Math.ceil(count / SAMPLE));
  const kept = [];
  let seen = 0;
  each((value) => {
    if (Number.isFinite(value) && seen++ % stride === 0) kept.push(value);
  });
  if (kept.length === 0) return null;
  kept.sort((one, other) => one - other);
  const cut = Math.floor(kept.length * OUTLIERS);
  return [kept[cut], kept[kept.length - 1 - cut]];
}

/** The range along x behind `old`: one that has grown at its end has some room for what comes next. */
export function goneOn(old, now) {
  const [from, to] = old;
  const [first, last] = now;
  if (from !== first) return now;
  if (last > to) return [first, last + GROWTH * (last - first)];
  return (last - first) * (1 + 2 * GROWTH) >= to - from ? old : now;
}

/** Whether a range along y is still one that shows what another does. */
export function holds([low, high], [least, most]) {
  return low <= least && most <= high && (most - least) * LOOSE >= high - low;
}

/** An extent with some room, for an axis that is linear or logarithmic. */
export function padded(found, isLog) {
  if (isLog) {
    const [low, high] = found ?? [1, 10];
    const ratio = low < high ? Math.pow(high / low, ROOM) : 2;
    return [Math.max(low / ratio, Number.MIN_VALUE), Math.min(high * ratio, Number.MAX_VALUE)];
  }
  const [low, high] = found ?? [0, 1];
  const span = high / 2 - low / 2;
  const room = span > 0 ? span * 2 * ROOM : Math.abs(high) * 0.1 || 1;
  const least = low >= 0 && low - room < 0 ? 0 : Math.max(low - room, -Number.MAX_VALUE / 4);
  return [least, Math.min(high + room, Number.MAX_VALUE / 4)];
}
