import { NS_PER_S, NS_PER_US } from '../../base/clock.ts';
import { encodeMaskedTextFrame, maskedFrameLength } from '../../base/websocket-frame.ts';
import type { Shard } from '../../plan/parts.ts';
import type { TracedEvent, TraceStep } from '../../trace/format.ts';
import { readSteps } from '../../trace/read-trace.ts';
import { numberedSubscription } from '../../wire/subscription-id.ts';
import type { SignedNote } from '../signed-note.ts';
import type { TraceMapping } from './trace-mapping.ts';

/** First letter of the subscription ids of replayed clients. */
export const REPLAY_LETTER = 'y';

/** An event of a trace that is to be signed. */
export interface UnsignedEvent {
  /** Number of its author. */
  readonly author: number;
  readonly kind: number;
  readonly created_at: number;
  readonly tags: readonly (readonly string[])[];
  /** What its content is made from; the text itself where it was kept. */
  readonly content: { readonly id: string; readonly bytes: number } | string;
}

/** Something that a client of this worker does. `sequence`: number of its subscription. */
export type ReplayStep = ReplayPlace &
  (
    | { readonly what: 'open' | 'other' }
    | {
        readonly what: 'close';
        /** Whether its client had all answers, so that it waits for them. */
        readonly waits: boolean;
      }
    | { readonly what: 'REQ' | 'COUNT'; readonly sequence: number; readonly frame: Buffer }
    | {
        readonly what: 'CLOSE';
        readonly sequence: number;
        readonly frame: Buffer;
        /** Whether the client had the answer to its REQ, so that it waits for it. */
        readonly waits: boolean;
      }
    | { readonly what: 'EVENT'; readonly event: UnsignedEvent; signed: SignedNote | null }
  );

interface ReplayPlace {
  readonly connection: number;
  /** ns after the start of the load. */
  readonly dueNs: number;
}

/** What a worker has to do. */
export interface ReplaySteps {
  readonly steps: readonly ReplayStep[];
  /** Bytes of its largest frame. */
  readonly maxFrameBytes: number;
  /** Subscriptions, so that their numbers are below. */
  readonly sequences: number;
}

/** Who publishes in a trace, numbered in the order in which they come. */
export async function publishersOf(path: string): Promise<ReadonlyMap<string, number>> {
  const publishers = new Map<string, number>();
  for await (const step of readSteps(path))
    if (step.what === 'EVENT' && !publishers.has(step.event.pubkey))
      publishers.set(step.event.pubkey, publishers.size);
  return publishers;
}

export interface LoadStepsOptions {
  readonly path: string;
  readonly factor: number;
  /** When the first step of the trace was, µs. */
  readonly mapping: TraceMapping;
  readonly publishers: ReadonlyMap<string, number>;
  readonly shard: Shard;
  /** Number of the first connection of the trace. */
  readonly firstConnection: number;
  /** Unix seconds of the start of the load, the same in every worker: an event that comes twice is one event. */
  readonly start_s: number;
  readonly nextMask: () => number;
}

/**
 * What the clients of this worker do, in the order of time.
 * @throws RelayBenchError as reading a trace does
 */
export async function loadSteps(options: LoadStepsOptions): Promise<ReplaySteps> {
  const loader = new StepLoader(options);
  for await (const step of readSteps(options.path)) loader.add(step);
  return loader;
}

/** Everything of an event but its signature and the text of tags and content, bytes of JSON. */
const EVENT_BYTES = 500;

class StepLoader implements ReplaySteps {
  readonly steps: ReplayStep[] = [];
  maxFrameBytes = 0;
  sequences = 0;
  readonly #options: LoadStepsOptions;
  readonly #connections = new Map<number, number>();
  /** `created_at` of an event, by what the trace calls it. */
  readonly #createdAt = new Map<string, number>();
  /** By connection and its own number. */
  readonly #open = new Map<string, number>();
  #firstUs: number | null = null;

  constructor(options: LoadStepsOptions) {
    this.#options = options;
  }

  add(step: TraceStep): void {
    this.#firstUs ??= step.atUs;
    const { factor, shard, firstConnection } = this.#options;
    const dueNs = ((step.atUs - this.#firstUs) * NS_PER_US) / factor;
    // What comes twice is one event, whichever workers send it.
    if (step.what === 'EVENT') this.#date(step.event, dueNs);
    const number = this.#connections.get(step.connection) ?? this.#connections.size;
    this.#connections.set(step.connection, number);
    if (number % shard.count !== shard.index) return;
    this.steps.push(this.#stepOf(step, { connection: firstConnection + number, dueNs }));
  }

  #date({ id, created }: TracedEvent, dueNs: number): void {
    if (this.#createdAt.has(id)) return;
    const sent_s = this.#options.start_s + Math.floor(dueNs / NS_PER_S);
    this.#createdAt.set(id, Math.max(0, sent_s + created));
  }

  #stepOf(step: TraceStep, place: ReplayPlace): ReplayStep {
    switch (step.what) {
      case 'open':
        return { ...place, what: 'open' };
      case 'close':
        return { ...place, what: 'close', waits: step.isAnswered };
      case 'REQ':
      case 'COUNT':
        return this.#question(step, place);
      case 'CLOSE':
        return this.#close(step, place);
      case 'EVENT':
        return { ...place, what: 'EVENT', event: this.#event(step.event), signed: null };
      default:
        return { ...place, what: 'other' };
    }
  }

  #question(
    { what, subscription, filters }: Extract<TraceStep, { readonly what: 'REQ' | 'COUNT' }>,
    place: ReplayPlace,
  ): ReplayStep {
    const { mapping, start_s } = this.#options;
    const sequence = what === 'COUNT' ? this.sequences++ : this.#sequenceOf(place.connection, subscription);
    const now_s = start_s + Math.floor(place.dueNs / NS_PER_S);
    const mapped = filters.map((filter) => mapping.filter(filter, now_s));
    return { ...place, what, sequence, frame: this.#frame([what, subscriptionOf(sequence), ...mapped]) };
  }

  #close(
    { subscription, isAnswered }: Extract<TraceStep, { readonly what: 'CLOSE' }>,
    place: ReplayPlace,
  ): ReplayStep {
    const sequence = this.#sequenceOf(place.connection, subscription);
    this.#open.delete(`${place.connection}/${subscription}`);
    const frame = this.#frame(['CLOSE', subscriptionOf(sequence)]);
    return { ...place, what: 'CLOSE', sequence, frame, waits: isAnswered };
  }

  /** A REQ under the id of an open subscription takes its place (NIP-01), so it has the same number. */
  #sequenceOf(connection: number, subscription: number): number {
    const key = `${connection}/${subscription}`;
    const known = this.#open.get(key);
    if (known !== undefined) return known;
    this.#open.set(key, this.sequences);
    return this.sequences++;
  }

  #event({ id, pubkey, kind, tags, bytes, content }: TracedEvent): UnsignedEvent {
    const { mapping, publishers, start_s } = this.#options;
    const mapped = mapping.tags(tags.map((tag) => expiring(tag, start_s)));
    const text = content === undefined ? bytes + 2 : Buffer.byteLength(JSON.stringify(content));
    this.#grow(maskedFrameLength(EVENT_BYTES + Buffer.byteLength(JSON.stringify(mapped)) + text));
    return {
      author: publishers.get(pubkey) ?? 0,
      kind,
      created_at: this.#createdAt.get(id) ?? start_s,
      tags: mapped,
      content: content ?? { id, bytes },
    };
  }

  #frame(message: readonly unknown[]): Buffer {
    const frame = encodeMaskedTextFrame(JSON.stringify(message), this.#options.nextMask());
    this.#grow(frame.length);
    return frame;
  }

  #grow(bytes: number): void {
    this.maxFrameBytes = Math.max(this.maxFrameBytes, bytes);
  }
}

function subscriptionOf(sequence: number): string {
  return numberedSubscription(REPLAY_LETTER, sequence);
}

/** A trace has the time of an expiration (NIP-40) as it was from the moment of the event. */
function expiring(tag: readonly string[], start_s: number): readonly string[] {
  const after_s = tag[0] === 'expiration' ? Number(tag[1]) : Number.NaN;
  return Number.isSafeInteger(after_s) ? ['expiration', String(start_s + after_s)] : tag;
}
