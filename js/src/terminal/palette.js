// The colours of terminals as CSS, always readable on what is behind them.

import { RGB } from "./styles.js";

const LIGHT = "#ffffff";
const DARK = "#111111";
const READABLE = 4.5; // WCAG AA

const SIXTEEN = [
  0x000000, 0xcd3131, 0x0dbc79, 0xe5e510, 0x2472c8, 0xbc3fbc, 0x11a8cd, 0xe5e5e5,
  0x666666, 0xf14c4c, 0x23d18b, 0xf5f543, 0x3b8eea, 0xd670d6, 0x29b8db, 0xffffff,
];
const STEPS = [0, 95, 135, 175, 215, 255];

/** Red, green, blue of a colour number of styles.js. */
export function channels(colour) {
  if (colour >= RGB) return split(colour - RGB);
  if (colour < 16) return split(SIXTEEN[colour]);
  if (colour >= 232) return Array(3).fill(8 + (colour - 232) * 10);
  const index = colour - 16;
  return [Math.floor(index / 36), Math.floor(index / 6) % 6, index % 6].map((step) => STEPS[step]);
}

function split(number) {
  return [number >> 16, (number >> 8) & 255, number & 255];
}

export function css(rgb) {
  return `#${rgb.map((value) => Math.round(value).toString(16).padStart(2, "0")).join("")}`;
}

function parse(hex) {
  return split(Number.parseInt(hex.slice(1), 16));
}

/** Contrast of two colours after WCAG, 1 to 21. */
export function contrast(one, other) {
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
export function readable(rgb, background) {
  const target = luminance(background) > 0.18 ? [0, 0, 0] : [255, 255, 255];
  for (let share = 0; share < 1; share += 0.1) {
    const mixed = rgb.map((value, index) => value + (target[index] - value) * share);
    if (contrast(mixed, background) >= READABLE) return mixed;
  }
  return target;
}

/** Text and background of a style on a light and on a dark page: {light, dark} of CSS colours. */
export function colours({ fg, bg, isInverse }) {
  return { light: onPage(fg, bg, isInverse, LIGHT, DARK), dark: onPage(fg, bg, isInverse, DARK, LIGHT) };
}

function onPage(fg, bg, isInverse, page, ink) {
  const own = [fg, bg].map((colour) => (colour === null ? null : channels(colour)));
  let [text, back] = own;
  if (isInverse) [text, back] = [own[1] ?? parse(page), own[0] ?? parse(ink)];
  const shown = text === null && back === null ? null : (text ?? parse(ink));
  return {
    color: shown && css(readable(shown, back ?? parse(page))),
    background: back && css(back),
  };
}
