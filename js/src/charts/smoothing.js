// Smoothing as TensorBoard does it: an exponential average, corrected for its beginning.

const WHOLE = Object.freeze(Array.of(0)); // one segment

/**
 * The values smoothed with a weight between 0 (as they are) and 1, anew at each segment. What is no
 * number stays what it is, and a series of one value, too.
 */
export function smoothed(values, weight, segments = WHOLE) {
  const made = new Float64Array(values.length);
  segments.forEach((start, index) => {
    smoothPart(values, made, weight, start, segments[index + 1] ?? values.length);
  });
  return made;
}

function smoothPart(values, made, weight, start, end) {
  let last = 0;
  let share = 1; // of the beginning, which is 0, in the average
  let isConstant = true;
  for (let at = start + 1; isConstant && at < end; at += 1) isConstant = values[at] === values[start];
  for (let at = start; at < end; at += 1) {
    const value = values[at];
    if (isConstant || !Number.isFinite(value)) {
      made[at] = value;
      continue;
    }
    last = last * weight + (1 - weight) * value;
    share *= weight;
    made[at] = last / (1 - share);
  }
}
