import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifyEvent } from 'nostr-tools/pure';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FitRequest, type Fitting, fitCorpus } from '../../../../src/cli/fit/fit-corpus.ts';
import { generateCorpus } from '../../../../src/corpus/generate/generate-corpus.ts';
import { DEFAULT_BASE_TIME_S } from '../../../../src/corpus/spec.ts';
import type { NostrEvent } from '../../../../src/nostr/event.ts';
import type { RelayLimitation } from '../../../../src/nostr/nip11.ts';
import type { NamedCorpus } from '../../../../src/plan/parts.ts';
import type { Plan } from '../../../../src/plan/plan.ts';
import { samplePlan } from '../../../support/sample-plan.ts';
import { type SmallRelayScript, withSmallRelay } from '../../../support/small-relay.ts';

const DAY_S = 86_400;
const EVENTS = 120;
const STORED = 80;
const SPEC = { profile: 'social', seed: 1, events: EVENTS, baseTime_s: DEFAULT_BASE_TIME_S } as const;
const NEW = new AbortController().signal;

async function linesOf(named: NamedCorpus | null): Promise<string[]> {
  const { dir = '', name = '' } = named?.file ?? {};
  return (await readFile(join(dir, name), 'utf8')).trimEnd().split('\n');
}

let home = '';
let generated: NamedCorpus;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'relay-bench-fit-'));
  const dir = join(home, 'corpus');
  const { manifest } = await generateCorpus(SPEC, { dir, gzip: false, fresh: false, threads: 1 });
  generated = {
    profile: 'social',
    events: EVENTS,
    authors: manifest.authors,
    followedShare: 0.4,
    fingerprint: manifest.fingerprint,
    fresh: false,
    file: { dir, name: manifest.file.name },
    maxEventBytes: manifest.eventBytes.max,
    generated: SPEC,
    createdAt: manifest.createdAt,
    recordedNs: new Float64Array(),
  };
});
afterAll(async () => {
  await rm(home, { recursive: true });
});

/** 120 generated events, of which 80 are to be stored and the others published. */
function corpusPlan(changes: Partial<NamedCorpus> = {}): Plan {
  const named = { ...generated, ...changes };
  return samplePlan(
    { corpus: { file: 'dump', stored: STORED } },
    { corpus: named, overrides: { rate_per_s: 2 } },
  );
}

interface Situation extends SmallRelayScript {
  readonly limitation?: RelayLimitation;
  readonly stored?: readonly NostrEvent[];
  readonly salt?: string;
}

/** Fits a plan to a relay inside this process; `look` sees the outcome before it is removed. */
async function fitted<T>(
  plan: Plan,
  situation: Situation,
  look: (fitting: Fitting, received: readonly NostrEvent[]) => Promise<T>,
): Promise<T> {
  const { limitation, stored = [], salt = 'one', ...script } = situation;
  return withSmallRelay(script, stored, async ({ url, received }) => {
    const information = limitation === undefined ? null : { limitation };
    const request: FitRequest = {
      plan: { ...plan, targets: [url] },
      information,
      isOurs: false,
      salt,
      signal: NEW,
    };
    const fitting = await fitCorpus(request);
    try {
      return await look(fitting, received);
    } finally {
      await fitting.release();
    }
  });
}

const linesFor = (plan: Plan, situation: Situation): Promise<string[]> =>
  fitted(plan, situation, async (fitting) => linesOf(fitting.plan.corpus.named));

describe('what a run publishes', () => {
  it('is new for each salt and the same for the same one; what it stores is always the same', async () => {
    const plan = corpusPlan();
    const [one, again, other] = [
      await linesFor(plan, { salt: 'one' }),
      await linesFor(plan, { salt: 'one' }),
      await linesFor(plan, { salt: 'two "quoted"' }),
    ];
    expect(again).toEqual(one);
    expect(other.slice(0, STORED)).toEqual(one.slice(0, STORED));
    expect(one.slice(0, STORED)).toEqual((await linesOf(plan.corpus.named)).slice(0, STORED));
    const ids = new Set(one.map((line) => JSON.parse(line).id as string));
    expect(other.slice(STORED).filter((line) => ids.has(JSON.parse(line).id))).toEqual([]);
    expect(other.slice(STORED).every((line) => verifyEvent(JSON.parse(line)))).toBe(true);
  });

  it('is that of the corpus where it was imported', async () => {
    const plan = corpusPlan({ profile: 'imported', generated: null });
    expect(await linesFor(plan, {})).toEqual(await linesOf(plan.corpus.named));
  });
});

describe('the times of a corpus', () => {
  const agesOf = (lines: readonly string[]): number[] =>
    lines.map((line) => Date.now() / 1_000 - JSON.parse(line).created_at);

  it('stay where they are on a relay that takes them, which one probe tells', async () => {
    const outcome = await fitted(corpusPlan(), {}, async ({ plan }, received) => {
      expect(plan.fitted?.times).toEqual({ end_s: DEFAULT_BASE_TIME_S, span_s: 30 * DAY_S });
      return received;
    });
    expect(outcome).toHaveLength(1);
  });

  it('are moved into what the relay announces (NIP-11), without a probe', async () => {
    const situation = { limitation: { created_at_lower_limit: 10 * DAY_S } };
    await fitted(corpusPlan(), situation, async ({ plan }, received) => {
      const ages = agesOf(await linesOf(plan.corpus.named));
      expect(Math.max(...ages)).toBeLessThan(10 * DAY_S);
      expect(Math.min(...ages)).toBeGreaterThan(0);
      expect(plan.fitted?.remarks.join()).toContain('at most 10 days old: the corpus was moved in time');
      expect(received).toEqual([]);
    });
  });

  it('are moved into what it takes where it announces nothing', async () => {
    const refuse = ({ created_at }: NostrEvent): string =>
      Date.now() / 1_000 - created_at > 9 * DAY_S ? 'invalid: event too old' : '';
    await fitted(corpusPlan(), { refuse }, async ({ plan }) => {
      expect(Math.max(...agesOf(await linesOf(plan.corpus.named)))).toBeLessThan(9 * DAY_S);
    });
  });

  it('stay where a relay refuses everything: that has other reasons', async () => {
    await fitted(corpusPlan(), { refuse: () => 'blocked: no' }, async ({ plan }) => {
      expect(plan.fitted).toMatchObject({ times: { end_s: DEFAULT_BASE_TIME_S }, remarks: [] });
    });
  });

  it('are not limited by a relay that announces 0, as those do that limit nothing', async () => {
    await fitted(corpusPlan(), { limitation: { created_at_lower_limit: 0 } }, async ({ plan }) => {
      expect(plan.fitted?.times?.end_s).toBe(DEFAULT_BASE_TIME_S);
    });
  });

  it("can't be moved where the corpus was imported, which is said", async () => {
    const plan = corpusPlan({ profile: 'imported', generated: null });
    await fitted(plan, { limitation: { created_at_lower_limit: DAY_S } }, async (fitting) => {
      expect(fitting.plan.fitted?.remarks).toEqual([expect.stringMatching(/1 |24 h old.*can't be moved/)]);
    });
  });

  it('are those of a shorter span for notes that are signed for the run', async () => {
    const plan = samplePlan({ corpus: { events: 100 } });
    await fitted(plan, { limitation: { created_at_lower_limit: 3 * DAY_S } }, async (fitting) => {
      expect(fitting.plan.fitted?.times?.span_s).toBeLessThan(3 * DAY_S);
    });
  });
});

describe('what is to be stored', () => {
  it('is not stored again where a query by ids finds it', async () => {
    const plan = corpusPlan();
    const events = (await linesOf(plan.corpus.named)).map((line) => JSON.parse(line) as NostrEvent);
    const stored = events.slice(0, 60);
    await fitted(plan, { stored }, async (fitting) => {
      const { present, remarks } = fitting.plan.fitted ?? { present: new Set(), remarks: [] };
      const kept = stored.flatMap(({ kind }, number) => (kind >= 20_000 && kind < 30_000 ? [] : [number]));
      expect([...present]).toEqual(kept);
      expect(remarks).toEqual([
        expect.stringMatching(/^\d+ of the \d+ events to be stored were there already/),
      ]);
    });
  });

  it('is asked for in queries no larger than the relay answers', async () => {
    const plan = corpusPlan();
    const stored = (await linesOf(plan.corpus.named)).map((line) => JSON.parse(line) as NostrEvent);
    await withSmallRelay({}, stored, async ({ url, asked }) => {
      const information = { limitation: { max_limit: 20, created_at_lower_limit: 4_000 * DAY_S } };
      const request = {
        plan: { ...plan, targets: [url] },
        information,
        isOurs: false,
        salt: '',
        signal: NEW,
      };
      await (await fitCorpus(request)).release();
      expect(Math.max(...asked.map(({ length }) => length))).toBe(20);
    });
  });

  it('is stored all the same where the relay closes the query, and the reader is told', async () => {
    await fitted(corpusPlan(), { closeQueries: 'error: busy' }, async ({ plan }) => {
      expect(plan.fitted?.present.size).toBe(0);
      expect(plan.fitted?.remarks).toEqual([
        expect.stringContaining('events of the corpus: the relay closed the query'),
      ]);
    });
  });
});
