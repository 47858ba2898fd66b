// The colours of terminals as CSS, always readable on what is behind them, in a light and a dark page.
//
// The palette of each theme stands in a table that Python reads too; its colors.py computes the same.

import TABLE from "../../../modelarts_magics/notebook/text/colors.json" with { type: "json" };
import { RGB } from "./styles.js";

export const { themes: THEMES, where: WHERE } = TABLE;
const BACKGROUNDS = ["page", "raised", "error_page", "warning_page", "selection"];
const STEPS = [0, 95, 135, 175, 215, 255];
const FAINT = 0.35; // of the page in the colour of dim text

/** Text and background of a style on a light and on a dark page: {light, dark} of CSS colours. */
export function colours(style) {
  return { light: onPage(style, THEMES.light), dark: onPage(style, THEMES.dark) };
}

function onPage({ fg, bg, isInverse, isDim }, theme) {
  const [page, ink] = [parse(theme.page), parse(theme.ink)];
  let [text, back] = [fg, bg].map((colour) => (colour === null ? null : channels(colour, theme)));
  if (isInverse) [text, back] = [back ?? page, text ?? ink];
  if (text === null && back === null && !isDim) return { color: null, background: null };
  const behind = back ?? hardest(theme);
  const isPage = back !== null && contrast(page, back) > contrast(ink, back);
  let shown = text ?? (isPage ? page : ink);
  if (isDim) shown = mixed(shown, behind, FAINT);
  return { color: css(readable(shown, behind)), background: back && css(back) };
}

/** Of the backgrounds of text without one of its own that which is nearest to the text. */
function hardest(theme) {
  const ink = parse(theme.ink);
  const backgrounds = BACKGROUNDS.map((name) => parse(theme[name]));
  return backgrounds.reduce((one, other) =>
    contrast(ink, other) < contrast(ink, one) ? other : one,
  );
}

/** Red, green, blue of a colour number of styles.js. */
function channels(colour, theme) {
  if (colour >= RGB) return split(colour - RGB);
  if (colour < 16) return parse(theme.sixteen[colour]);
  if (colour >= 232) return Array(3).fill(8 + (colour - 232) * 10);
  const index = colour - 16;
  return [Math.floor(index / 36), Math.floor(index / 6) % 6, index % 6].map((step) => STEPS[step]);
}

function split(number) {
  return [number >> 16, (number >> 8) & 255, number & 255];
}

function css(rgb) {
  return `#${rgb.map((value) => Math.round(value).toString(16).padStart(2, "0")).join("")}`;
}

function parse(hex) {
  return split(Number.parseInt(hex.slice(1), 16));
}

/** Contrast of two colours after WCAG, 1 to 21. */
function contrast(one, other) {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

function luminance(rgb) {
  const [r, g, b] = rgb.map((value) => {
    const part = value / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** `rgb`, made darker or lighter until it can be read on `background`. */
function readable(rgb, background) {
  const target = luminance(background) > 0.18 ? [0, 0, 0] : [255, 255, 255];
  for (let tenths = 0; tenths < 10; tenths += 1) {
    const tried = parse(css(mixed(rgb, target, tenths / 10)));
    if (contrast(tried, background) >= TABLE.readable) return tried;
  }
  return target;
}

function mixed(rgb, other, share) {
  return rgb.map((value, index) => value + (other[index] - value) * share);
}
