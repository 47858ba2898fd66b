// Finds the address by which this page reaches a TensorBoard on the kernel's machine, corrects the
// link and, if asked to, shows it. An expression: frame.py calls it with its values.
async (given) => {
  const TRIES = 5;
  const PAUSE = 1000; // ms
  const TIMEOUT = 10000; // ms
  const root =
    document.currentScript?.closest('[data-modelarts-frame]') ??
    document.querySelector(`[data-modelarts-frame="${given.id}"]`);
  const link = root.querySelector('a');
  const words = root.querySelector('[role=status]');

  const isThisMachine = () =>
    location.protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(location.hostname);

  const server = () => {
    const config = document.getElementById('jupyter-config-data');
    return config ? JSON.parse(config.textContent).baseUrl : document.body.dataset.baseUrl;
  };

  const addresses = () => {
    const base = server();
    const proxy = base && `${base.replace(/\/*$/, '/')}proxy/${given.port}/${given.path}`;
    return [given.template, isThisMachine() && given.link, proxy]
      .filter(Boolean)
      .map((address) => new URL(address, location.href))
      .filter((address) => ['http:', 'https:'].includes(address.protocol));
  };

  // 'absent' is what a server without jupyter-server-proxy answers. Of another origin a page may
  // learn only that it answered.
  const ask = async (address) => {
    const isOurs = address.origin === location.origin;
    const mode = isOurs ? 'same-origin' : 'no-cors';
    const signal = AbortSignal.timeout(TIMEOUT);
    try {
      const answer = await fetch(address, {mode, signal, cache: 'no-store'});
      if (!isOurs) return 'there';
      const isTensorBoard = answer.ok && (await answer.text()).includes('TensorBoard');
      return isTensorBoard ? 'there' : answer.status === 404 ? 'absent' : 'silent';
    } catch {
      return 'silent';
    }
  };

  const find = async () => {
    let answers = [];
    for (let tries = 0; tries < TRIES; tries += 1) {
      answers = [];
      for (const address of addresses()) {
        const answer = await ask(address);
        if (answer === 'there') return {address};
        answers.push(answer);
      }
      if (answers.every((answer) => answer === 'absent')) return {why: given.unreachable};
      await new Promise((done) => setTimeout(done, PAUSE));
    }
    return {why: answers.includes('absent') ? given.tunnel : given.silent};
  };

  const make = (name, style, attributes) => {
    const made = document.createElement(name);
    made.style.cssText = style;
    Object.entries(attributes).forEach((pair) => made.setAttribute(...pair));
    return made;
  };

  const show = (address) => {
    const isDark = document.body.dataset.jpThemeLight === 'false';
    if (isDark) address.searchParams.set('darkMode', 'true');
    const box = make('div', given.styles.box, {});
    const starting = make('span', given.styles.words, {});
    const frame = make('iframe', given.styles.frame, given.attributes);
    starting.textContent = given.starting;
    frame.style.opacity = 0;
    const uncover = () => {
      starting.remove();
      frame.style.opacity = 1;
    };
    frame.addEventListener('load', uncover, {once: true});
    frame.src = address.href;
    box.append(starting, frame);
    root.append(box);
  };

  words.textContent = given.inline ? given.starting : '';
  const {address, why = ''} = await find();
  words.textContent = why;
  if (!address) return;
  link.href = address.href;
  if (given.inline) show(address);
}
