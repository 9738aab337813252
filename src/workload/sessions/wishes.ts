import { createRandom } from '../../base/random.ts';
import { encodeMaskedTextFrame } from '../../base/websocket-frame.ts';
import { ClientKeys } from '../../corpus/client-signer.ts';
import type { SeriesTable } from '../../metric/series-table.ts';
import { NAMED_SHAPES, type ShapeDraw, type ShapeName } from '../../scenario/named-shapes.ts';
import { numberedSubscription } from '../../wire/subscription-id.ts';
import { type Drawable, type DrawPools, drawFilter, type FilterTemplate } from '../draw-filter.ts';
import { pickShare, sharesOf } from '../filter-shares.ts';
import { RequestFrames } from '../request-frames.ts';
import type { Client } from './client.ts';
import { type Habit, MESSAGE_KIND, MESSAGE_LIMIT, NOW_AND_THEN, WATCHED } from './habits.ts';
import type { Wish } from './session-requests.ts';

/** First letter of the subscription ids of clients. */
export const SESSION_LETTER = 'u';
/** Filters that are drawn of each shape: building a frame when it is due would delay others. */
const DRAWN = 64;
const MASK = 0x41c6ce57;
/** Room for a request for direct messages. */
const MESSAGES_BYTES = 256;

export type WhatIsWished = Pick<Wish, 'series' | 'frame'>;

export interface WishesOptions {
  readonly seed: number;
  /** Names the draws of this worker. */
  readonly worker: number;
  readonly pools: DrawPools;
  readonly series: SeriesTable;
}

const SHAPES = Object.entries(NAMED_SHAPES) as readonly (readonly [
  ShapeName,
  { readonly filter: FilterTemplate; readonly draw?: ShapeDraw },
])[];

/** What the named shapes ask for, as filters are drawn. */
export const SESSION_FILTERS: readonly Drawable[] = SHAPES.map(([, shape]) => shape);

/** Says what clients ask for: drawn from the corpus, ready to be sent. */
export class Wishes {
  readonly frames: RequestFrames;
  readonly #series: ReadonlyMap<Habit, number>;
  readonly #keys: ClientKeys;
  readonly #placeOf = new Map<ShapeName, number>(SHAPES.map(([name], place) => [name, place]));
  readonly #shares = sharesOf(NOW_AND_THEN);

  constructor({ seed, worker, pools, series }: WishesOptions) {
    const random = createRandom(seed, `session-filters/${worker}`);
    const drawn = SESSION_FILTERS.flatMap((shape) =>
      Array.from({ length: DRAWN }, () => drawFilter(shape, pools, random)),
    );
    this.frames = new RequestFrames(SESSION_LETTER, drawn, random.uint32);
    const habits: readonly Habit[] = [...SHAPES.map(([name]) => name), 'direct-messages'];
    this.#series = new Map(habits.map((habit) => [habit, series.indexOf('session_request_latency', habit)]));
    this.#keys = new ClientKeys(seed);
  }

  /** Bytes of the largest frame. */
  get maxBytes(): number {
    return Math.max(this.frames.maxBytes, MESSAGES_BYTES);
  }

  /** Makes the keys of these clients: it takes too long while the load lasts. */
  prepare(connections: Iterable<number>): void {
    for (const connection of connections) this.#keys.publicKeyOf(connection);
  }

  of(habit: Habit, { connection, random }: Client): WhatIsWished {
    const series = this.#series.get(habit) ?? -1;
    if (habit === 'direct-messages') return { series, frame: this.#messagesTo(connection) };
    return { series, frame: (this.#placeOf.get(habit) ?? 0) * DRAWN + random.int(DRAWN) };
  }

  /** Something on the screen. */
  watched(client: Client): WhatIsWished {
    return this.of(WATCHED[client.random.int(WATCHED.length)] as ShapeName, client);
  }

  /** What is asked now and then. */
  now(client: Client): WhatIsWished {
    const at = pickShare(this.#shares, client.random.next());
    return this.of((NOW_AND_THEN[at] as (typeof NOW_AND_THEN)[number]).habit, client);
  }

  #messagesTo(connection: number): (sequence: number) => Buffer {
    const filter = {
      kinds: [MESSAGE_KIND],
      '#p': [this.#keys.publicKeyOf(connection)],
      limit: MESSAGE_LIMIT,
    };
    return (sequence) =>
      encodeMaskedTextFrame(
        JSON.stringify(['REQ', numberedSubscription(SESSION_LETTER, sequence), filter]),
        MASK,
      );
  }
}
