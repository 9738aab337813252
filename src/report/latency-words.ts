import { type BaseLatency, baseLatency, type LatencyMetric } from '../metric/catalogue.ts';

/** What each latency is for people, beside its name in run.json. */
const WORDS: Readonly<Record<BaseLatency, string>> = {
  connect_latency: 'Connect',
  ack_latency: 'Write to OK',
  reject_latency: 'Write to refusal',
  first_event_latency: 'Query to first event',
  eose_latency: 'Query to EOSE',
  delivery_latency: 'Write to subscriber',
  delivery_last_latency: 'Write to last subscriber',
  delivery_cross_latency: 'Write to subscriber at another relay',
  late_latency: 'Lateness of late replies',
  send_lag: 'Send lag of the generator',
};

/** `Write to OK` of `ack_latency` and of its twin from the write. */
export function latencyWords(name: LatencyMetric): string {
  return WORDS[baseLatency(name)];
}
