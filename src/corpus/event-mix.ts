import { mix } from '../base/mix.ts';
import { type EventFrames, type EventFrameWriter, NO_TOPIC } from './event-frames.ts';

/** One sort of event of a mix. */
export interface MixedSort {
  readonly frames: EventFrameWriter;
  /** Share among the sorts. */
  readonly weight: number;
}

/** Writes events of several sorts; which sort an event is of follows from its number, whatever the number of workers. */
export class EventMix implements EventFrames {
  readonly maxFrameBytes: number;
  idHigh = 0;
  idLow = 0;
  topic = NO_TOPIC;
  hasVersions = false;
  readonly #sorts: readonly MixedSort[];
  readonly #salt: number;
  /** Upper edges of the shares of 2^32. */
  readonly #edges: readonly number[];

  /** @param salt unsigned 32-bit number; another one shuffles the sorts otherwise */
  constructor(sorts: readonly MixedSort[], salt: number) {
    const sum = sorts.reduce((total, { weight }) => total + weight, 0);
    let reached = 0;
    this.#sorts = sorts;
    this.#salt = salt;
    this.#edges = sorts.map(({ weight }) => {
      reached += weight;
      return (reached / sum) * 0x1_0000_0000;
    });
    this.maxFrameBytes = Math.max(...sorts.map(({ frames }) => frames.maxFrameBytes));
  }

  sortOf(n: number): number {
    const draw = mix(n, this.#salt);
    let at = 0;
    // The last edge may lie a rounding below the greatest draw.
    while (at < this.#sorts.length - 1 && draw >= (this.#edges[at] as number)) at++;
    return at;
  }

  isReady(): boolean {
    return true;
  }

  isRepeat(): boolean {
    return false;
  }

  // biome-ignore lint/complexity/useMaxParams: an options object per event is the garbage this avoids
  write(target: Buffer, offset: number, n: number, createdAt_s: number, scheduledOffsetNs: number): number {
    const { frames } = this.#sorts[this.sortOf(n)] as MixedSort;
    const length = frames.write(target, offset, n, createdAt_s, scheduledOffsetNs);
    this.idHigh = frames.idHigh;
    this.idLow = frames.idLow;
    this.topic = frames.topic;
    this.hasVersions = frames.hasVersions;
    return length;
  }
}
