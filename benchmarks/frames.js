// Looks at the output area of the last cell in every animation frame, and hears of every task over 50 ms.
(() => {
  const MARKER = /w\d{5}/g;
  const changes = []; // [time, height, last marker, blank, outputs] of each frame in which one of them was another
  const tasks = []; // [start, duration] of each long task, in ms like all times
  let frames = 0;
  let slowest = 0;

  const lastMarker = (text) => {
    // Text is in order; footers and the rest of a block are shorter than this.
    const found = text.slice(-4000).match(MARKER);
    return found ? Number(found.at(-1).slice(1)) : -1;
  };

  const look = (area) => {
    let before = [];
    let last = performance.now();
    const frame = (time) => {
      const text = area.textContent;
      const now = [Math.round(area.getBoundingClientRect().height * 8) / 8, lastMarker(text), !text.trim(), area.children.length];
      if (now.some((value, index) => value !== before[index])) changes.push([performance.now(), ...now]);
      before = now;
      frames += 1;
      slowest = Math.max(slowest, time - last);
      last = time;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  };

  window.frameWatch = {
    start: () => {
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) tasks.push([entry.startTime, entry.duration]);
      }).observe({ type: "longtask" });
      look([...document.querySelectorAll(".jp-CodeCell .jp-OutputArea")].at(-1));
    },
    shows: (marker) => changes.length > 0 && changes.at(-1)[2] === marker,
    seen: () => ({ changes, tasks, frames, slowest, origin: performance.timeOrigin }),
  };
})();
