// Lines on a canvas: of many points in one column of pixels only those that make a difference.

const MARK = 2; // pixels, half of a cross

/**
 * A function that draws one line.
 *
 * `frame` is the box of the plot in pixels, with the least and the greatest x and y that it shows,
 * and whether y is logarithmic.
 */
export function mapping(frame) {
  const { left, top, width, height, x, y, isLog } = frame;
  const [low, high] = isLog ? y.map(Math.log) : y;
  const scale = width / (x[1] - x[0] || 1);
  const rise = height / (high - low || 1);
  return {
    across: (value) => left + (value - x[0]) * scale,
    up: isLog
      ? (value) => (value > 0 ? top + (high - Math.log(value)) * rise : NaN)
      : (value) => top + (high - value) * rise,
  };
}

/**
 * Put a line into a path. Values that are no number make a gap, and so do the beginnings of segments;
 * of the points in one column of pixels the lowest and the highest are enough.
 *
 * Returns where a point stands alone, and where a value is no number: places that the line shows not.
 */
export function trace(path, { xs, ys, segments }, frame, { across, up }) {
  const right = frame.left + frame.width;
  const odd = [];
  const pen = new Pen(path);
  for (let part = 0; part < segments.length; part += 1) {
    const end = segments[part + 1] ?? xs.length;
    let side = 0; // of the frame, on which the last point was
    let skipped = null; // the last of those beyond the same side
    for (let at = segments[part]; at < end; at += 1) {
      const x = across(xs[at]);
      const y = up(ys[at]);
      if (!Number.isFinite(y) || !Number.isFinite(x)) {
        pen.lift();
        skipped = null;
        side = 0;
        const place = Math.round(x);
        if (x >= frame.left && x <= right && odd[odd.length - 1] !== place) odd.push(place);
        continue;
      }
      const beyond = x < frame.left ? -1 : x > right ? 1 : 0;
      if (beyond !== 0 && beyond === side) {
        skipped = at;
        continue;
      }
      if (skipped !== null) {
        pen.lift();
        pen.go(across(xs[skipped]), up(ys[skipped]));
        skipped = null;
      }
      side = beyond;
      pen.go(x, y);
    }
    pen.lift();
  }
  return { alone: pen.alone, odd };
}

/** Draws from point to point, what falls on one column of pixels at once. */
class Pen {
  alone = []; // points without a neighbour
  #count = 0; // points since it was put down
  #column = NaN;
  #low = null; // of the column: [x, y]
  #high = null;
  #isLowFirst = true;

  constructor(path) {
    this.path = path;
  }

  go(x, y) {
    const column = Math.floor(x);
    if (column !== this.#column) {
      this.#flush();
      this.#column = column;
      this.#low = this.#high = [x, y];
    } else if (y < this.#low[1]) {
      this.#low = [x, y];
      this.#isLowFirst = false;
    } else if (y > this.#high[1]) {
      this.#high = [x, y];
      this.#isLowFirst = true;
    }
    this.#count += 1;
  }

  lift() {
    if (this.#count === 1) this.alone.push(this.#low);
    this.#flush();
    this.#count = 0;
    this.#isDown = false;
    this.#column = NaN;
  }

  #isDown = false;

  #flush() {
    if (this.#low === null) return;
    const [first, last] = this.#isLowFirst ? [this.#low, this.#high] : [this.#high, this.#low];
    if (this.#isDown) this.path.lineTo(...first);
    else this.path.moveTo(...first);
    this.#isDown = true;
    if (last !== first) this.path.lineTo(...last);
    this.#low = this.#high = null;
  }
}

/** Fill what is between the least and the greatest of several. */
export function band(context, { xs, lows, highs, segments }, { across, up }) {
  for (let part = 0; part < segments.length; part += 1) {
    const end = segments[part + 1] ?? xs.length;
    context.beginPath();
    for (let at = segments[part]; at < end; at += 1) lineTo(context, across(xs[at]), up(highs[at]));
    for (let at = end - 1; at >= segments[part]; at -= 1) lineTo(context, across(xs[at]), up(lows[at]));
    context.fill();
  }
}

function lineTo(context, x, y) {
  if (Number.isFinite(x) && Number.isFinite(y)) context.lineTo(x, y);
}

export function dot(context, x, y, radius) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}

/** A cross at the foot of the plot, for a value that is no number. */
export function cross(context, x, y, scale) {
  const size = MARK * scale;
  context.beginPath();
  context.moveTo(x - size, y - size);
  context.lineTo(x + size, y + size);
  context.moveTo(x + size, y - size);
  context.lineTo(x - size, y + size);
  context.stroke();
}

/** The point of a line that is nearest to a place along x; -1 where it has none. */
export function nearest(xs, x) {
  let found = -1;
  let distance = Infinity;
  for (let at = 0; at < xs.length; at += 1) {
    const away = Math.abs(xs[at] - x);
    if (away <= distance) [found, distance] = [at, away];
  }
  return found;
}
