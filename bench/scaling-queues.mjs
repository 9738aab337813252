// A discrete-event simulation of programs that share the cores of one machine: time jumps from event to event, nothing
// really waits. Known results (M/M/1, M/D/1, M/M/2, processor sharing) hold it to account in test/unit/bench.

/** Smallest key first; of equal keys the one that came first. */
class Heap {
  #entries = [];
  #count = 0;

  get top() {
    return this.#entries[0] ?? null;
  }

  push(key, action) {
    const entries = this.#entries;
    const entry = { key, order: this.#count++, action };
    let at = entries.length;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!isBefore(entry, entries[above])) break;
      entries[at] = entries[above];
      at = above;
    }
    entries[at] = entry;
  }

  pop() {
    const entries = this.#entries;
    const first = entries[0];
    const last = entries.pop();
    if (entries.length > 0) this.#sink(last);
    return first;
  }

  #sink(entry) {
    const entries = this.#entries;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= entries.length) break;
      if (below + 1 < entries.length && isBefore(entries[below + 1], entries[below])) below++;
      if (!isBefore(entries[below], entry)) break;
      entries[at] = entries[below];
      at = below;
    }
    entries[at] = entry;
  }
}

function isBefore(a, b) {
  return a.key < b.key || (a.key === b.key && a.order < b.order);
}

/**
 * The clock and the cores of a machine. As many jobs as there are cores run at full speed; where there are more, all of them
 * run equally slower, as a fair scheduler has it. Since all are equally fast, one clock of work (`#worked`) tells when
 * each of them is done.
 */
export class Machine {
  #cores;
  #now_us = 0;
  /** How much every job that has run all the time has done, in µs of a whole core. */
  #worked = 0;
  #running = 0;
  #timers = new Heap();
  #jobs = new Heap();

  constructor(cores) {
    this.#cores = cores;
  }

  get now_us() {
    return this.#now_us;
  }

  /** Carries out an action at a time, at once where that is over. */
  at(time_us, action) {
    this.#timers.push(Math.max(time_us, this.#now_us), action);
  }

  /** Runs a job that needs so much of a core, then carries out the action. */
  run(work_us, action) {
    this.#running++;
    this.#jobs.push(this.#worked + work_us, action);
  }

  /** Lets time pass until `end_us`, or until nothing is left to happen. */
  until(end_us) {
    for (;;) {
      const speed = this.#running <= this.#cores ? 1 : this.#cores / this.#running;
      const done_us = this.#doneAt(speed);
      const next_us = Math.min(done_us, this.#timers.top?.key ?? Infinity);
      if (next_us > end_us || next_us === Infinity) {
        this.#pass(end_us, speed);
        return;
      }
      this.#pass(next_us, speed);
      if (done_us <= next_us) this.#finish();
      else this.#timers.pop().action();
    }
  }

  /** When the next job is done at this speed. */
  #doneAt(speed) {
    const job = this.#jobs.top;
    return job === null ? Infinity : this.#now_us + (job.key - this.#worked) / speed;
  }

  #pass(time_us, speed) {
    if (!Number.isFinite(time_us)) return;
    if (this.#running > 0) this.#worked += (time_us - this.#now_us) * speed;
    this.#now_us = time_us;
  }

  #finish() {
    const { key, action } = this.#jobs.pop();
    // What binary fractions leave over must not make the next one late.
    this.#worked = Math.max(this.#worked, key);
    this.#running--;
    action();
  }
}

/** A program or a thread: jobs wait in line, `servers` of them run at the same time. */
export class Station {
  #machine;
  #servers;
  #line = [];
  #head = 0;
  #busy = 0;
  /** Work that was done, in µs of a core. */
  done_us = 0;

  constructor(machine, servers = 1) {
    this.#machine = machine;
    this.#servers = servers;
  }

  submit(work_us, action) {
    if (this.#busy < this.#servers) this.#start(work_us, action);
    else this.#line.push({ work_us, action });
  }

  #start(work_us, action) {
    this.#busy++;
    this.#machine.run(work_us, () => {
      this.#busy--;
      this.done_us += work_us;
      const next = this.#next();
      if (next !== null) this.#start(next.work_us, next.action);
      action();
    });
  }

  #next() {
    if (this.#head === this.#line.length) return null;
    const next = this.#line[this.#head++];
    // The line is cut now and then, so that taking the first of it stays cheap.
    if (this.#head > 1_024 && this.#head * 2 > this.#line.length) {
      this.#line = this.#line.slice(this.#head);
      this.#head = 0;
    }
    return next;
  }
}

/** Takes what has come while the batch before was on its way, all together: how a relay commits. */
export class Batches {
  #carryOut;
  #most;
  #waiting = [];
  #isBusy = false;

  /** @param carryOut is given the items and what to call when they are done */
  constructor(carryOut, most = Infinity) {
    this.#carryOut = carryOut;
    this.#most = most;
  }

  add(item) {
    this.#waiting.push(item);
    this.#start();
  }

  #start() {
    if (this.#isBusy || this.#waiting.length === 0) return;
    this.#isBusy = true;
    const items = this.#waiting.splice(0, Math.min(this.#waiting.length, this.#most));
    this.#carryOut(items, () => {
      this.#isBusy = false;
      this.#start();
    });
  }
}

/** Time to the next of independent arrivals, so many a second on average, in µs. @param random uniform in [0, 1) */
export function exponential_us(perSecond, random) {
  return (-Math.log(1 - random()) / perSecond) * 1e6;
}
