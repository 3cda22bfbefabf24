// Runs in every page and frame before anything of theirs: whatever a script of a reply could do is written down.
(() => {
  const tripped = [];
  Object.defineProperty(window, "tripwires", { value: tripped });
  const trip = (what, ...more) => void tripped.push(`${what} ${more.join(" ")}`.slice(0, 200));

  const foreign = (address) => {
    try {
      const url = new URL(address, location.href);
      return !["data:", "blob:", "about:"].includes(url.protocol) && url.host !== location.host;
    } catch {
      return true;
    }
  };

  for (const name of ["alert", "confirm", "prompt", "print", "open", "pwned", "msgbox"]) {
    window[name] = (...values) => trip(name, ...values);
  }
  const call = (owner, name, address) => {
    const original = owner[name];
    owner[name] = function (...values) {
      if (foreign(address(values))) trip(name, address(values));
      return original.apply(this, values);
    };
  };
  call(window, "fetch", ([request]) => request?.url ?? request);
  call(XMLHttpRequest.prototype, "open", ([, url]) => url);
  call(Navigator.prototype, "sendBeacon", ([url]) => url);
  for (const name of ["WebSocket", "EventSource"]) {
    window[name] = new Proxy(window[name], {
      construct(kind, values) {
        if (foreign(values[0])) trip(name, values[0]);
        return new kind(...values);
      },
    });
  }
  const source = Object.getOwnPropertyDescriptor(HTMLImageElement.prototype, "src");
  Object.defineProperty(HTMLImageElement.prototype, "src", {
    ...source,
    set(address) {
      if (foreign(address)) trip("image", address);
      source.set.call(this, address);
    },
  });
})();
