import { createHash } from 'node:crypto';
import { type Chunk, PUBKEY_STRIDE } from '../chunk.ts';
import { HexTable } from '../hex-table.ts';
import type { CorpusFigures } from './manifest.ts';
import { ValueCounts } from './value-counts.ts';

/** Counts what a manifest says about the events, chunk by chunk in their order. */
export class Tally {
  readonly #fingerprint = createHash('sha256');
  readonly #authors = new HexTable();
  readonly #kinds = new Map<number, number>();
  readonly #eventBytes = new ValueCounts();
  readonly #contentBytes = new ValueCounts();
  readonly #tagCount = new ValueCounts();
  #events = 0;
  #oldest_s = Number.POSITIVE_INFINITY;
  #newest_s = Number.NEGATIVE_INFINITY;
  #last_s = Number.NEGATIVE_INFINITY;
  #isAscending = true;

  get events(): number {
    return this.#events;
  }

  add(chunk: Chunk): void {
    this.#fingerprint.update(chunk.ids);
    this.#events += chunk.events;
    for (let at = 0; at < chunk.events; at++) {
      this.#authors.add(chunk.pubkeys, at * PUBKEY_STRIDE);
      const kind = chunk.kinds[at] as number;
      this.#kinds.set(kind, (this.#kinds.get(kind) ?? 0) + 1);
      this.#eventBytes.add(chunk.eventBytes[at] as number);
      this.#contentBytes.add(chunk.contentBytes[at] as number);
      this.#tagCount.add(chunk.tagCounts[at] as number);
      this.#addTime(chunk.createdAt_s[at] as number);
    }
  }

  /** To be called once, at the end. */
  figures(): CorpusFigures {
    const kinds = [...this.#kinds].sort(([a], [b]) => a - b).map(([kind, count]) => [String(kind), count]);
    const isEmpty = this.#events === 0;
    return {
      events: this.#events,
      authors: this.#authors.size,
      kinds: Object.fromEntries(kinds),
      createdAt: {
        oldest_s: isEmpty ? 0 : this.#oldest_s,
        newest_s: isEmpty ? 0 : this.#newest_s,
        isAscending: this.#isAscending,
      },
      eventBytes: this.#eventBytes.summary(),
      contentBytes: this.#contentBytes.summary(),
      tagCount: this.#tagCount.summary(),
      fingerprint: this.#fingerprint.digest('hex'),
    };
  }

  #addTime(createdAt_s: number): void {
    if (createdAt_s < this.#last_s) this.#isAscending = false;
    this.#last_s = createdAt_s;
    this.#oldest_s = Math.min(this.#oldest_s, createdAt_s);
    this.#newest_s = Math.max(this.#newest_s, createdAt_s);
  }
}
