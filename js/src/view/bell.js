// Calls whoever looks elsewhere: by a notification of the browser, which asks once whether it may; by
// the title of the page where it may not. Of two tabs both show the same notification, which is one.

const LONGEST = 200; // characters of a line
const SIGN = "🔔 ";

/** @param {{title: () => string, signal: AbortSignal}} options */
export function bell({ title, signal }) {
  let isOn = false;
  let heard = null; // how many bells were heard; null before the first state
  let isMarked = false;

  const unmark = () => {
    if (!isMarked || document.visibilityState !== "visible") return;
    isMarked = false;
    document.title = document.title.replace(SIGN, "");
  };
  const mark = () => {
    if (!document.title.startsWith(SIGN)) document.title = SIGN + document.title;
    isMarked = true;
  };
  for (const event of ["focus", "visibilitychange"]) {
    window.addEventListener(event, unmark, { capture: true, signal });
  }

  const isLooking = () => document.visibilityState === "visible" && document.hasFocus();
  const mayNotify = () => window.Notification?.permission === "granted";
  const ring = (why, number) => {
    if (isLooking()) return;
    mark();
    if (!mayNotify()) return;
    try {
      new Notification(title(), { body: why, tag: `modelarts-magics ${title()} ${number}` });
    } catch (error) {
      console.debug("log view: no notification", error); // a page of a phone may not
    }
  };

  return {
    /** Ring from now on, or not. A browser asks only when somebody has just pressed something. */
    turn(on) {
      isOn = on;
      if (on && window.Notification?.permission === "default") Notification.requestPermission();
    },
    /** A line of the log tells of an error; of several nobody has looked at the first one rings. */
    hearError(line) {
      if (isOn && !isMarked) ring(line.slice(0, LONGEST), line.slice(0, LONGEST));
    },
    /** All that there was to ring for so far. */
    hear(bells = []) {
      if (heard !== null && isOn) {
        bells.slice(heard).forEach((why, index) => ring(why, heard + index));
      }
      heard = bells.length;
    },
  };
}
