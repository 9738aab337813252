import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readRunRecord } from '../../src/record/read.ts';
import type { RunRecord } from '../../src/record/schema.ts';
import { startBuiltRelay } from '../support/built-relay.ts';
import { childrenOf } from '../support/children.ts';
import { startCli } from '../support/run-cli.ts';
import type { RelayScript } from '../support/scripted-relay/script.ts';
import { startScriptedRelay } from '../support/scripted-relay.ts';

// Whose doing is it? Each row of the table of reasons (src/judge/blame.ts) that a process can show: the relay's failures
// end with 99, the generator's own with 103, whatever the machine does meanwhile. Cases run side by side: none of
// these verdicts depends on a latency, but for those that are slow by seconds.

const SCENARIO = (publish: string, more = ''): string => `
name: verdict
description: 40 events a second for 3 seconds.
connections: { count: 8 }
workloads: { publish: { rate: 40/s, timeout: 1s${publish} }${more} }
warmup: 0s
phases: [{ name: steady, duration: 3s }]
drain: 2s
`;

/** Something that answers at `url`. */
interface Target {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

interface Case {
  readonly name: string;
  readonly scenario?: string;
  readonly start: () => Promise<Target>;
  /** Once the load is under way. */
  readonly during?: (target: Target, workers: readonly number[]) => void;
  readonly exitCode: number;
  /** The line of the verdict. */
  readonly says: RegExp;
  readonly counters?: Partial<RunRecord['counters']>;
}

const scripted = (script: RelayScript) => (): Promise<Target> => startScriptedRelay(script);
const reference = async (): Promise<Target> => startBuiltRelay();

const SUBSCRIBED = SCENARIO('', ', subscribe: { connections: 4, topics: 2 }');
const STORED = `${SCENARIO('')}corpus: { events: 100 }\n`;

const CASES: readonly Case[] = [
  {
    name: 'a relay that is killed under load',
    start: reference,
    during: ({ pid }) => process.kill(pid, 'SIGKILL'),
    exitCode: 99,
    says: /FAIL {2}the relay closed 8 of 8 connections \d\.\d s after the start \(1006\)/,
    counters: { connections_lost: 8 },
  },
  {
    name: 'a relay that drops each connection at its first event',
    start: scripted({ connections: { closeAfter: { messages: 1, code: 1006 } } }),
    exitCode: 99,
    says: /FAIL {2}the relay closed 8 of 8 connections .* \(1006\)/,
    counters: { connections_lost: 8, events_dropped: 0 },
  },
  {
    name: 'a relay that closes each connection with a code of its own',
    start: scripted({ connections: { closeAfter: { messages: 1, code: 4000 } } }),
    exitCode: 99,
    says: /FAIL {2}the relay closed 8 of 8 connections .* \(4000\)/,
    counters: { connections_lost: 8, events_dropped: 0 },
  },
  {
    name: 'a relay that refuses every event to be stored',
    scenario: STORED,
    start: scripted({ events: { reject: { every: 1, message: 'auth-required: log in' } } }),
    exitCode: 99,
    says: /FAIL {2}.*the relay refused \d+ of (100|\d+) events to be stored: auth-required/s,
  },
  {
    name: 'a relay that refuses every subscription',
    scenario: SUBSCRIBED,
    start: scripted({ queries: { closed: { every: 1, message: 'restricted: members only' } } }),
    exitCode: 99,
    says: /FAIL {2}.*the relay refused 4 of 4 live subscriptions: restricted/s,
    counters: { subscriptions_closed: 4 },
  },
  {
    name: 'a relay that ends half of the subscriptions before the load',
    scenario: SUBSCRIBED,
    start: scripted({ queries: { endedAfterEose: { every: 2, message: 'restricted: too many' } } }),
    exitCode: 99,
    says: /FAIL/,
    counters: { subscriptions_closed: 2, deliveries_expected: 240, deliveries_received: 120 },
  },
  {
    name: 'a relay that calls every new event a duplicate',
    start: scripted({ events: { okMessage: 'duplicate: have this event' } }),
    exitCode: 99,
    says: /FAIL {2}.*duplicates_unexplained == 0/s,
    counters: { events_duplicate: 120, events_repeated: 0, duplicates_unexplained: 120 },
  },
  {
    name: 'a relay that is frozen under load',
    start: reference,
    during: ({ pid }) => process.kill(pid, 'SIGSTOP'),
    exitCode: 99,
    says: /FAIL/,
    counters: { events_dropped: 0, connections_lost: 0 },
  },
  {
    name: 'a relay that reads nothing any more',
    scenario: SCENARIO(', contentBytes: 60000').replace('40/s', '400/s'),
    start: scripted({ connections: { stopReading: { afterMs: 200, forMs: 60_000 } } }),
    exitCode: 99,
    says: /FAIL/,
    counters: { events_dropped: 0 },
  },
  {
    name: 'a worker that is killed',
    start: scripted({}),
    during: (_target, [first = 0]) => process.kill(first, 'SIGKILL'),
    exitCode: 103,
    says: /INVALID .*worker lost/s,
  },
  {
    name: 'a generator that is kept from its work',
    start: scripted({}),
    during: (_target, workers) => {
      for (const pid of workers) {
        process.kill(pid, 'SIGSTOP');
        setTimeout(() => process.kill(pid, 'SIGCONT'), 1_500);
      }
    },
    exitCode: 103,
    says: /INVALID/,
  },
];

let directory = '';
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'relay-bench-verdict-'));
});
afterAll(async () => {
  await rm(directory, { recursive: true });
});

interface Outcome {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly record: RunRecord;
}

async function carryOut({ name, scenario = SCENARIO(''), start, during }: Case): Promise<Outcome> {
  const place = join(directory, name.replaceAll(' ', '-'));
  await writeFile(`${place}.yaml`, scenario);
  const target = await start();
  const args = ['run', `${place}.yaml`, '--relay', target.url, '--out', place, '--progress', 'json'];
  const cli = startCli([...args, '--workers', '2']);
  try {
    await cli.until(/"type":"interval"/).catch(() => undefined);
    // Against a relay of the user, the workers are its only children.
    during?.(target, await childrenOf(cli.child.pid ?? 0));
    const { exitCode, stdout } = await cli.result;
    return { exitCode, stdout, record: await readRunRecord(join(place, 'run.json')) };
  } finally {
    await cli.stop();
    await target.stop();
  }
}

/** Few enough that a small machine still carries out what each asks for. */
const atOnce = pLimit(3);

describe('the verdict names the guilty one', () => {
  const outcomes = new Map<string, Promise<Outcome>>();
  beforeAll(() => {
    for (const each of CASES)
      outcomes.set(
        each.name,
        atOnce(() => carryOut(each)),
      );
  });

  test.each(CASES)('$name', async ({ name, exitCode, says, counters }) => {
    const outcome = (await outcomes.get(name)) as Outcome;
    expect(outcome.stdout).toMatch(says);
    expect(outcome.exitCode).toBe(exitCode);
    expect(outcome.record).toMatchObject({ exitCode, counters: counters ?? {} });
  });

  test.each(CASES)('every arrival has one fate: $name', async ({ name }) => {
    const { counters, load } = ((await outcomes.get(name)) as Outcome).record;
    expect(counters.events_sent + counters.events_unsent + counters.events_dropped).toBe(load.offered.events);
  });
});
