import { setTimeout as sleep } from 'node:timers/promises';
import type { Operation } from '../judge/history/operation.ts';
import { findIds, hasId } from './find-ids.ts';
import type { Patience } from './patience.ts';
import { type AskedRelay, askAll } from './relays.ts';

/** An event that every relay must have, or none may. */
export interface PresenceCase {
  readonly operation: Operation;
  readonly wanted: 'present' | 'absent';
  /** Why it must be away; empty where it must be there. */
  readonly because: string;
}

/** A case that some relays get wrong. */
export interface WrongCase extends PresenceCase {
  /** Numbers of the relays, ascending. */
  readonly relays: readonly number[];
}

interface Suspect {
  readonly each: PresenceCase;
  readonly relays: Set<number>;
}

/** So many that are wrong at first sight are looked at again before more are read. */
const MOST_SUSPECTS = 10_000;
/** Of those that stay wrong at a relay, so many are asked for one by one: an answer to one id can't be cut. */
const MOST_SINGLES = 2_000;

/**
 * Reads events by their ids from every relay. What is wrong at first sight is looked at again: a replica may be behind, a
 * cache may have an entry for a moment longer.
 */
export class Presence {
  readonly #relays: readonly AskedRelay[];
  readonly #patience: Patience;
  readonly #batch: number;
  readonly #suspects = new Map<string, Suspect>();
  readonly #wrong: WrongCase[] = [];

  /** @param batch ids of one question */
  constructor(relays: readonly AskedRelay[], patience: Patience, batch: number) {
    this.#relays = relays;
    this.#patience = patience;
    this.#batch = batch;
  }

  /** Asks all relays for these events; at most a batch of them. */
  async read(cases: readonly PresenceCase[]): Promise<void> {
    if (cases.length === 0) return;
    const ids = [...new Set(cases.map(({ operation }) => operation.facts.id))];
    const found = await askAll(this.#relays, ({ connection }) => findIds(connection, ids));
    for (const each of cases) this.#look(each, found);
    if (this.#suspects.size >= MOST_SUSPECTS) await this.settle();
  }

  /** Looks at what was wrong again and again, until it is right or the patience is over. @returns all that stays wrong */
  async settle(): Promise<readonly WrongCase[]> {
    for (const waitMs of this.#patience.waits()) {
      if (this.#suspects.size === 0) return this.#wrong;
      await sleep(waitMs);
      const before = this.#suspects.size;
      await askAll(this.#relays, (relay, at) => this.#lookAgain(relay, at));
      this.#patience.progressed(this.#suspects.size < before);
    }
    await askAll(this.#relays, (relay, at) => this.#lookAtEach(relay, at));
    for (const { each, relays } of this.#suspects.values())
      this.#wrong.push({ ...each, relays: [...relays].sort((a, b) => a - b) });
    this.#suspects.clear();
    return this.#wrong;
  }

  #look(each: PresenceCase, found: readonly ReadonlySet<string>[]): void {
    const { id } = each.operation.facts;
    const wrong = found.flatMap((ids, at) => (this.#isRight(each, at, ids.has(id)) ? [] : [at]));
    if (wrong.length > 0) this.#suspects.set(id, { each, relays: new Set(wrong) });
  }

  async #lookAgain(relay: AskedRelay, at: number): Promise<void> {
    const suspects = this.#suspectsOf(at);
    for (let from = 0; from < suspects.length; from += this.#batch) {
      const part = suspects.slice(from, from + this.#batch);
      const found = await findIds(
        relay.connection,
        part.map(({ each }) => each.operation.facts.id),
      );
      for (const suspect of part) this.#acquit(suspect, at, found.has(suspect.each.operation.facts.id));
    }
  }

  async #lookAtEach(relay: AskedRelay, at: number): Promise<void> {
    for (const suspect of this.#suspectsOf(at).slice(0, MOST_SINGLES))
      this.#acquit(suspect, at, await hasId(relay.connection, suspect.each.operation.facts.id));
  }

  #acquit({ each, relays }: Suspect, at: number, isThere: boolean): void {
    if (!this.#isRight(each, at, isThere)) return;
    relays.delete(at);
    if (relays.size === 0) this.#suspects.delete(each.operation.facts.id);
  }

  #suspectsOf(at: number): Suspect[] {
    return [...this.#suspects.values()].filter(({ relays }) => relays.has(at));
  }

  /** What is there in another form is not the event that has to be there; what may not be there is wrong in any. */
  #isRight({ wanted, operation }: PresenceCase, at: number, isThere: boolean): boolean {
    if (wanted === 'absent') return !isThere;
    return isThere && this.#relays[at]?.forged?.has(operation.facts.id) !== true;
  }
}
