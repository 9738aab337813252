/**
 * What a client may think of the frames that come after one REQ: written from the text of NIP-01 alone, sharing nothing
 * with the product, and by trying every possibility instead of by rules of thumb. Slow, small, and for tests.
 */

export interface ReferenceEvent {
  readonly id: string;
  readonly created_at: number;
  readonly kind: number;
}

/** The question `{kinds: [kind], limit}`, and what its relay was sent long before it: that can't come live. */
export interface ReferenceCase {
  readonly subscription: string;
  readonly kind: number;
  readonly limit: number | undefined;
  readonly stored: readonly ReferenceEvent[];
}

/** A frame as text, or the moment at which the client gives up. */
export type Step = string | 'deadline';

type Events = readonly ReferenceEvent[];
const ENDS = { completed: 0, closed: 0, timeout: 0 };
type State = 'asked' | 'complete' | 'refused' | 'given up';

/** Judges one exchange, frame by frame; its fields are the verdict. */
export class ReferenceJudge {
  /** `afterEose`: stored events that came after EOSE. */
  readonly counts = { ...ENDS, late: 0, stray: 0, malformed: 0, events: 0, afterEose: 0 };
  /** Rules that the answer breaks; empty without a complete answer. */
  broken: ReadonlySet<string> = new Set();
  /** Whether it is as short as that of a relay with a limit that it does not tell. */
  short = false;
  readonly #given: ReferenceCase;
  readonly #answer: (ReferenceEvent | null)[] = [];
  #state: State = 'asked';

  constructor(given: ReferenceCase, steps: readonly Step[]) {
    this.#given = given;
    for (const step of steps) this.#take(step);
  }

  #take(step: Step): void {
    const [word, subscription, content] = messageIn(step) ?? [];
    if (step === 'deadline') this.#giveUp();
    else if (word === undefined) this.counts.malformed++;
    else if (word !== 'AUTH' && word !== 'NOTICE') this.#takeReply(String(word), subscription, content);
  }

  #giveUp(): void {
    if (this.#state !== 'asked') return;
    this.counts.timeout++;
    this.#state = 'given up';
  }

  #takeReply(word: string, subscription: unknown, content: unknown): void {
    if (subscription !== this.#given.subscription) this.counts.stray++;
    else if (word === 'EVENT') this.#takeEvent(eventIn(content));
    else if (word === 'EOSE') this.#takeEose();
    else this.#takeClosed();
  }

  /** After a CLOSED the subscription has ended for both: what comes then is on its way already and counts nowhere. */
  #takeEvent(event: ReferenceEvent | null): void {
    if (this.#state === 'asked') {
      this.counts.events++;
      this.#answer.push(event);
    } else if (this.#state !== 'refused') {
      this.counts.late++;
      const isStored = this.#given.stored.some(({ id }) => id === event?.id);
      if (this.#state === 'complete' && isStored) this.counts.afterEose++;
    }
  }

  #takeEose(): void {
    if (this.#state === 'asked') this.#judge();
    else if (this.#state === 'given up') this.counts.late++;
    else this.counts.stray++;
    if (this.#state !== 'refused') this.#state = 'complete';
  }

  #takeClosed(): void {
    if (this.#state === 'asked') this.counts.closed++;
    if (this.#state === 'given up') this.counts.late++;
    this.#state = 'refused';
  }

  #judge(): void {
    this.counts.completed++;
    const { kind, limit, stored } = this.#given;
    const events = this.#answer.filter((event) => event !== null);
    const surely = events.filter((event) => hasId(stored, event));
    const isLimited = limit !== undefined;
    const rules: Readonly<Record<string, boolean>> = {
      malformed: events.length === this.#answer.length,
      'no-match': events.every((event) => event.kind === kind),
      repeated: unique(surely).length === surely.length,
      order:
        !isLimited ||
        surely.every((event, i) => surely.slice(0, i).every((other) => comesBefore(other, event))),
      'over-limit': !isLimited || surely.length <= limit,
    };
    this.broken = new Set(Object.keys(rules).filter((rule) => rules[rule] === false));
    const missing = stored.filter((event) => event.kind === kind && !hasId(surely, event));
    if (this.broken.size > 0 || missing.length === 0 || limit === 0) return;
    // Any of the others may have been stored or live: the answer is right where it is right for one choice.
    const others = unique(events.filter((event) => !hasId(stored, event)));
    const choices = subsets(others).map((some) => [...surely, ...some]);
    const isRight = choices.some((all) => (!isLimited || all.length >= limit) && areNewest(all, missing));
    const mayBeCap = isLimited ? choices.some((all) => areNewest(all, missing)) : events.length > 0;
    this.short = !isRight && mayBeCap;
    if (!isRight && !this.short) this.broken = new Set(['missing']);
  }
}

/** NIP-01: a JSON array that begins with one of five words (and AUTH of NIP-42). */
function messageIn(text: string): readonly unknown[] | null {
  try {
    const value: unknown = JSON.parse(text);
    const words: readonly unknown[] = ['EVENT', 'EOSE', 'CLOSED', 'OK', 'NOTICE', 'AUTH'];
    return Array.isArray(value) && words.includes(value[0]) ? value : null;
  } catch {
    return null;
  }
}

function eventIn(value: unknown): ReferenceEvent | null {
  const event = value as Partial<ReferenceEvent> | undefined;
  return typeof event?.id === 'string' ? (event as ReferenceEvent) : null;
}

/** Newer events first, in the case of ties the lowest id first. */
const comesBefore = (a: ReferenceEvent, b: ReferenceEvent): boolean =>
  a.created_at > b.created_at || (a.created_at === b.created_at && a.id < b.id);
const areNewest = (events: Events, missing: Events): boolean =>
  events.length > 0 && missing.every((gone) => events.every((event) => comesBefore(event, gone)));
const hasId = (events: Events, { id }: ReferenceEvent): boolean => events.some((event) => event.id === id);
const unique = (events: Events): Events => [...new Map(events.map((event) => [event.id, event])).values()];

function subsets([first, ...rest]: Events): Events[] {
  if (first === undefined) return [[]];
  return subsets(rest).flatMap((some) => [some, [first, ...some]]);
}
