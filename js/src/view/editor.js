// The text itself: a CodeMirror that is read, not written.

import { Compartment, EditorSelection, EditorState } from "@codemirror/state";
import { EditorView, drawSelection, highlightActiveLine, keymap, lineNumbers, placeholder } from "@codemirror/view";

import { gapMarkers } from "./gaps.js";

/** @param {{parent, label, empty, extensions, lineNumber: (line: number) => string}} options */
export function openEditor({ parent, label, empty, lineNumber, extensions }) {
  const wrapping = new Compartment();
  const numbering = new Compartment();
  const numbers = lineNumbers({ formatNumber: lineNumber });
  const view = new EditorView({
    parent,
    state: EditorState.create({
      extensions: [
        EditorState.readOnly.of(true),
        EditorView.contentAttributes.of({
          "aria-label": label,
          "aria-readonly": "true",
          tabindex: "0",
          inputmode: "none",
          spellcheck: "false",
          translate: "no",
        }),
        EditorView.theme({}, { dark: false }),
        drawSelection(),
        highlightActiveLine(), // seen once somebody went to a line
        keymap.of(KEYS),
        wrapping.of([]),
        numbering.of(numbers),
        gapMarkers,
        placeholder(empty),
        extensions,
      ],
    }),
  });
  const configure = (compartment, extension) =>
    view.dispatch({ effects: compartment.reconfigure(extension) });
  return {
    view,
    wrap: (isOn) => configure(wrapping, isOn ? EditorView.lineWrapping : []),
    showNumbers: (isOn) => configure(numbering, isOn ? numbers : []),
  };
}

// The browser knows only the lines that are in the DOM, so that moving is up to the view.
const KEYS = [
  { key: "Mod-a", run: selectAll },
  { key: "Mod-Home", run: to(() => 0), shift: to(() => 0, true), mac: "Cmd-ArrowUp" },
  { key: "Mod-End", run: to(end), shift: to(end, true), mac: "Cmd-ArrowDown" },
  { key: "Home", run: inLine(false), shift: inLine(false, true) },
  { key: "End", run: inLine(true), shift: inLine(true, true) },
  { key: "ArrowLeft", run: byCharacter(false), shift: byCharacter(false, true) },
  { key: "ArrowRight", run: byCharacter(true), shift: byCharacter(true, true) },
  { key: "ArrowUp", run: byLine(false), shift: byLine(false, true) },
  { key: "ArrowDown", run: byLine(true), shift: byLine(true, true) },
  { key: "PageUp", run: byPage(false), shift: byPage(false, true) },
  { key: "PageDown", run: byPage(true), shift: byPage(true, true) },
];

function end(view) {
  return view.state.doc.length;
}

function selectAll(view) {
  view.dispatch({ selection: { anchor: 0, head: end(view) }, userEvent: "select" });
  return true;
}

function move(view, head, extend) {
  const { main } = view.state.selection;
  const range = extend
    ? EditorSelection.range(main.anchor, head.head, head.goalColumn)
    : EditorSelection.cursor(head.head, head.assoc, head.bidiLevel ?? undefined, head.goalColumn);
  view.dispatch({ selection: range, scrollIntoView: true, userEvent: "select" });
  return true;
}

function to(position, extend = false) {
  return (view) => move(view, EditorSelection.cursor(position(view)), extend);
}

function inLine(forward, extend = false) {
  return (view) => move(view, view.moveToLineBoundary(view.state.selection.main, forward), extend);
}

function byCharacter(forward, extend = false) {
  return (view) => move(view, view.moveByChar(view.state.selection.main, forward), extend);
}

function byLine(forward, extend = false) {
  return (view) => move(view, view.moveVertically(view.state.selection.main, forward), extend);
}

function byPage(forward, extend = false) {
  return (view) => {
    const distance = Math.max(view.defaultLineHeight, view.scrollDOM.clientHeight - 30);
    const from = view.state.selection.main;
    return move(view, view.moveVertically(from, forward, distance), extend);
  };
}
