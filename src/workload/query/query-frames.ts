import { createRandom } from '../../base/random.ts';
import { encodeMaskedTextFrame } from '../../base/websocket-frame.ts';
import type { Filter } from '../../nostr/filter.ts';
import { type DrawPools, drawFilter } from '../draw-filter.ts';
import { pickShape, type QueryShape } from './query-shapes.ts';
import { querySubscription } from './query-subscription.ts';

/** What an arrival asks for. */
export interface DrawnQuery {
  readonly filter: Filter;
  readonly shape: QueryShape;
  /** Place of its shape. */
  readonly shapeIndex: number;
}

/** Draws what arrivals ask for and writes their messages. */
export class QueryFrames {
  readonly #seed: number;
  readonly #pools: DrawPools;
  readonly #shapes: readonly QueryShape[];
  readonly #mask: () => number;

  constructor(seed: number, pools: DrawPools, shapes: readonly QueryShape[]) {
    this.#seed = seed;
    this.#pools = pools;
    this.#shapes = shapes;
    this.#mask = createRandom(seed, 'query-masks').uint32;
  }

  /** What arrival `number` asks for: the same every time, and whatever the number of workers. */
  draw(number: number): DrawnQuery {
    const random = createRandom(this.#seed + number, 'query');
    const shapeIndex = pickShape(this.#shapes, random.next());
    const shape = this.#shapes[shapeIndex] as QueryShape;
    return { filter: drawFilter(shape.filter, this.#pools, random), shape, shapeIndex };
  }

  request(sequence: number, filter: Filter): Buffer {
    return this.#frame(['REQ', querySubscription(sequence), filter]);
  }

  close(sequence: number): Buffer {
    return this.#frame(['CLOSE', querySubscription(sequence)]);
  }

  #frame(message: readonly unknown[]): Buffer {
    return encodeMaskedTextFrame(JSON.stringify(message), this.#mask());
  }
}
