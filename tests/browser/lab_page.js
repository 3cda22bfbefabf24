// What the tests ask a page of JupyterLab, under one name: window.rig.
(() => {
  const OUTPUTS = ".jp-CodeCell .jp-OutputArea-output"; // of JupyterLab and of an exported page alike
  const panel = () => window.jupyterapp?.shell?.currentWidget;
  const cells = () => panel()?.content?.widgets?.filter((cell) => cell.model?.type === "code") ?? [];
  const kernel = () => panel()?.sessionContext?.session?.kernel;
  const commands = [];

  // An output as it was given to the page: each formula that was typeset is one sign, and what JupyterLab adds by
  // itself is taken off: the numbers of the table of contents, and its own `rel` in place of a link's.
  const plain = (output) => {
    const copy = output.cloneNode(true);
    copy.querySelectorAll("mjx-container").forEach((formula) => formula.replaceWith("∑"));
    copy.querySelectorAll(".numbering-entry").forEach((number) => number.remove());
    copy.querySelectorAll("a[rel=noopener]").forEach((link) => (link.rel = "noopener noreferrer"));
    return copy;
  };
  const outputs = () =>
    [...document.querySelectorAll(OUTPUTS)].map((output) => {
      const given = plain(output);
      const formulas = output.querySelectorAll("mjx-container").length;
      return { mime: output.dataset.mimeType ?? "", html: given.innerHTML, text: given.textContent, formulas };
    });

  // What is alive whatever its markup looks like: handlers, names, and what typesetting made of a formula.
  const handlers = Object.keys(HTMLElement.prototype).concat(Object.keys(Element.prototype)).filter((key) => /^on/.test(key));
  const alive = () => {
    const found = [];
    for (const element of document.querySelectorAll(`${OUTPUTS} *`)) {
      const name = `<${element.localName}>`;
      for (const key of handlers) if (element[key]) found.push(`${name} ${key}`);
      if (element.id || element.getAttribute("name")) found.push(`${name} has a name`);
      if ("commandlinkerCommand" in (element.dataset ?? {})) found.push(`${name} is a command`);
      if (element.shadowRoot) found.push(`${name} has a shadow`);
      if (!element.closest("mjx-container")) continue;
      const known = element.localName.startsWith("mjx-") || element.namespaceURI.endsWith("MathML");
      if (!known || element.matches("[href], [src], [*|href]")) found.push(`${name} in a formula`);
      if (/url\(/i.test(element.getAttribute("style") ?? "")) found.push(`${name} with an address in its style`);
    }
    return found;
  };

  // DOM clobbering: what pages and JupyterLab reach by name is still the browser's own.
  const clobbered = () =>
    Object.entries({
      body: document.body instanceof HTMLBodyElement,
      head: document.head instanceof HTMLHeadElement,
      cookie: typeof document.cookie === "string",
      forms: document.forms instanceof HTMLCollection,
      location: document.location === window.location && typeof location.href === "string",
      getElementById: document.getElementById === Document.prototype.getElementById,
      querySelector: document.querySelector === Document.prototype.querySelector,
      document: window.document instanceof HTMLDocument,
      configuration: (document.getElementById("jupyter-config-data")?.localName ?? "script") === "script",
      base: document.querySelector("base") === null,
    })
      .filter(([, whole]) => !whole)
      .map(([name]) => name);

  // A person's mouse and keyboard on everything that is no link.
  const poke = () => {
    for (const element of document.querySelectorAll(`${OUTPUTS} *`)) {
      if (element.localName === "details") element.open = true;
      for (const kind of ["mouseover", "pointerenter", "focus", "focusin", "beforeinput", "animationstart", "click"]) {
        if (kind === "click" && element.closest("a[href], summary")) continue;
        element.dispatchEvent(new Event(kind, { bubbles: kind === "click", cancelable: true }));
      }
    }
  };

  // Every state of an output from now on, however short it stands, and whatever is alive in one.
  const states = new Set();
  const lives = new Set();
  const watch = () =>
    new MutationObserver((changes) => {
      const changed = changes.map(({ target }) => target.parentElement?.closest(".jp-OutputArea") ?? target);
      for (const area of new Set(changed.filter((element) => element.matches?.(".jp-OutputArea, .jp-OutputArea *")))) {
        area.querySelectorAll(".jp-OutputArea-output").forEach((output) => states.add(plain(output).innerHTML));
      }
      alive().forEach((one) => lives.add(one));
    }).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
  const frames = async (count) => {
    for (let frame = 0; frame < count; frame++) await new Promise(requestAnimationFrame);
  };

  window.rig = {
    watch,
    frames,
    states: () => [...states],
    lives: () => [...lives],
    outputs,
    alive,
    clobbered,
    poke,
    commands,
    ready: () => Boolean(cells().length && panel().sessionContext.isReady && kernel()?.status === "idle"),
    idle: () => kernel()?.status === "idle",
    done: () => kernel()?.status === "idle" && cells().every((cell) => cell.model.executionCount),
    trusted: () => cells().every((cell) => cell.model.trusted),
    mark: () => document.querySelectorAll(`${OUTPUTS} > *`).forEach((element) => (element.wasHere = true)),
    renewed: () => [...document.querySelectorAll(`${OUTPUTS} > *`)].every((element) => !element.wasHere),
    typeset: () => document.querySelectorAll(`${OUTPUTS}:has(mjx-container)`).length,
    listen: () => window.jupyterapp.commands.commandExecuted.connect((_, one) => commands.push(one.id)),
    save: () => panel().context.save(),
    end: () => panel()?.sessionContext?.shutdown(),
  };
})();
