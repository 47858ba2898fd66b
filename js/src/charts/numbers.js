// Values and places along an axis as people read them; axis.py does the same for pictures.

import { clock, number as whole } from "../text/format.js";

/** A value in four digits. */
export function value(one) {
  if (Number.isNaN(one)) return "NaN";
  if (!Number.isFinite(one)) return one > 0 ? "∞" : "-∞";
  const size = Math.abs(one);
  if (size !== 0 && (size < 1e-4 || size >= 1e6)) {
    const [digits, power] = one.toExponential(3).split("e");
    return `${Number(digits)}e${Number(power)}`;
  }
  return size >= 1e4 ? whole(one) : String(Number(one.toPrecision(4)));
}

/** A place along the x axis, exactly. */
export function place(x, way) {
  if (way === "wall") return moment(x);
  if (way === "relative") return clock(x * 1000);
  if (way === "line") return whole(x + 1);
  return Number.isInteger(x) ? whole(x) : String(Number(x.toPrecision(6)));
}

/** Marks of the x axis, `step` apart. */
export function mark(x, way, step) {
  if (way === "wall") return moment(x, step >= 86_400 ? "day" : step >= 60 ? "minute" : "second");
  if (way === "relative") return clock(x * 1000);
  if (!Number.isInteger(x)) return value(x);
  const [unit, letter] = [[1e9, "G"], [1e6, "M"], [1e3, "k"]].find(([n]) => Math.abs(x) >= n) ?? [1, ""];
  return `${Number((x / unit).toPrecision(6))}${letter}`;
}

function moment(seconds, detail = "all") {
  const time = new Date(seconds * 1000);
  const two = (n) => String(n).padStart(2, "0");
  const day = `${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  const minute = `${two(time.getHours())}:${two(time.getMinutes())}`;
  if (detail === "day") return day;
  if (detail === "minute") return minute;
  const exact = `${minute}:${two(time.getSeconds())}`;
  return detail === "second" ? exact : `${day} ${exact}`;
}
