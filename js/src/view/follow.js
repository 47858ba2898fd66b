// Whether the view stays at the end of the log.
//
// This is a decision of the user, kept in a flag. Asking the layout "are we at the end?" right after
// an append would read a stale answer; so only what the user does to scroll is looked at.

import { EditorSelection } from "@codemirror/state";
import { EditorView } from "@codemirror/view";

const RECENT = 1000; // ms in which a scroll event belongs to what the user did
const NEAR = 6; // px from the end that count as the end
const TOP = 60; // px from the top at which earlier text is wanted
const UP = new Set(["ArrowUp", "PageUp", "Home"]);
const DOWN = new Set(["ArrowDown", "PageDown", "End", " "]);

/** @param {{onChange: () => void, onMove: () => void, onTop: () => void, signal: AbortSignal}} options onMove: the user goes on */
export function following({ onChange, onMove, onTop, signal }) {
  let isOn = true;
  let isDragging = false;
  let lastAction = -Infinity;
  let lastTop = 0;

  const set = (value) => {
    if (value === isOn) return;
    isOn = value;
    onChange();
  };

  const acted = () => {
    lastAction = performance.now();
  };
  const moved = () => {
    acted();
    onMove();
  };

  const look = (view) => {
    const { scrollTop, scrollHeight, clientHeight } = view.scrollDOM;
    const isUp = scrollTop < lastTop;
    lastTop = scrollTop;
    if (scrollHeight - clientHeight - scrollTop <= NEAR) return { isAtEnd: true };
    return { isUp, isAtTop: isUp && scrollTop <= TOP };
  };

  const onScroll = (view) => {
    if (!isDragging && performance.now() - lastAction > RECENT) return;
    view.requestMeasure({
      key: onScroll,
      read: look,
      write({ isAtEnd, isUp, isAtTop }) {
        if (isAtEnd) set(true);
        else if (isUp) set(false);
        if (isAtTop) onTop();
      },
    });
  };

  const onWheel = (event, view) => {
    moved();
    const { scrollHeight, clientHeight, scrollTop } = view.scrollDOM;
    if (event.deltaY < 0 && scrollHeight > clientHeight) {
      set(false);
      lastTop = Infinity; // one turn may go from the end to the top
      if (scrollTop <= TOP) onTop();
    }
  };

  // Heights of lines are guesses until they were drawn; the end may lie elsewhere by then.
  const settle = (view) =>
    view.requestMeasure({
      key: settle,
      read: ({ scrollDOM }) => scrollDOM.scrollHeight,
      write(height) {
        if (isOn && !isDragging) view.scrollDOM.scrollTop = height;
      },
    });

  const handlers = (view) => {
    const { scrollDOM } = view;
    const options = { signal, passive: true };
    scrollDOM.addEventListener("scroll", () => onScroll(view), options);
    scrollDOM.addEventListener("wheel", (event) => onWheel(event, view), options);
    scrollDOM.addEventListener("touchmove", moved, options);
    scrollDOM.addEventListener("pointerdown", () => ((isDragging = true), onMove()), options);
    window.addEventListener("pointerup", () => (isDragging = false), options);
    window.addEventListener("pointercancel", () => (isDragging = false), options);
    scrollDOM.addEventListener(
      "keydown",
      (event) => {
        acted();
        if (UP.has(event.key)) set(false);
        if (UP.has(event.key) || DOWN.has(event.key)) onMove();
      },
      options,
    );
  };

  return {
    get isOn() {
      return isOn;
    },
    set,
    /** Another text is shown: what scrolls now is not the user's doing. */
    forget: () => (lastAction = -Infinity),
    listen: handlers,
    extension: [
      // CodeMirror draws the end before it asks to scroll there; scrolling sideways is not wanted.
      EditorView.scrollHandler.of((view, range) => {
        if (!isOn || range.head !== view.state.doc.length) return false;
        if (!isDragging) view.scrollDOM.scrollTop = view.scrollDOM.scrollHeight;
        return true;
      }),
      EditorView.updateListener.of((update) => {
        if (isOn && update.geometryChanged) settle(update.view);
        const isByPointer = update.transactions.some((one) => one.isUserEvent("select.pointer"));
        if (isByPointer && !update.state.selection.main.empty) set(false);
      }),
    ],
    /** To be part of a transaction that appends, or that goes to the end. */
    effect: (length) => EditorView.scrollIntoView(EditorSelection.cursor(length), { y: "end" }),
  };
}
