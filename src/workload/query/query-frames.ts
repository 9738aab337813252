import { createRandom } from '../../base/random.ts';
import { encodeMaskedTextFrame } from '../../base/websocket-frame.ts';
import type { Filter } from '../../nostr/filter.ts';
import { type DrawPools, drawFilter, type Sample } from '../draw-filter.ts';
import { pickShare, sharesOf, type WeightedFilter } from '../filter-shares.ts';
import type { QueryShape } from './query-shapes.ts';
import { querySubscription } from './query-subscription.ts';

/** What an arrival asks for. */
export interface DrawnQuery {
  readonly filter: Filter;
  readonly shape: QueryShape;
  /** Place of its shape. */
  readonly shapeIndex: number;
}

/** What queries are drawn from. */
export interface QueryFramesOptions {
  readonly seed: number;
  readonly pools: DrawPools;
  /** As the shapes are, and in their order. */
  readonly filters: readonly WeightedFilter[];
  /** How values are drawn; default: one as likely as the other. */
  readonly choose?: Sample | undefined;
}

/** Draws what arrivals ask for and writes their messages. */
export class QueryFrames {
  readonly #seed: number;
  readonly #pools: DrawPools;
  readonly #shapes: readonly QueryShape[];
  /** Upper edges of their shares of 0..1. */
  readonly #shares: readonly number[];
  readonly #mask: () => number;
  readonly #choose: Sample | undefined;

  constructor({ seed, pools, filters, choose }: QueryFramesOptions, shapes: readonly QueryShape[]) {
    this.#seed = seed;
    this.#pools = pools;
    this.#choose = choose;
    this.#shapes = shapes;
    this.#shares = sharesOf(filters);
    this.#mask = createRandom(seed, 'query-masks').uint32;
  }

  /** What arrival `number` asks for: the same every time, and whatever the number of workers. */
  draw(number: number): DrawnQuery {
    const random = createRandom(this.#seed + number, 'query');
    const shapeIndex = pickShare(this.#shares, random.next());
    const shape = this.#shapes[shapeIndex] as QueryShape;
    return { filter: drawFilter(shape.asked, this.#pools, random, this.#choose), shape, shapeIndex };
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
