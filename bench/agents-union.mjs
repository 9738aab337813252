// The samples of agents as they come over Redis, merged by nobody.

import { readNews } from '../dist/distributed/news.js';
import { Unpacker } from '../dist/distributed/parcel.js';
import { buildSeriesTable } from '../dist/metric/series-table.js';

/** The latency whose samples are held against each other. */
export const METRIC = 'ack_latency';

/** The samples of one latency in the measured phases, as the agents have sent them; merged by nobody. */
export class UnionOfNews {
  /** Samples by bucket. */
  buckets = new Map();
  #unpackers;
  #series;
  #phases;

  constructor(plan, agents) {
    this.#unpackers = Array.from({ length: agents }, (_, shard) => new Unpacker(shard));
    this.#series = buildSeriesTable(plan.latencies, plan.labels).indexOf(METRIC);
    this.#phases = new Set(plan.phases.flatMap(({ kind }, at) => (kind === 'measured' ? [at] : [])));
  }

  /** An entry of the stream of news. */
  add(entry) {
    for (const unpacker of this.#unpackers) {
      const text = unpacker.accept(entry);
      if (text === null) continue;
      const news = readNews(text);
      if (news.type === 'worker' && news.message.type === 'interval') this.#take(news.message.interval);
    }
  }

  #take({ samples }) {
    for (const { series, phase, delta } of samples) {
      if (series !== this.#series || !this.#phases.has(phase)) continue;
      for (let at = 0; at < delta.buckets.length; at += 2) {
        const [bucket, count] = [delta.buckets[at], delta.buckets[at + 1]];
        this.buckets.set(bucket, (this.buckets.get(bucket) ?? 0) + count);
      }
    }
  }
}
