// Put this view into a box that shows the plain view, without any help of the kernel.

/** Make `model` the only child of the box named by its trait `box_id`, if it has one. */
export function swapIntoBox(model) {
  const boxId = model.get("box_id");
  if (!boxId) return;
  const own = widgetModel(model);
  Promise.resolve(model.widget_manager.get_model(boxId))
    .then(async (box) => box?.set("children", [await own]))
    .catch((error) => console.debug("log view: the plain view stays", error));
}

// `model` is anywidget's stand-in for the real model, and a box wants the real one. Change events
// hand it over; a private attribute that is set and never saved makes one.
function widgetModel(model) {
  return new Promise((resolve) => {
    const attribute = "_log_view_self";
    const onChange = (real) => {
      model.off(`change:${attribute}`, onChange);
      resolve(real ?? model);
    };
    model.on(`change:${attribute}`, onChange);
    model.set(attribute, true);
  });
}
