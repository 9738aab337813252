import type { Filter } from '../nostr/filter.ts';
import { FINDING_RULES, type FindingKind } from './rules.ts';

/** An event of a case. */
export interface EvidenceRef {
  /** 64 hex digits; the first 16 where the run kept no more. */
  readonly id: string;
  /** Left out where the run did not keep it. */
  readonly kind?: number;
}

/** One case behind a counter: what was asked on which connection, and what came instead of what. */
export interface Evidence {
  /** Milliseconds after the start of the load. */
  readonly atMs: number;
  /** Number of the connection in the run. */
  readonly connection: number;
  /** Empty where none was concerned. */
  readonly subscription: string;
  /** Null where nothing was asked. */
  readonly filter: Filter | null;
  readonly expected: readonly EvidenceRef[];
  readonly got: readonly EvidenceRef[];
  /** The word under which a counter of several words counts it. */
  readonly reason?: string;
  /** What happened, where ids alone do not say it. */
  readonly note?: string;
}

/** Evidence by the name of its counter. */
export type EvidenceByCounter = Readonly<Record<string, readonly Evidence[]>>;

/** What the relay does that its users should know and that is no fault. */
export interface Finding {
  readonly kind: FindingKind;
  /** One sentence about the relay. */
  readonly text: string;
  /** The NIP that allows it. */
  readonly nip: string;
  /** How often it was seen. */
  readonly count: number;
}

/** What was seen of a relay. */
export interface Observations {
  readonly evidence: EvidenceByCounter;
  readonly findings: readonly Finding[];
}

/** Cases that are kept of each counter: the first ones. */
export const MOST_CASES = 20;

const TEXTS: Readonly<Record<Exclude<FindingKind, 'silent-cap'>, string>> = {
  'limit-clipped':
    'cuts answers to the max_limit of its NIP-11 document: fewer events than the filters of this scenario ask for',
  'limit-not-enforced': 'answers with more events than the max_limit of its NIP-11 document',
  'subscriptions-not-enforced':
    'takes more subscriptions of a connection than the max_subscriptions of its NIP-11 document',
  'length-not-enforced':
    'acts upon a message that is longer than the max_message_length of its NIP-11 document',
  'work-not-enforced': 'accepts an (ephemeral) event without the min_pow_difficulty of its NIP-11 document',
  'length-not-advertised':
    'closes connections because of long messages, and its NIP-11 document has no max_message_length',
  'work-not-advertised': 'refuses events for want of work, and its NIP-11 document has no min_pow_difficulty',
  'auth-not-advertised': 'demands AUTH, and its NIP-11 document does not list NIP-42',
  'deletions-not-kept': 'accepts requests for deletion (kind 5) but does not return them when asked',
  'slow-readers-closed': 'closes clients that read more slowly than events come to them',
  'slow-readers-behind':
    'had not sent every event to clients that read slowly when the run ended: it leaves events out for them, or keeps them waiting',
  'deletions-not-applied': 'returns deleted events; its NIP-11 document does not list NIP-09',
};

/** A finding. */
export function finding(kind: keyof typeof TEXTS, count = 1): Finding {
  return { kind, text: TEXTS[kind], nip: FINDING_RULES[kind].nip, count };
}

/** The relay never returns more than `events` events and does not say so. */
export function silentCap(events: number, count: number): Finding {
  const text = `returns at most ${events} events a query but does not say so in its NIP-11 document`;
  return { kind: 'silent-cap', text, nip: FINDING_RULES['silent-cap'].nip, count };
}

/** Keeps the first cases of each counter and sums up findings; of a counter of several words every word has a case. */
export class Casebook {
  readonly #cases = new Map<string, Evidence[]>();
  readonly #findings = new Map<string, Finding>();

  /** Whether a further case of this counter would be kept; evidence that costs something need not be gathered otherwise. */
  wants(counter: string): boolean {
    return (this.#cases.get(counter)?.length ?? 0) < MOST_CASES;
  }

  addCase(counter: string, evidence: Evidence): void {
    const cases = this.#cases.get(counter) ?? [];
    this.#cases.set(counter, cases);
    if (cases.length < MOST_CASES) cases.push(evidence);
    else if (cases.every(({ reason }) => reason !== evidence.reason)) cases[MOST_CASES - 1] = evidence;
  }

  addFinding(found: Finding): void {
    const known = this.#findings.get(found.text);
    this.#findings.set(
      found.text,
      known === undefined ? found : { ...found, count: known.count + found.count },
    );
  }

  /** Takes up what another one has. */
  add({ evidence, findings }: Observations): void {
    for (const [counter, cases] of Object.entries(evidence))
      for (const each of cases) this.addCase(counter, each);
    for (const each of findings) this.addFinding(each);
  }

  /** Everything so far, cases in the order of their time. */
  observations(): Observations {
    const inTime = [...this.#cases].map(([counter, cases]) => [
      counter,
      cases.toSorted((a, b) => a.atMs - b.atMs),
    ]);
    return { evidence: Object.fromEntries(inTime), findings: [...this.#findings.values()] };
  }
}
