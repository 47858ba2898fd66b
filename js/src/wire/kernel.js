// Whether the kernel that feeds a view is still there.
//
// A kernel that is restarted is another one: nothing in it knows of the view. It may be back before
// anybody has looked, so that its signal counts besides its status.

const INTERVAL = 1000; // ms
const OVER = new Set(["dead", "terminating", "restarting", "autorestarting"]);

/** Call `over` once the kernel of `model` has ended or begun anew, until `signal` is aborted. */
export function watchKernel(model, signal, over) {
  const kernelNow = () => model.widget_manager?.kernel;
  const kernel = kernelNow();
  if (!kernel) return; // this front end does not tell
  const closing = new AbortController();
  const end = () => {
    if (closing.signal.aborted) return;
    closing.abort();
    over();
  };
  const onStatus = (_kernel, status) => OVER.has(status) && end();
  const look = () => {
    if (kernel.isDisposed || OVER.has(kernel.status) || kernelNow()?.id !== kernel.id) end();
  };
  kernel.statusChanged?.connect(onStatus);
  const timer = setInterval(look, INTERVAL);
  closing.signal.addEventListener("abort", () => {
    clearInterval(timer);
    kernel.statusChanged?.disconnect(onStatus);
  });
  signal.addEventListener("abort", () => closing.abort());
}
