/**
 * The process stops for so many milliseconds, and what came meanwhile is read after the timers that are due, as Node reads its
 * sockets. Resolves when all of that is over.
 * @param begin is called before the pause
 * @param read is called when the sockets are read
 */
export function stall(ms: number, begin: () => void, read: () => void): Promise<void> {
  return new Promise((resolve) => {
    // Timers that run out meanwhile are called next, before anything else is.
    setTimeout(() => {
      begin();
      setImmediate(() => {
        read();
        setImmediate(() => setImmediate(resolve));
      });
      const untilMs = performance.now() + ms;
      while (performance.now() < untilMs);
    }, 0);
  });
}
