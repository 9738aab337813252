import { monotonicNs, NS_PER_MS } from '../base/clock.ts';
import { messageOf, RelayBenchError } from '../base/errors.ts';
import type { FaultLog } from '../result/fault-log.ts';
import type { PlannedFault } from './form/form.ts';
import type { NoticeWatch } from './notices.ts';
import { partsOf, strike } from './strike.ts';
import { over, type Struck } from './struck.ts';
import type { FaultTarget } from './target.ts';

/** The faults of one run: each strikes at its time, is undone at its time, and all of them at the end. */
export interface FaultTimeline {
  /** @param startNs when the load starts, monotonic */
  begin(startNs: number): void;
  /** Strikes nothing more and undoes what lasts; further calls wait for the same end. Never rejects. */
  end(): Promise<readonly FaultLog[]>;
}

/** Where a scenario has none. */
export const NO_FAULTS: FaultTimeline = { begin: () => undefined, end: async () => [] };

/** Mutable while the run goes on. */
interface Entry {
  readonly fault: PlannedFault;
  parts: readonly string[];
  struck: Struck | null;
  undoneNs: number | null;
  undoing: Promise<void> | null;
  problem: string | null;
}

/** @param watch sees what the target does about faults by itself */
export function faultTimeline(
  faults: readonly PlannedFault[],
  target: FaultTarget,
  watch: NoticeWatch,
): FaultTimeline {
  return faults.length === 0 ? NO_FAULTS : new Timeline(faults, target, watch);
}

class Timeline implements FaultTimeline {
  readonly #entries: readonly Entry[];
  readonly #target: FaultTarget;
  readonly #watch: NoticeWatch;
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #striking = new Set<Promise<void>>();
  readonly #ended = new AbortController();
  #startNs: number | null = null;
  #end: Promise<readonly FaultLog[]> | null = null;

  constructor(faults: readonly PlannedFault[], target: FaultTarget, watch: NoticeWatch) {
    const empty = { parts: [], struck: null, undoneNs: null, undoing: null, problem: null };
    this.#entries = faults.map((fault): Entry => ({ fault, ...empty }));
    this.#target = target;
    this.#watch = watch;
  }

  begin(startNs: number): void {
    this.#startNs = startNs;
    this.#watch.begin();
    for (const entry of this.#entries) {
      this.#later(startNs + entry.fault.atMs * NS_PER_MS, () => this.#strike(entry));
    }
  }

  end(): Promise<readonly FaultLog[]> {
    this.#end ??= this.#finish();
    return this.#end;
  }

  async #finish(): Promise<readonly FaultLog[]> {
    this.#ended.abort();
    for (const timer of this.#timers) clearTimeout(timer);
    await Promise.all(this.#striking);
    await Promise.all(this.#entries.map((entry) => this.#undo(entry)));
    await this.#watch.end();
    return this.#entries.map((entry) => this.#log(entry));
  }

  #later(atNs: number, action: () => Promise<void>): void {
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer);
        const running = action().finally(() => this.#striking.delete(running));
        this.#striking.add(running);
      },
      Math.max(0, (atNs - monotonicNs()) / NS_PER_MS),
    );
    this.#timers.add(timer);
  }

  async #strike(entry: Entry): Promise<void> {
    const { fault } = entry;
    const beganNs = monotonicNs();
    try {
      entry.parts = partsOf(fault, this.#target).map(({ name }) => name);
      this.#watch.look(entry.parts);
      if (fault.action === 'thaw' && (await this.#thawAsFrozen(entry))) return;
      entry.struck = await strike(fault, this.#target, this.#ended.signal);
      if (fault.for !== undefined && entry.struck.undo !== null) {
        this.#later(entry.struck.struckNs + fault.for * NS_PER_MS, () => this.#undo(entry));
      }
    } catch (error) {
      // That it does not come back is what the fault did, and no failure to do it.
      if (error instanceof RelayBenchError && error.code === 'FAULT_NOT_BACK')
        entry.struck = over(beganNs, messageOf(error));
      else entry.problem = messageOf(error);
    }
  }

  /** A thaw is for the processes that were frozen under the same name: the primary may be another one by then. */
  async #thawAsFrozen(thaw: Entry): Promise<boolean> {
    const frozen = this.#entries.filter(
      ({ fault, struck, undoing }) =>
        fault.action === 'freeze' && fault.on === thaw.fault.on && struck !== null && undoing === null,
    );
    if (frozen.length === 0) return false;
    thaw.parts = frozen.flatMap(({ parts }) => parts);
    thaw.struck = over(monotonicNs());
    await Promise.all(frozen.map((entry) => this.#undo(entry)));
    return true;
  }

  #undo(entry: Entry): Promise<void> {
    const { struck } = entry;
    if (struck === null || struck.undo === null) return Promise.resolve();
    entry.undoing ??= struck.undo().then(
      () => {
        entry.undoneNs = monotonicNs();
      },
      (error: unknown) => {
        entry.problem = `it could not be undone: ${messageOf(error)}`;
      },
    );
    return entry.undoing;
  }

  #log({ fault, parts, struck, undoneNs, problem }: Entry): FaultLog {
    const ms = (ns: number): number => (ns - (this.#startNs ?? ns)) / NS_PER_MS;
    const struckMs = struck === null ? null : ms(struck.struckNs);
    const notices = this.#watch.notices(parts).map(({ atNs, text }) => ({ atMs: ms(atNs), text }));
    return {
      action: fault.action,
      on: fault.on,
      parts,
      plannedMs: fault.atMs,
      struckMs,
      forMs: fault.for ?? null,
      undoneMs: undoneNs === null ? null : ms(undoneNs),
      detail: struck?.detail ?? null,
      problem: problem ?? (struckMs === null ? 'the load ended before it' : null),
      notices: struckMs === null ? [] : notices.filter(({ atMs }) => atMs >= struckMs),
    };
  }
}
