import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readRunRecord } from '../../src/record/read.ts';
import type { RunRecord } from '../../src/record/schema.ts';
import { startBuiltRelay } from '../support/built-relay.ts';
import { type CliResult, runCli } from '../support/run-cli.ts';
import type { RelayScript } from '../support/scripted-relay/script.ts';
import { withScriptedRelay } from '../support/scripted-relay.ts';
import { smallCorpusLines } from '../support/small-corpus.ts';

// The built program publishes corpora and checks answers against them. How fast anything is and whether a busy
// machine makes a run invalid is not asserted.

const EVENTS = 300;
const lines = smallCorpusLines(EVENTS);
const ids = lines.map((line) => (JSON.parse(line) as { id: string }).id);

let directory = '';
let corpus = '';
let runs = 0;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'relay-bench-replay-'));
  corpus = join(directory, 'real');
  const dump = join(directory, 'dump.jsonl');
  // Twice the same line: the import keeps one.
  await writeFile(dump, [...lines, lines[7], ''].join('\n'));
  expect(await runCli(['corpus', 'import', dump, '--out', corpus])).toMatchObject({ exitCode: 0 });
});
afterAll(async () => {
  await rm(directory, { recursive: true });
});

const PUBLISH = 'workloads: { publish: { rate: 300/s } }';
const QUERY = `query:
    rate: 40/s
    check: all
    filters:
      - { name: feed, filter: { kinds: [1], limit: 20 } }
      - { name: authors, filter: { authors: 3, limit: 50 } }
      - { name: threads, filter: { kinds: [1, 6, 7, 9735], "#e": 1 } }
      - { name: ids, filter: { ids: 5 } }`;

/** Runs a scenario of these parts with what more the command line says. */
async function run(
  parts: { connections?: number; corpus?: string; workloads: string },
  args: readonly string[] = [],
): Promise<{ result: CliResult; record: RunRecord }> {
  const name = `run-${++runs}`;
  const file = join(directory, `${name}.yaml`);
  await writeFile(
    file,
    `name: ${name}
description: A corpus is published.
connections: { count: ${parts.connections ?? 8} }
corpus: ${parts.corpus ?? '{ file: real }'}
${parts.workloads}
warmup: 0s
phases: [{ name: steady, duration: 2s }]
drain: 20s
`,
  );
  const out = join(directory, name);
  const cache = join(directory, 'cache');
  const result = await runCli(['run', file, '--out', out, '--format', 'md', '--cache', cache, ...args]);
  return { result, record: await readRunRecord(join(out, 'run.json')) };
}

const onScripted = async <T>(
  script: RelayScript,
  use: (relay: readonly string[], eventIds: () => Promise<readonly string[]>) => Promise<T>,
): Promise<T> => withScriptedRelay(script, (relay) => use(['--relay', relay.url], () => relay.eventIds()));

describe('publishing an imported file', () => {
  let sent: readonly string[];
  let record: RunRecord;
  beforeAll(async () => {
    await onScripted({}, async (relay, eventIds) => {
      ({ record } = await run({ connections: 1, workloads: PUBLISH }, relay));
      sent = await eventIds();
    });
  });

  test('sends each event once, in order, and accounts for it', () => {
    expect(sent).toEqual(ids);
    expect(record.counters).toMatchObject({ events_sent: EVENTS, events_accepted: EVENTS });
    expect(record.load.offered.events).toBe(EVENTS);
  });

  test('ends the phase where the corpus ends, and says so', () => {
    expect(record.load.measured_s).toBeCloseTo(1, 1);
    expect(record.load.phases[0]).toMatchObject({ offered: EVENTS, sent: EVENTS });
    expect(record.load.droppedArrivals).toBe(0);
    expect(record.caveats).toContainEqual(
      expect.stringContaining('the corpus had no more events after 1.0 s'),
    );
  });

  test('records which corpus it was', async () => {
    const { fingerprint } = JSON.parse(await readFile(join(corpus, 'manifest.json'), 'utf8')) as {
      fingerprint: string;
    };
    const known = { profile: 'imported', events: EVENTS, fingerprint, fresh: false, stored: 0 };
    expect(record.corpus).toMatchObject(known);
  });

  test('sends the same events from several workers together', async () => {
    await onScripted({}, async (relay, eventIds) => {
      await run({ workloads: PUBLISH }, [...relay, '--workers', '2']);
      expect([...(await eventIds())].sort()).toEqual([...ids].sort());
    });
  });

  test('ends in the closed model when the last event is answered', async () => {
    const closed = `load: { model: closed, window: 4 }\n${PUBLISH}`;
    await onScripted({}, async (relay, eventIds) => {
      const { record } = await run({ workloads: closed }, relay);
      expect([...(await eventIds())].sort()).toEqual([...ids].sort());
      expect(record.counters.events_accepted).toBe(EVENTS);
      expect(record.load.measured_s).toBeLessThan(2);
      expect(record.caveats).toContainEqual(expect.stringContaining('the corpus had no more events'));
    });
  });

  test('replaces the events of any scenario by --corpus', async () => {
    await onScripted({}, async (relay, eventIds) => {
      const out = join(directory, 'by-flag');
      const args = ['publish', '--corpus', corpus, '--rate', '150', '--connections', '4', '--warmup', '0s'];
      await runCli(['run', ...args, '--duration', '1s', '--out', out, '--format', 'md', ...relay]);
      expect(new Set(await eventIds())).toEqual(new Set(ids.slice(0, 150)));
    });
  });

  test('follows the recorded pace where it is told to', async () => {
    // 30 days lie between the first event and the last: two seconds hold about two thirds of them.
    const workloads = 'workloads: { publish: { pace: recorded, paceFactor: 864000 } }';
    await onScripted({}, async (relay, eventIds) => {
      const { record } = await run({ connections: 1, workloads }, relay);
      const sent = await eventIds();
      expect(sent).toEqual(ids.slice(0, sent.length));
      expect(sent.length).toBeGreaterThan(180);
      expect(sent.length).toBeLessThan(220);
      expect(record.load.offered.events).toBe(sent.length);
    });
  });
});

describe('copies of events', () => {
  test('are sent as often as told and answered as duplicates', async () => {
    const workloads = 'workloads: { publish: { rate: 600/s, copies: 3 } }';
    const { record } = await run({ workloads });
    const { counters } = record;
    expect(counters.events_sent).toBe(3 * EVENTS);
    // What was replaced or deleted in between is refused when it comes again.
    expect(counters.events_accepted).toBeLessThanOrEqual(EVENTS);
    expect(counters.events_accepted).toBeGreaterThan(EVENTS - 20);
    expect(counters.events_duplicate).toBeGreaterThan(2 * EVENTS - 80);
    expect(counters.events_superseded).toBeGreaterThan(0);
    expect(counters.events_timeout + counters.events_lost_at_close).toBe(0);
  });
});

describe('queries of a corpus', () => {
  const stored = '{ profile: social, events: 600, stored: 400 }';

  test('find right answers at a right relay while the corpus goes on and subscribers follow its authors', async () => {
    const workloads = `workloads:
  publish: { rate: 90/s }
  subscribe: { connections: 4, topics: 2 }
  ${QUERY}`;
    const { record } = await run({ corpus: stored, workloads });
    const { counters } = record;
    expect(record.corpus).toMatchObject({ profile: 'social', events: 600, stored: 400 });
    expect(counters.answers_checked).toBe(counters.queries_completed);
    expect(counters.answers_checked).toBe(80);
    expect(counters.answers_wrong).toEqual({});
    expect(record.gates).toContainEqual(
      expect.objectContaining({ expression: 'answers_wrong == 0', verdict: 'pass' }),
    );
    expect(counters.deliveries_expected).toBeGreaterThan(50);
    expect(counters).toMatchObject({
      deliveries_received: counters.deliveries_expected,
      deliveries_missing: 0,
      stray_frames: 0,
    });
  });

  test.each([
    ['nothing', { stored: 0 }, 'missing'],
    ['made-up events', { stored: 3 }, 'no-match'],
  ])('catch a relay that answers with %s', async (_, queries, fault) => {
    await onScripted({ queries }, async (relay) => {
      const { record } = await run({ corpus: stored, workloads: `workloads:\n  ${QUERY}` }, relay);
      const { answers_checked, answers_wrong } = record.counters;
      expect(answers_checked).toBe(80);
      expect(answers_wrong[fault]).toBeGreaterThan(40);
      expect(record.gates).toContainEqual(
        expect.objectContaining({ expression: 'answers_wrong == 0', verdict: 'fail' }),
      );
      expect([99, 103]).toContain(record.exitCode);
    });
  });
});

describe('the built-in scenario', () => {
  test.each(['mixed', 'broadcast'])('%s runs, shortened, and keeps its books', async (name) => {
    const out = join(directory, name);
    const short = ['--duration', '1s', '--warmup', '0s', '--connections', '24'];
    const options = ['--out', out, '--format', 'md', '--cache', join(directory, 'cache')];
    const { exitCode } = await runCli(['run', name, ...short, ...options]);
    expect([0, 99, 103]).toContain(exitCode);
    const { counters } = await readRunRecord(join(out, 'run.json'));
    const { events_sent, events_accepted, events_duplicate } = counters;
    expect(events_sent).toBeGreaterThan(0);
    expect(events_accepted + events_duplicate).toBe(events_sent);
    expect(events_duplicate).toBe(name === 'broadcast' ? (events_sent * 3) / 4 : 0);
    expect(counters.answers_wrong).toEqual({});
  });
});

test('plan shows the corpus and its fingerprint and starts nothing', async () => {
  const file = join(directory, 'planned.yaml');
  await writeFile(
    file,
    `name: planned
description: A corpus is published.
connections: { count: 8 }
corpus: { file: real, stored: 100 }
${PUBLISH}
warmup: 0s
phases: [{ name: steady, duration: 1m }]
`,
  );
  const { stdout, exitCode } = await runCli(['plan', file]);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/corpus +imported, 300 events, 100 stored before the load/);
  expect(stdout).toMatch(/fingerprint +[0-9a-f]{64}/);
  expect(stdout).toMatch(/events 100 to 299 of the corpus/);
});

describe('a second run on a relay that kept its data', () => {
  const SOCIAL = '{ profile: social, events: 600, stored: 300 }';
  const BOTH = `workloads:
  publish: { rate: 100/s }
  ${QUERY}`;
  const NO_GATES = ['--no-default-gates'];

  test('ends as the first: what it stores is there, what it publishes is new, and no answer is wrong', async () => {
    const relay = await startBuiltRelay();
    try {
      const args = ['--relay', relay.url, ...NO_GATES];
      const first = (await run({ corpus: SOCIAL, workloads: BOTH }, args)).record;
      const second = (await run({ corpus: SOCIAL, workloads: BOTH }, args)).record;
      const again = (
        await run({ corpus: SOCIAL, workloads: BOTH }, [...args, '--run-salt', second.corpus.salt ?? ''])
      ).record;
      expect(first.corpus).toMatchObject({ storedBefore: 0, salt: first.runId });
      expect(second.corpus.storedBefore).toBeGreaterThan(200);
      expect(second.corpus.fingerprint).toBe(first.corpus.fingerprint);
      for (const { counters } of [first, second]) {
        expect(counters.events_duplicate).toBe(0);
        expect(counters.events_accepted + counters.events_superseded).toBe(counters.events_sent);
        expect(counters.answers_checked).toBeGreaterThan(0);
        expect(counters.answers_wrong).toEqual({});
      }
      expect(again.counters.events_duplicate).toBeGreaterThan(100);
    } finally {
      await relay.stop();
    }
  });
});
