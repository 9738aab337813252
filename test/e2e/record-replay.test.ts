import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readManifest } from '../../src/corpus/files/read-manifest.ts';
import { corpusFile, corpusLines } from '../../src/corpus/replay/corpus-lines.ts';
import type { NostrEvent } from '../../src/nostr/event.ts';
import { readRunRecord } from '../../src/record/read.ts';
import type { RunRecord } from '../../src/record/schema.ts';
import { type BuiltRelay, startBuiltRelay } from '../support/built-relay.ts';
import { type CliResult, runCli, startCli } from '../support/run-cli.ts';

// A short run of realistic traffic goes through the recording proxy, and what was recorded is offered again through another one:
// the two traces are held against each other.

/** What `mixed` does, in a few seconds and over a small corpus. */
const MIXED = `
name: mixed-shortly
description: Realistic social traffic, shortly.
connections: { count: 30 }
corpus: { profile: social, events: 400, stored: 100 }
workloads:
  publish: { rate: 40/s, arrivals: poisson, connections: 15 }
  subscribe: { connections: 12, topics: 4 }
  query:
    rate: 20/s
    arrivals: poisson
    filters:
      - { name: follow-feed, weight: 4, filter: { kinds: [1, 6], authors: 10, limit: 100 } }
      - { name: by-ids, weight: 2, filter: { ids: 5 } }
      - { name: hashtag, filter: { kinds: [1], "#t": 1, limit: 100 } }
warmup: 0s
phases: [{ name: steady, duration: 3s }]
drain: 1s
probe: false
`;

/** The trace alone: nothing is stored before it. */
const AGAIN = `
name: again
description: A trace and nothing else.
connections: { count: 1 }
workloads: { recorded: {} }
warmup: 0s
phases: [{ name: replayed, duration: 1s }]
drain: 1s
probe: false
`;

interface Step {
  readonly what: string;
  readonly atUs: number;
}

interface Recorded {
  readonly run: CliResult;
  readonly record: RunRecord;
  readonly recorder: CliResult;
  readonly dir: string;
  readonly text: string;
  readonly steps: readonly Step[];
}

/** Runs a scenario through a recording proxy before a relay of its own. */
async function recordRun(scenario: string, args: readonly string[] = []): Promise<Recorded> {
  const [dir, out] = [await mkdtemp(join(root, 'trace-')), await mkdtemp(join(root, 'out-'))];
  const file = join(out, 'scenario.yaml');
  await writeFile(file, scenario);
  const relay: BuiltRelay = await startBuiltRelay();
  const recorder = startCli(['record', '--listen', '0', '--relay', relay.url, '--out', dir]);
  try {
    await recorder.until(/recording ws:/);
    const [, url = ''] = /recording (ws:\S+)/.exec(recorder.stderr()) ?? [];
    const run = await runCli([
      ...['run', file, '--relay', url, '--out', out, '--format', 'json', '--seed', '3', '--no-default-gates'],
      ...['--cache', join(root, 'cache'), '--progress', 'none', ...args],
    ]);
    recorder.child.kill('SIGINT');
    await once(recorder.child, 'close');
    const text = await readTrace(dir);
    const record = await readRunRecord(join(out, 'run.json'));
    return { run, record, recorder: await recorder.result, dir, text, steps: stepsOf(text) };
  } finally {
    await recorder.stop();
    await relay.stop();
  }
}

async function readTrace(dir: string): Promise<string> {
  const names = (await readdir(dir)).filter((name) => name.endsWith('.jsonl')).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(dir, name), 'utf8')));
  return texts.join('');
}

function stepsOf(text: string): readonly Step[] {
  const lines = text.trimEnd().split('\n').slice(1);
  return lines.map((line) => {
    const [what, atUs] = JSON.parse(line) as [string, number];
    return { what, atUs };
  });
}

function countOf(steps: readonly Step[], what: string): number {
  return steps.filter((step) => step.what === what).length;
}

/** Messages in each second from the first of them on. */
function perSecond(steps: readonly Step[], seconds: number): readonly number[] {
  const messages = steps.filter(({ what }) => ['REQ', 'EVENT', 'CLOSE'].includes(what));
  const counts = Array.from({ length: seconds }, () => 0);
  for (const { atUs } of messages) {
    const second = Math.floor((atUs - (messages[0]?.atUs ?? 0)) / 1e6);
    counts[second] = (counts[second] ?? 0) + 1;
  }
  return counts;
}

function correlation(left: readonly number[], right: readonly number[]): number {
  const mean = (all: readonly number[]): number => all.reduce((sum, one) => sum + one, 0) / all.length;
  const from = (all: readonly number[]): readonly number[] => all.map((one) => one - mean(all));
  const product = (a: readonly number[], b: readonly number[]): number =>
    a.reduce((sum, one, at) => sum + one * (b[at] ?? 0), 0);
  const [a, b] = [from(left), from(right)];
  return product(a, b) / Math.sqrt(product(a, a) * product(b, b));
}

let root = '';
let original: Recorded;
let again: Recorded;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'relay-bench-replay-'));
  original = await recordRun(MIXED);
  again = await recordRun(AGAIN, ['--trace', original.dir]);
}, 120_000);
afterAll(() => rm(root, { recursive: true, force: true }));

it('a recording says what it holds and what it adds', () => {
  const { recorder, steps } = original;
  expect(recorder.exitCode).toBe(0);
  expect(recorder.stdout).toMatch(/added latency {2,}adds at most \d.* \(p50\)/);
  expect(recorder.stdout).toContain(`${countOf(steps, 'REQ').toLocaleString('en-US')} REQ`);
  expect(original.record.counters.stray_frames).toBe(0);
});

/** The events of the corpus that was published. */
async function publishedEvents(): Promise<readonly NostrEvent[]> {
  const [name = ''] = await readdir(join(root, 'cache'));
  const dir = join(root, 'cache', name);
  const events: NostrEvent[] = [];
  for await (const { lines } of corpusLines(corpusFile(dir, await readManifest(dir))))
    events.push(...lines.map((line) => JSON.parse(line.toString('utf8')) as NostrEvent));
  return events;
}

it('the trace has no id, key, tag or content of what was sent', async () => {
  const { text } = original;
  const events = await publishedEvents();
  expect(events).toHaveLength(400);
  const secrets = events.flatMap(({ id, pubkey, sig, content, tags }) => [
    ...[id, pubkey, sig].map((hex) => hex.slice(0, 16)),
    ...[content, ...tags.flatMap(([, ...values]) => values)].filter((value) => value.length > 8),
  ]);
  expect(secrets.length).toBeGreaterThan(1_200);
  expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
  // All else are hashes, addresses of hashes, and words of the protocol.
  const [, ...lines] = text.split('\n');
  const strings = [...lines.join('\n').matchAll(/"([^"]*)"/g)].map(([, value]) => value ?? '');
  const isPlain = (value: string): boolean =>
    /^[0-9a-f]{16}$|^\d{1,5}:[0-9a-f]{16}:([0-9a-f]{16})?$|^[a-zA-Z][a-zA-Z0-9_-]{0,19}$/.test(value);
  expect(strings.filter((value) => !isPlain(value))).toEqual([]);
});

it('a trace that is offered again has the same messages', () => {
  const { counters, load } = again.record;
  for (const what of ['REQ', 'EVENT', 'CLOSE', 'COUNT'])
    expect(countOf(again.steps, what), what).toBe(countOf(original.steps, what));
  expect(counters).toMatchObject({
    replay_reqs_sent: countOf(original.steps, 'REQ'),
    replay_events_sent: countOf(original.steps, 'EVENT'),
    replay_closes_sent: countOf(original.steps, 'CLOSE'),
    replay_closes_unsent: 0,
    ...{ replays_unsent: 0, replays_dropped: 0, replays_timeout: 0, replay_closes: {}, replay_rejected: {} },
    ...{ stray_frames: 0, malformed_frames: 0 },
  });
  expect(load.offered['replays']).toBe(counters['replays_sent']);
  expect(again.record.validity.reasons.filter((reason) => /sum|balance|fate/.test(reason))).toEqual([]);
});

it('they come when they came', () => {
  const { validity, metrics } = again.record;
  const last = Math.max(...original.steps.map(({ atUs }) => atUs), ...again.steps.map(({ atUs }) => atUs));
  const seconds = Math.ceil(last / 1e6) + 1;
  const alike = correlation(perSecond(original.steps, seconds), perSecond(again.steps, seconds));
  // On a machine that is too busy to keep the schedule the run says so, and nobody can tell when it should have come.
  const lag_us = metrics['send_lag']?.max_us ?? 0;
  if (validity.verdict === 'valid' && lag_us < 50_000) expect(alike).toBeGreaterThan(0.99);
  else expect(alike).toBeGreaterThan(0.5);
});
