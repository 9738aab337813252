/**
 * Does something after the sockets have been read. Node runs its timers before it reads its sockets: in a process that was
 * stopped (a laptop that slept, a frozen container) a deadline passes while the answer lies there unread. Whoever ends
 * something because no answer came must read first, so that no relay is blamed for the pause.
 */
export function afterPoll(action: () => void): void {
  setImmediate(action);
}
