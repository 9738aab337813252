const NS_PER_MS = 1e6;
/** Below this distance the loop spins: `setTimeout` is only good to a millisecond or two. */
const SPIN_NS = 2.5 * NS_PER_MS;

/** Nanoseconds of the monotonic clock of this host. */
export const nowNs = (): number => Number(process.hrtime.bigint());

interface Entry {
  readonly dueNs: number;
  /** Breaks ties, so that entries of one instant keep their order. */
  readonly order: number;
  readonly action: () => void;
}

/**
 * Runs actions at their due time, to a few microseconds on a quiet host: it sleeps while the next one is far off
 * and spins (still reading sockets) when it is near. It knows how late it was.
 */
export class PreciseTimer {
  readonly #heap: Entry[] = [];
  readonly #lateness_us: number[] = [];
  #order = 0;
  #timeout: NodeJS.Timeout | null = null;
  #immediate: NodeJS.Immediate | null = null;

  /** Lateness of every action so far, in microseconds. */
  get lateness_us(): readonly number[] {
    return this.#lateness_us;
  }

  /** Run `action` at `dueNs`; where that is past and nothing else is overdue, before this returns. */
  at(dueNs: number, action: () => void): void {
    const now = nowNs();
    if (dueNs <= now && (this.#heap[0]?.dueNs ?? Number.POSITIVE_INFINITY) > now) {
      this.#perform(dueNs, now, action);
      return;
    }
    this.#push({ dueNs, order: this.#order++, action });
    if (this.#heap[0]?.action === action) this.#arm();
  }

  /** Forget everything that is still due. */
  stop(): void {
    this.#heap.length = 0;
    this.#disarm();
  }

  #disarm(): void {
    if (this.#timeout !== null) clearTimeout(this.#timeout);
    if (this.#immediate !== null) clearImmediate(this.#immediate);
    this.#timeout = null;
    this.#immediate = null;
  }

  #arm(): void {
    this.#disarm();
    const next = this.#heap[0];
    if (next === undefined) return;
    const wait = next.dueNs - nowNs();
    if (wait > SPIN_NS) this.#timeout = setTimeout(() => this.#run(), (wait - SPIN_NS) / NS_PER_MS);
    else this.#immediate = setImmediate(() => this.#run());
  }

  #run(): void {
    let now = nowNs();
    for (let next = this.#heap[0]; next !== undefined && next.dueNs <= now; next = this.#heap[0]) {
      this.#pop();
      this.#perform(next.dueNs, now, next.action);
      now = nowNs();
    }
    this.#arm();
  }

  #perform(dueNs: number, now: number, action: () => void): void {
    this.#lateness_us.push((now - dueNs) / 1_000);
    action();
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let at = heap.push(entry) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!before(entry, heap[parent])) break;
      heap[at] = heap[parent] as Entry;
      at = parent;
    }
    heap[at] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const child = before(heap[left + 1], heap[left]) ? left + 1 : left;
      if (!before(heap[child], last)) break;
      heap[at] = heap[child] as Entry;
      at = child;
    }
    heap[at] = last;
  }
}

function before(a: Entry | undefined, b: Entry | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  return a.dueNs < b.dueNs || (a.dueNs === b.dueNs && a.order < b.order);
}
