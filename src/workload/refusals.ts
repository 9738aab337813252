/** One sort of answer by which a relay refused events. */
export interface Refusal {
  /** The first of these answers, as the relay wrote it: escape it before display. */
  readonly text: string;
  readonly count: number;
}

/** Sorts of answers that are kept apart; further ones count as the last of them. */
const MOST_SORTS = 50;
const MOST_CHARACTERS = 200;

/** Counts the answers by which a relay refuses events. Those that differ in numbers and ids alone are one sort. */
export class Refusals {
  readonly #sorts = new Map<string, { text: string; count: number }>();

  /** @param text message of an OK false (NIP-01) */
  add(text: string): void {
    const sort = text.slice(0, MOST_CHARACTERS).replaceAll(/[0-9a-f]{16,}|\d+/g, '#');
    const key = this.#sorts.size < MOST_SORTS || this.#sorts.has(sort) ? sort : '';
    const known = this.#sorts.get(key);
    if (known === undefined) this.#sorts.set(key, { text: text.slice(0, MOST_CHARACTERS), count: 1 });
    else known.count++;
  }

  /** The most frequent first. */
  list(): readonly Refusal[] {
    return [...this.#sorts.values()].sort((a, b) => b.count - a.count);
  }
}

interface Rule {
  readonly pattern: RegExp;
  /** The field of the relay's information document (NIP-11) that says so beforehand; null where none does. */
  readonly field: string | null;
  /** What a reader can do about it. */
  readonly advice: string;
}

/** The first that fits counts; prefixes are those of NIP-01 and NIP-42. */
const RULES: readonly Rule[] = [
  {
    pattern: /^pow\b|difficulty/i,
    field: 'min_pow_difficulty',
    advice: 'let the relay ask for less proof of work during the benchmark',
  },
  {
    pattern: /^auth-required/i,
    field: 'auth_required',
    advice: 'let clients write without NIP-42, or use a scenario whose clients authenticate',
  },
  {
    pattern: /^payment|\bpay(ment)?\b|admission/i,
    field: 'payment_required',
    advice: 'the keys of a run are new: admit them without payment',
  },
  {
    pattern: /^rate-limited|too fast|slow down|too many (requests|events|messages|connections)/i,
    field: null,
    advice: 'lift the limit for the address of this machine, or lower the rate of the scenario',
  },
  {
    pattern: /created_at|timestamp|expired|too old|too early|too far|(the )?(past|future)/i,
    field: 'created_at_lower_limit',
    advice: 'let the relay announce the times that it accepts, or widen them',
  },
  {
    pattern: /content.*(long|large|length|size)/i,
    field: 'max_content_length',
    advice: 'raise the limit, or publish smaller events',
  },
  {
    pattern: /\btags?\b.*(many|long|large|max)|(many|max\w*)\b.*\btags\b/i,
    field: 'max_event_tags',
    advice: 'raise the limit, or publish events with fewer tags',
  },
  {
    pattern: /too (large|big|long)|size|length/i,
    field: 'max_message_length',
    advice: 'raise the limit, or publish smaller events',
  },
  {
    pattern: /^(restricted|blocked)|whitelist|allow/i,
    field: 'restricted_writes',
    advice: 'the keys of a run are new: let anybody write, or every kind that the scenario publishes',
  },
];

/** The most frequent answers of a relay in one sentence, what stands behind the first and what to do about it. */
export function describeRefusals(refusals: readonly Refusal[]): string {
  const [first] = refusals;
  if (first === undefined) return 'without an answer';
  const words = refusals
    .slice(0, 3)
    .map(({ text, count }) => `${count.toLocaleString('en-US')} times "${text}"`)
    .join(', ');
  return `${words}${adviceText(first.text)}`;
}

/** What stands behind an answer and what to do about it, to be put behind it; empty where its words do not tell. */
export function adviceText(text: string): string {
  const found = RULES.find(({ pattern }) => pattern.test(text));
  if (found === undefined) return '';
  return `${found.field === null ? '' : ` (NIP-11: ${found.field})`}; ${found.advice}`;
}
