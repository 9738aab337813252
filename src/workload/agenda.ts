/** What is to be done when: a binary heap, so that the next thing is at hand whatever their number. */
export class Agenda<T> {
  readonly #dueNs: number[] = [];
  readonly #things: T[] = [];

  get size(): number {
    return this.#things.length;
  }

  /** When the next thing is due; `Infinity` where there is none. */
  get nextNs(): number {
    return this.#dueNs[0] ?? Number.POSITIVE_INFINITY;
  }

  add(dueNs: number, thing: T): void {
    let at = this.#things.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if ((this.#dueNs[parent] as number) <= dueNs) break;
      this.#move(parent, at);
      at = parent;
    }
    this.#put(at, dueNs, thing);
  }

  /** Takes the thing that is due next; null where there is none. */
  take(): T | null {
    const [first] = this.#things;
    if (first === undefined) return null;
    const dueNs = this.#dueNs.pop() as number;
    const last = this.#things.pop() as T;
    if (this.#things.length > 0) this.#put(this.#sink(dueNs), dueNs, last);
    return first;
  }

  /** Where something that is due then belongs, from the top downwards; what is due sooner moves up. */
  #sink(dueNs: number): number {
    const size = this.#things.length;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      if (left >= size) return at;
      const right = left + 1;
      const isRight = right < size && (this.#dueNs[right] as number) < (this.#dueNs[left] as number);
      const child = isRight ? right : left;
      if ((this.#dueNs[child] as number) >= dueNs) return at;
      this.#move(child, at);
      at = child;
    }
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#dueNs[from] as number, this.#things[from] as T);
  }

  #put(at: number, dueNs: number, thing: T): void {
    this.#dueNs[at] = dueNs;
    this.#things[at] = thing;
  }
}
