import { describe, expect, it } from 'vitest';
import { monotonicNs } from '../../../../src/base/clock.ts';
import { createRandom } from '../../../../src/base/random.ts';
import { messageOfMaskedFrame } from '../../../../src/base/websocket-frame.ts';
import { LATENCY_NAMES } from '../../../../src/metric/catalogue.ts';
import { buildSeriesTable } from '../../../../src/metric/series-table.ts';
import { compareNewestFirst } from '../../../../src/nostr/kinds.ts';
import { NegentropyItems } from '../../../../src/nostr/negentropy/items.ts';
import { answerNegentropy } from '../../../../src/nostr/nip77.ts';
import type { Connection } from '../../../../src/wire/connection.ts';
import { FrameStore } from '../../../../src/wire/frame-store.ts';
import { Outbox } from '../../../../src/wire/outbox.ts';
import { Rotation } from '../../../../src/workload/clients.ts';
import { countingSchedule } from '../../../../src/workload/load-model.ts';
import { drawClientSet } from '../../../../src/workload/sync/client-set.ts';
import { SyncWorkload } from '../../../../src/workload/sync/sync-workload.ts';
import { FakeCases } from '../../../support/fake-cases.ts';
import { FakeSink } from '../../../support/fake-sink.ts';

const SERIES = buildSeriesTable(LATENCY_NAMES, {});
const notes = Array.from({ length: 300 }, (_, i) => ({
  id: i.toString(16).padStart(64, '0'),
  created_at: 1_700_000_000 + i,
}));

/** Syncs of one client on connection 1 without a network: what a relay would send is handed in. */
function harness() {
  const sink = new FakeSink();
  const cases = new FakeCases();
  const sent: string[][] = [];
  const workload = new SyncWorkload({
    store: new FrameStore(4_096, 8),
    schedule: countingSchedule(0, 1),
    clients: new Rotation([1], () => true),
    sets: [drawClientSet(notes, { missing: 4, extra: 2 }, createRandom(1, 'sync-sets'))],
    filter: { kinds: [1], '#t': ['tag'] },
    seed: 1,
    timeoutMs: 1_000,
    start: { monotonicNs: monotonicNs() - 1e6 },
    sink,
    series: SERIES,
    cases,
    send: (_connection, frame) => sent.push(JSON.parse(messageOfMaskedFrame(frame)) as string[]),
  });
  const written: string[][] = [];
  const outbox = new Outbox();
  outbox.setOwners([workload.stream]);
  const write = (frame: Buffer): boolean => {
    written.push(JSON.parse(messageOfMaskedFrame(frame)) as string[]);
    return true;
  };
  outbox.open({ number: 1, isOpen: true, write } as unknown as Connection);
  workload.stream.sender.attach(outbox, 0);
  workload.stream.fire();
  outbox.flush();
  return { workload, sink, cases, sent, opening: written[0]?.[3] ?? '' };
}

const hex = (answer: Buffer): string => answer.toString('hex');
const relay = NegentropyItems.of([...notes].sort(compareNewestFirst));

describe('a sync', () => {
  it('asks until neither side has anything to ask, and counts round trips and bytes', () => {
    const { workload, sink, sent, opening } = harness();
    let query = opening;
    for (let round = 0; round < 10 && workload.stream.pending > 0; round++) {
      const answer = hex(answerNegentropy(relay, Buffer.from(query, 'hex'), 16_384));
      expect(workload.onNegotiation(1, 0, 'NEG-MSG', answer)).toBe(true);
      query = sent.at(-1)?.[2] ?? '';
    }
    expect(sink.counts).toMatchObject({ 'syncs_sent/0': 1, 'syncs_completed/0': 1 });
    expect(sink.counts['sync_rounds/0']).toBe(sent.length);
    expect(sink.counts['sync_bytes/0']).toBeGreaterThan(opening.length / 2);
    expect(sent.at(-1)).toEqual(['NEG-CLOSE', 'n00000000']);
    expect(sink.of(SERIES.indexOf('sync_latency'))).toHaveLength(1);
    expect(Object.keys(sink.counts).filter((name) => name.startsWith('syncs_wrong'))).toEqual([]);
  });

  it('ends where the relay refuses, by the word that it says', () => {
    const { workload, sink } = harness();
    expect(workload.onNegotiation(1, 0, 'NEG-ERR', 'blocked: too many events')).toBe(true);
    expect(sink.counts['syncs_refused:blocked/0']).toBe(1);
    expect(workload.stream.pending).toBe(0);
  });

  it.each(['', 'xyz', '61', '62', '6100ff', 'abc'])('survives the answer "%s"', (answer) => {
    const { workload } = harness();
    expect(workload.onNegotiation(1, 0, 'NEG-MSG', answer)).toBe(true);
    expect(workload.stream.pending).toBe(0);
  });

  it('gives up at its deadline, tells the relay so, and takes a later answer as late', () => {
    const { workload, sink, cases, sent, opening } = harness();
    workload.stream.expireAll();
    expect(sink.counts['syncs_timeout/0']).toBe(1);
    expect(cases.kept.map(({ counter }) => counter)).toEqual(['syncs_timeout']);
    expect(sent).toEqual([['NEG-CLOSE', 'n00000000']]);
    const answer = hex(answerNegentropy(relay, Buffer.from(opening, 'hex'), 16_384));
    expect(workload.onNegotiation(1, 0, 'NEG-MSG', answer)).toBe(true);
    expect(sink.counts['replies_late/0']).toBe(1);
  });

  it('does not know what nobody has begun', () => {
    expect(harness().workload.onNegotiation(1, 99, 'NEG-MSG', '61')).toBe(false);
  });
});
