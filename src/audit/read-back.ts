import type { Ledger } from '../judge/history/ledger.ts';
import type { Operation } from '../judge/history/operation.ts';
import type { Violation } from '../record/audit-schema.ts';
import { readOperations } from './history-file.ts';
import type { Patience } from './patience.ts';
import { Presence, type PresenceCase, type WrongCase } from './presence.ts';
import type { AskedRelay } from './relays.ts';
import { type Checked, type Clock, checkedBy, notChecked, timelineOf } from './violation.ts';

export interface ReadBackRequest {
  readonly file: string;
  readonly ledger: Ledger;
  readonly relays: readonly AskedRelay[];
  readonly patience: Patience;
  /** Ids of one question. */
  readonly batch: number;
  /** Nothing more is read behind this (`performance.now()`). */
  readonly deadlineMs: number;
  readonly clock: Clock;
  /** Why events that were refused may be there all the same; null where they may not. */
  readonly mayHaveRefused: string | null;
  /** What is called where it was read from; the relay processes where left out. */
  readonly place?: string;
  readonly onProgress?: ((checked: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What reading every event by its id has shown. */
export interface ReadBack {
  /** Acknowledged events that must be there, and of them the ids that are missing somewhere. */
  readonly acknowledged: number;
  readonly lost: readonly string[];
  /** Some that are there on every relay, spread over the run. */
  readonly present: readonly Operation[];
  readonly I1: Checked;
  readonly I2: Checked;
  readonly I5: Checked;
}

/** Events that are kept for further questions. */
const KEPT = 500;

/** Reads back everything that has to be there, or has to be away. */
export async function readBack(request: ReadBackRequest): Promise<ReadBack> {
  const reading = new Reading(request);
  await reading.readHistory();
  await reading.readRefused();
  return await reading.result();
}

class Reading {
  readonly #request: ReadBackRequest;
  readonly #presence: Presence;
  readonly #counts = { present: 0, removed: 0, refused: 0 };
  readonly #excuses = new Map<string, number>();
  readonly #kept: Operation[] = [];
  #batch: PresenceCase[] = [];
  #isOutOfTime = false;
  /** Of the events that are there, every so manieth is kept. */
  #step = 1;

  constructor(request: ReadBackRequest) {
    this.#request = request;
    this.#presence = new Presence(request.relays, request.patience, request.batch);
  }

  async readHistory(): Promise<void> {
    const { file, ledger, signal } = this.#request;
    for await (const operation of readOperations(file)) {
      signal?.throwIfAborted();
      ledger.contradict(operation);
      if (!this.#isOutOfTime) await this.#take(operation);
    }
    await this.#flush();
  }

  async readRefused(): Promise<void> {
    const { ledger, mayHaveRefused } = this.#request;
    if (mayHaveRefused !== null) return;
    for (const operation of ledger.refused()) {
      if (this.#isOutOfTime) return;
      this.#counts.refused++;
      await this.#add({ operation, wanted: 'absent', because: '' });
    }
    await this.#flush();
  }

  async result(): Promise<ReadBack> {
    const wrong = await this.#presence.settle();
    const lost = wrong.filter(({ wanted }) => wanted === 'present');
    const back = wrong.filter(({ because }) => because !== '');
    const visible = wrong.filter(({ wanted, because }) => wanted === 'absent' && because === '');
    const lostIds = new Set(lost.map(({ operation }) => operation.facts.id));
    const { present, removed, refused } = this.#counts;
    const { relays, place = relaysText(relays.length) } = this.#request;
    const basis = `read by id from ${place}`;
    const isCut = this.#isOutOfTime;
    const reason = isCut ? 'time was up before all was read back' : null;
    return {
      acknowledged: present,
      lost: [...lostIds],
      present: this.#kept.filter(({ facts }) => !lostIds.has(facts.id)),
      I1: checkedBy({
        checked: present,
        violated: lost.length,
        violations: this.#listed(lost),
        basis,
        reason,
        isCut,
      }),
      I2: this.#refusals(refused, visible, basis),
      I5: checkedBy({
        ...{ checked: removed, violated: back.length, violations: this.#listed(back), basis },
        ...{ reason: reason ?? this.#whyNotRemoved(), isCut },
      }),
    };
  }

  #refusals(refused: number, visible: readonly WrongCase[], basis: string): Checked {
    const { mayHaveRefused, ledger } = this.#request;
    if (mayHaveRefused !== null) return notChecked(mayHaveRefused);
    const beyond =
      ledger.refusedBeyond === 0 ? null : `${ledger.refusedBeyond} more were refused than are remembered`;
    const nothing = refused === 0 ? 'no event was refused with invalid:, blocked: or pow:' : null;
    const reason = this.#isOutOfTime ? 'time was up before all was read back' : (beyond ?? nothing);
    return checkedBy({
      ...{ checked: refused, violated: visible.length, violations: this.#listed(visible) },
      ...{ basis, reason, isCut: this.#isOutOfTime },
    });
  }

  /** Why what was removed is not to be gone; null where something was looked at, or nothing was removed. */
  #whyNotRemoved(): string | null {
    if (this.#counts.removed > 0) return null;
    const [because] = [...this.#excuses.keys()];
    return because ?? 'nothing was deleted, has expired or has vanished';
  }

  async #take(operation: Operation): Promise<void> {
    const { ledger } = this.#request;
    const expected = ledger.expect(operation, Math.floor(Date.now() / 1_000));
    if (expected.wanted === 'either') {
      if (expected.nip !== undefined)
        this.#excuses.set(`the relay does not say that it supports NIP-${expected.nip}`, 1);
      return;
    }
    if (expected.wanted === 'absent') {
      this.#counts.removed++;
      await this.#add({ operation, wanted: 'absent', because: expected.because });
      return;
    }
    this.#keep(operation, this.#counts.present++);
    await this.#add({ operation, wanted: 'present', because: '' });
  }

  async #add(each: PresenceCase): Promise<void> {
    this.#batch.push(each);
    if (this.#batch.length >= this.#request.batch) await this.#flush();
  }

  async #flush(): Promise<void> {
    const batch = this.#batch;
    this.#batch = [];
    await this.#presence.read(batch);
    this.#request.onProgress?.(this.#counts.present);
    this.#isOutOfTime = performance.now() > this.#request.deadlineMs;
  }

  /** Every k-th, where k doubles: always some of the whole run. */
  #keep(operation: Operation, number: number): void {
    if (number % this.#step !== 0) return;
    this.#kept.push(operation);
    if (this.#kept.length < 2 * KEPT) return;
    this.#step *= 2;
    const half = this.#kept.filter((_, at) => at % 2 === 0);
    this.#kept.splice(0, this.#kept.length, ...half);
  }

  #listed(wrong: readonly WrongCase[]): Violation[] {
    return wrong.slice(0, LISTED).map((each) => this.#violation(each));
  }

  #violation({ operation, wanted, because, relays }: WrongCase): Violation {
    const { clock, relays: all } = this.#request;
    const names = relays.map((at) => all[at]?.name ?? '').join(', ');
    const isForged = wanted === 'present' && relays.some((at) => all[at]?.forged?.has(operation.facts.id));
    const isMissing = wanted === 'present' && !isForged;
    const found = isMissing ? `not found on ${names}` : `found${isForged ? ' and wrong' : ''} on ${names}`;
    const { id, kind } = operation.facts;
    const others = all.length - relays.length;
    const elsewhere =
      others === 0 ? '' : wanted === 'present' ? `, found on ${others} others` : `, not on ${others} others`;
    return {
      subject: id,
      kind,
      what: isForged
        ? 'lost: acknowledged, and came back with a wrong id or signature'
        : whatOf(wanted, because),
      timeline: timelineOf(operation, `${found}${elsewhere}`, clock),
    };
  }
}

/** Violations that are written out; a record holds fewer. */
const LISTED = 100;

function whatOf(wanted: WrongCase['wanted'], because: string): string {
  if (wanted === 'present') return 'lost: acknowledged and not found';
  return because === '' ? 'visible although it was refused' : `still visible although ${because}`;
}

export function relaysText(count: number): string {
  return count === 1 ? 'the relay' : `each of ${count} relay processes`;
}
