import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readRunRecord } from '../../src/record/read.ts';
import type { RunRecord } from '../../src/record/schema.ts';
import { startCli } from '../support/run-cli.ts';
import type { KeptScript, RelayScript } from '../support/scripted-relay/script.ts';
import { startScriptedRelay } from '../support/scripted-relay.ts';

// What the NIPs allow and what they forbid, by twins: relays that do nearly the same, one of them within the NIPs. The
// legal one breaks no gate, those on time apart, which a busy machine can break; the other one breaks the gate named.

const LOAD = `
connections: { count: 8 }
warmup: 0s
phases: [{ name: steady, duration: 2s }]
drain: 2s
`;

const PUBLISH = 'publish: { rate: 40/s, timeout: 5s }';

const FANOUT = `${LOAD}
workloads: { ${PUBLISH}, subscribe: { connections: 4, topics: 2 } }
`;

/** Everything is checked; `limited` has more matches than its limit, `archive` has no limit and `by-ids` needs none. */
const QUERIES = `${LOAD}
corpus: { profile: uniform, events: 300, stored: 200 }
workloads:
  ${PUBLISH}
  query:
    rate: 40/s
    check: 100%
    filters:
      - { name: limited, filter: { kinds: [1], limit: 20 } }
      - { name: archive, filter: { authors: 20 } }
      - { name: by-ids, filter: { ids: 15 } }
`;

/** Profiles, contact lists and the like are a part of what is published. */
const VERSIONS = `${LOAD}
corpus: { profile: social, events: 600, stored: 400 }
workloads: { ${PUBLISH} }
`;

const REPLACEABLE = [0, 3, 10_000, 10_001, 10_002, 30_000, 30_023];
const kept = (script: KeptScript): RelayScript => ({ queries: { kept: script } });
const answered = (kinds: readonly number[], accepted: boolean, message: string): RelayScript => ({
  events: { kindsAnswered: { kinds, accepted, message } },
});
const late = (ms: number): RelayScript => ({ events: { delay: { kind: 'exact', ms } } });

type Counters = Partial<RunRecord['counters']>;

interface Twin {
  readonly name: string;
  readonly scenario: string;
  readonly relay: RelayScript;
  /** What breaks; null for the legal one. */
  readonly breaks: string | null;
  readonly counters?: Counters;
  /** Of the findings. */
  readonly finding?: string;
}

const wrong = (name: string, script: KeptScript, reason: string): Twin => ({
  name,
  scenario: QUERIES,
  relay: kept(script),
  breaks: 'answers_wrong',
  counters: { answers_wrong: expect.objectContaining({ [reason]: expect.any(Number) }) as never },
});
const right = (name: string, script: KeptScript): Twin => ({
  name,
  scenario: QUERIES,
  relay: kept(script),
  breaks: null,
  counters: { answers_wrong: {} },
});

const TWINS: readonly Twin[] = [
  {
    name: 'live events by tags',
    scenario: FANOUT,
    relay: {},
    breaks: null,
    counters: { deliveries_unmatched: 0, deliveries_received: 160 },
  },
  {
    name: 'live events whatever their tags',
    scenario: FANOUT,
    relay: { live: { ignoresTags: true } },
    breaks: 'deliveries_unmatched',
    counters: { deliveries_unmatched: 160, deliveries_received: 160 },
  },
  right('live events between the stored ones', { pauseMs: 60 }),
  wrong('more stored events than the limit', { overLimit: 3 }, 'over-limit'),
  right('ascending where there is no limit', { ascending: 'without-limit' }),
  wrong('ascending where there is a limit', { ascending: 'always' }, 'order'),
  { ...right('a cap that it does not tell', { cap: 10 }), finding: 'silent-cap' },
  {
    ...right('answers that it cuts to the max_limit that it tells', { cap: 10 }),
    relay: { ...kept({ cap: 10 }), information: { limitation: { max_limit: 10 } } },
    finding: 'limit-clipped',
  },
  wrong('answers with gaps', { leaveOutEvery: 7 }, 'missing'),
  { ...right('all stored events before EOSE', {}), counters: { answers_wrong: {}, events_after_eose: 0 } },
  {
    name: 'stored events after EOSE',
    scenario: QUERIES,
    relay: kept({ afterEose: 2 }),
    breaks: 'events_after_eose',
  },
  {
    name: 'versions called duplicates, as of them it keeps the latest only',
    scenario: FANOUT.replace('40/s', '40/s, kind: 10002').replace(
      ', subscribe: { connections: 4, topics: 2 }',
      '',
    ),
    relay: answered([10_002], true, 'duplicate: a newer version is stored'),
    breaks: null,
    counters: { events_duplicate: 80, duplicates_unexplained: 0 },
  },
  {
    name: 'new notes called duplicates',
    scenario: FANOUT,
    relay: answered([1], true, 'duplicate: have this event'),
    breaks: 'duplicates_unexplained',
    counters: { events_duplicate: 80, duplicates_unexplained: 80 },
  },
  {
    name: 'versions of a corpus called duplicates',
    scenario: VERSIONS,
    relay: answered(REPLACEABLE, true, 'duplicate: a newer version is stored'),
    breaks: null,
    counters: { duplicates_unexplained: 0 },
  },
  {
    name: 'versions of a corpus refused as replaced',
    scenario: VERSIONS,
    relay: answered(REPLACEABLE, false, 'replaced: have newer event'),
    breaks: null,
  },
  {
    name: 'notes of a corpus refused as replaced',
    scenario: VERSIONS,
    relay: answered([1], false, 'replaced: have newer event'),
    breaks: 'ack_ratio',
    counters: { events_superseded: 0 },
  },
  {
    name: 'OKs within their time',
    scenario: FANOUT,
    relay: late(300),
    breaks: null,
    counters: { replies_late: 0, stray_frames: 0 },
  },
  {
    name: 'OKs after their time',
    scenario: FANOUT.replace('5s', '200ms'),
    relay: late(400),
    breaks: 'ack_ratio',
    counters: { events_timeout: 80, replies_late: expect.any(Number) as never, stray_frames: 0 },
  },
];

let directory = '';
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'relay-bench-judge-'));
});
afterAll(async () => {
  await rm(directory, { recursive: true });
});

async function carryOut({ name, scenario, relay }: Twin): Promise<RunRecord> {
  const place = join(directory, name.replaceAll(/\W/g, '-'));
  await writeFile(`${place}.yaml`, `name: judge\ndescription: Twins.\n${scenario}`);
  const target = await startScriptedRelay(relay);
  const cli = startCli([
    'run',
    `${place}.yaml`,
    '--relay',
    target.url,
    '--out',
    place,
    '--progress',
    'none',
    '--workers',
    '1',
  ]);
  try {
    await cli.result;
    return await readRunRecord(join(place, 'run.json'));
  } finally {
    await cli.stop();
    await target.stop();
  }
}

/** A busy machine breaks these as well. */
const TIMED = /latency|achieved_rate_ratio/;

/** Metrics whose gate is broken, those on time apart. */
function broken({ gates }: RunRecord): string[] {
  return gates
    .filter(({ metric, verdict }) => !TIMED.test(metric) && verdict !== 'pass')
    .map(({ metric }) => metric);
}

/** Few enough that a small machine still carries out what each asks for. */
const atOnce = pLimit(3);

describe('the judgement on twins', () => {
  const records = new Map<string, Promise<RunRecord>>();
  beforeAll(() => {
    for (const twin of TWINS)
      records.set(
        twin.name,
        atOnce(() => carryOut(twin)),
      );
  });

  test.each(TWINS)('$name', async ({ name, breaks, counters, finding }) => {
    const record = (await records.get(name)) as RunRecord;
    if (breaks === null) expect(broken(record)).toEqual([]);
    else expect(broken(record)).toContain(breaks);
    expect(record.counters).toMatchObject(counters ?? {});
    expect(record.findings.map(({ kind }) => kind)).toEqual(finding === undefined ? [] : [finding]);
  });
});
