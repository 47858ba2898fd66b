// Small pictures for buttons, in the colour of the text around them.

const SVG = "http://www.w3.org/2000/svg";

// Lines in a square of 16.
const PATHS = {
  pause: "M5.5 3v10M10.5 3v10",
  resume: "M5 3l8 5-8 5z",
  search: "M11 7a4 4 0 1 1-8 0 4 4 0 0 1 8 0zM10 10l4 4",
  nextError: "M8 2.2L14.6 13.6H1.4zM8 6.4v3.4M8 11.8v.1",
  wrap: "M2 3.5h12M2 8h9.6a2.2 2.2 0 0 1 0 4.5H8.2M10 10.6l-1.9 1.9L10 14.4M2 12.5h3",
  events: "M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0zM8 4.5V8l2.4 1.6",
  bell: "M8 2a4 4 0 0 1 4 4c0 3.6 1.4 4.6 1.4 5.6H2.6C2.6 10.6 4 9.6 4 6a4 4 0 0 1 4-4zM6.6 13.8h2.8",
  download: "M8 2v8M4.8 6.9L8 10.1l3.2-3.2M2.5 13.5h11",
  fullScreen: "M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10",
  charts: "M2 2v12h12M4.5 10.5L7.5 6.5L10 9L14 3.5",
  zoomOut: "M11 7a4 4 0 1 1-8 0 4 4 0 0 1 8 0zM10 10l4 4M5.2 7h3.6",
  filter: "M2 3h12L9.5 8.5V13L6.5 11.5V8.5z",
  picture: "M2 3h12v10H2zM2.5 11.5L6 7.5l3 3.5 2-2 2.5 2.5M10.5 6h.1",
  table: "M2 3h12v10H2zM2 6.5h12M2 9.8h12M6.5 3v10",
  more: "M3 8h.01M8 8h.01M13 8h.01",
};

export function icon(name) {
  const picture = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  picture.setAttribute("viewBox", "0 0 16 16");
  picture.setAttribute("class", "mm-icon");
  picture.setAttribute("data-icon", name);
  picture.setAttribute("aria-hidden", "true");
  picture.append(path);
  return picture;
}
