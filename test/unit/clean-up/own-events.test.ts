import { expect, test } from 'vitest';
import { ownEventsOf, undeletable } from '../../../src/clean-up/own-events.ts';
import { createEventFrameWriter } from '../../../src/corpus/event-frames.ts';
import { corpusRunTag, probeRunTag, runTagOf, topicTag } from '../../../src/corpus/marker.ts';
import type { NostrEvent } from '../../../src/nostr/event.ts';
import type { FittedCorpus, NamedCorpus } from '../../../src/plan/parts.ts';
import type { Plan } from '../../../src/plan/plan.ts';
import { EVERYTHING, samplePlan } from '../../support/sample-plan.ts';
import { smallCorpusLines, writeLines } from '../../support/small-corpus.ts';
import { tempDir } from '../../support/temp-dir.ts';

const FITTED: FittedCorpus = { salt: 'a salt', times: null, present: new Set([1]), remarks: [] };
const TAG = runTagOf('a salt');

function plan(): Plan {
  return samplePlan({ workloads: EVERYTHING, corpus: { events: 50, topics: 3 } });
}

async function named(generated: NamedCorpus['generated']): Promise<Plan> {
  const file = await writeLines(await tempDir(), smallCorpusLines(20));
  const given = plan();
  const corpus = { file, generated, events: 20 } as NamedCorpus;
  return { ...given, corpus: { ...given.corpus, named: corpus } };
}

const SPEC = { profile: 'social', seed: 1, events: 20, baseTime_s: 1_700_000_000 } as const;

async function idsOf(each: AsyncIterable<readonly string[]>): Promise<string[]> {
  const ids: string[] = [];
  for await (const batch of each) ids.push(...batch);
  return ids;
}

test('notes that were published, stored and sent as a probe are found by their topics', () => {
  const { topics } = ownEventsOf(plan(), FITTED);
  expect(topics).toEqual([
    ...[0, 1, 2, 3].map((topic) => topicTag(TAG, topic)),
    ...[0, 1, 2].map((topic) => topicTag(corpusRunTag(TAG), topic)),
    topicTag(probeRunTag(TAG), 0),
  ]);
});

test('the authors of notes are its own', () => {
  const { seed, workloads } = plan();
  const authors = workloads.publish?.sorts[0]?.authors ?? 0;
  const { publicKeys } = createEventFrameWriter({
    ...{ seed, authors, topics: 1, kind: 1, contentBytes: 10, runTag: TAG },
  });
  const { keys } = ownEventsOf(plan(), FITTED);
  expect(publicKeys.every((pubkey) => keys.has(pubkey))).toBe(true);
});

test('events by fresh keys stay, and it is said so', () => {
  const given = samplePlan({
    workloads: { publish: { rate: '1/s', events: [{ name: 'note' }, { name: 'sybil', keys: 'fresh' }] } },
  });
  expect(undeletable(given)).toContain('fresh key');
  expect(undeletable(plan())).toBeNull();
});

test('of a generated corpus the events are its own that were not there before and are stored', async () => {
  const given = await named(SPEC);
  const { keys, ids } = ownEventsOf(given, FITTED);
  const events = smallCorpusLines(20).map((line) => JSON.parse(line) as NostrEvent);
  const stored = events.filter(({ kind }, n) => n !== 1 && !(kind >= 20_000 && kind < 30_000));
  expect(await idsOf(ids())).toEqual(stored.map(({ id }) => id));
  expect(stored.every(({ pubkey }) => keys.has(pubkey))).toBe(true);
  expect(undeletable(given)).toBeNull();
});

test('of an imported corpus nothing is its own, and that is said', async () => {
  const given = await named(null);
  const { ids } = ownEventsOf(given, FITTED);
  expect(await idsOf(ids())).toEqual([]);
  expect(undeletable(given)).toMatch(/imported corpus stay/);
});
