import { kindClass } from '../../nostr/kinds.ts';
import { isAcknowledged, isIndeterminate, isRefusedForGood, type Operation } from './operation.ts';
import { type RemovalNip, Removals } from './removals.ts';
import { VersionBook, type Versions } from './versions.ts';

/** What a relay must answer when it is asked for an event by its id. */
export type Expectation =
  | { readonly wanted: 'present' }
  | { readonly wanted: 'absent'; readonly nip: RemovalNip; readonly because: string }
  /** Both are right; `nip`: because the relay does not say that it supports that one. */
  | { readonly wanted: 'either'; readonly because: string; readonly nip?: RemovalNip };

export interface LedgerOptions {
  /** Whether no relay can have had any of the events before the run: they were signed for it, or the relay is new. */
  readonly areIdsNew: boolean;
  /** The NIPs that the relay says it supports (NIP-11); null where it does not say. */
  readonly nips: readonly number[] | null;
}

/** How many attempts ended how. */
export interface Tally {
  readonly acknowledged: number;
  readonly refused: number;
  readonly unknown: number;
}

/** Refused events that are remembered; further ones are counted only. */
const MOST_REFUSED = 1_000_000;

const either = (because: string) => ({ wanted: 'either', because }) as const;

/**
 * What a history demands of relays by the NIPs. Everything is learned first, in any order; then each operation can be asked
 * about. Nothing that the NIPs leave to a relay is ever demanded.
 */
export class Ledger {
  readonly #options: LedgerOptions;
  readonly #removals = new Removals();
  readonly #versions = new VersionBook();
  readonly #refused = new Map<string, Operation>();
  readonly #tally = { acknowledged: 0, refused: 0, unknown: 0 };
  /** Refused events beyond those that are remembered. */
  refusedBeyond = 0;

  constructor(options: LedgerOptions) {
    this.#options = options;
  }

  learn(operation: Operation): void {
    if (isAcknowledged(operation)) this.#tally.acknowledged++;
    else this.#tally[isIndeterminate(operation) ? 'unknown' : 'refused']++;
    this.#removals.learn(operation, this.#isCertain(operation));
    this.#versions.learn(this.#isCertain(operation) ? operation : asUnknown(operation));
    if (!isRefusedForGood(operation)) return;
    if (this.#refused.size < MOST_REFUSED) this.#refused.set(operation.facts.id, operation);
    else this.refusedBeyond++;
  }

  get tally(): Tally {
    return this.#tally;
  }

  /** @param now_s Unix seconds at which the relay is asked */
  expect(operation: Operation, now_s: number): Expectation {
    const { facts } = operation;
    if (kindClass(facts.kind) === 'ephemeral') return either('ephemeral: not expected to be stored (NIP-01)');
    if (facts.special?.isPrivate === true) return either('for its recipient only');
    const removal = this.#removals.of(facts, now_s);
    if (removal?.is === 'sure')
      return this.#heeds(removal.nip)
        ? { wanted: 'absent', nip: removal.nip, because: removal.because }
        : { ...either(`${removal.because}`), nip: removal.nip };
    if (removal !== null) return either(removal.because);
    if (!isAcknowledged(operation)) return either(`not acknowledged: ${operation.reason}`);
    if (!this.#isCertain(operation)) return either('a duplicate of what an earlier run may have had deleted');
    if (facts.special?.address !== undefined) return either('one of the versions of its address');
    return { wanted: 'present' };
  }

  /** Whether events that were removed by that NIP are to be gone: the relay says that it supports it. */
  #heeds(nip: RemovalNip): boolean {
    return this.#options.nips?.includes(nip) === true;
  }

  /** Another attempt with the same event shows that its refusal was not the last word. */
  contradict(operation: Operation): void {
    if (!isRefusedForGood(operation)) this.#refused.delete(operation.facts.id);
  }

  /** What was refused for good and by nothing contradicted: no relay may show it. */
  refused(): IterableIterator<Operation> {
    return this.#refused.values();
  }

  /** Addresses with an acknowledged version that nothing removes, perhaps. @param now_s as of {@link expect} */
  *addresses(now_s: number): IterableIterator<readonly [string, Versions & { readonly newest: Operation }]> {
    for (const [address, { newest, perhaps }] of this.#versions) {
      if (newest === null || newest.facts.special?.isPrivate === true) continue;
      const isRemoved = [newest, ...perhaps].some(({ facts }) => this.#removals.of(facts, now_s) !== null);
      if (!isRemoved) yield [address, { newest, perhaps }];
    }
  }

  /** Addresses of which anything was published. */
  get addressCount(): number {
    return this.#versions.size;
  }

  /** A duplicate proves nothing where an earlier run may have published the same event, and its deletion. */
  #isCertain({ outcome }: Operation): boolean {
    return this.#options.areIdsNew || outcome !== 'duplicate';
  }
}

function asUnknown(operation: Operation): Operation {
  return { ...operation, outcome: 'unknown' };
}
