// What the keys of the panel do while the focus is inside it; the editor has more of its own.

export function onKey(event, { search, text }) {
  if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "f") {
    search.open();
    event.preventDefault();
  } else if (event.key === "F3") {
    text.findNext(!event.shiftKey);
    event.preventDefault();
  }
  event.stopPropagation(); // the notebook around has keys of its own
}
