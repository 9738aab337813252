import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CAUSE_NAMES, CAUSES, type Cause } from '../../../src/diagnose/causes.ts';
import { diagnose } from '../../../src/diagnose/diagnose.ts';
import { diagnosisSchema } from '../../../src/diagnose/schema.ts';
import { spansText } from '../../../src/diagnose/words.ts';
import type { ComponentUsage, RunRecord } from '../../../src/record/schema.ts';
import { sampled, stackRecord } from '../../support/sample-diagnosis.ts';
import { sampleRecord } from '../../support/sample-record.ts';

type Parts = Readonly<Record<string, ComponentUsage>>;

const relay = (figures: Record<string, number>, cpu = 0.5): ComponentUsage =>
  sampled('relay-1', 'relay', () => ({ cpu, figures: { loopBusy: 0.3, ...figures } }));
const primary = (figures: Record<string, number>, cpu = 0.5): ComponentUsage =>
  sampled('postgres-1', 'Postgres primary', () => ({ cpu, figures: { active: 0, running: 0, ...figures } }));

/** What each part looks like at its end, everything else at ease. */
const SATURATED: Partial<Record<Cause, Parts>> = {
  haproxy: { haproxy: sampled('haproxy', 'load balancer', () => ({ cpu: 0.97 })) },
  'haproxy-db': { 'haproxy-db': sampled('haproxy-db', 'database balancer', () => ({ cpu: 0.97 })) },
  redis: { pubsub: sampled('pubsub', 'Redis pub/sub', () => ({ cpu: 0.99 })) },
  'relay-loop': { relay: relay({ loopBusy: 0.98, loopDelayP99_ms: 40 }, 1) },
  verification: { relay: relay({ verifyQueue: 300 }) },
  'pool-wait': { relay: relay({ poolWaiting: 12 }) },
  'postgres-cpu': { primary: primary({ active: 20, running: 18 }, 6.5) },
  'postgres-locks': { primary: primary({ active: 10, waitingForLocks: 9 }) },
  'postgres-io': { primary: primary({ active: 10, waitingForIo: 8 }) },
  'replication-lag': {
    replica: sampled('postgres-2', 'Postgres replica', (t) => ({
      cpu: 0.3,
      figures: { replayLag_ms: 2_000 + t },
    })),
  },
};

describe('diagnose', () => {
  it.each(Object.entries(SATURATED))(
    'finds %s, for sure, with its figures and its seconds',
    (cause, parts) => {
      const diagnosis = diagnose(stackRecord(parts));
      expect(diagnosisSchema.parse(diagnosis)).toEqual(diagnosis);
      expect(diagnosis.bottleneck).toBe(cause);
      const [first, ...others] = diagnosis.suspects;
      expect(first).toMatchObject({ sureness: 'sure', page: CAUSES[cause as Cause].page });
      expect(first?.evidence[0]).toMatch(/in 12 of 12 s \(3–14 s\)/);
      expect(others).toEqual([]);
    },
  );

  it.each([
    ['haproxy', 'haproxy', 'load balancer'],
    ['haproxy-db', 'haproxy-db', 'database balancer'],
    ['redis', 'pubsub', 'Redis pub/sub'],
    ['relay', 'relay-1', 'relay'],
    ['primary', 'postgres-1', 'Postgres primary'],
    ['replica', 'postgres-2', 'Postgres replica'],
  ])('finds a %s that has used up its CPU quota, however little that is', (kind, name, role) => {
    const capped = sampled(name, role, () => ({ cpu: 0.04, throttled: 0.9 }));
    const diagnosis = diagnose(stackRecord({ [kind]: { ...capped, cpuQuota: 0.05 } }));
    expect(diagnosisSchema.parse(diagnosis)).toEqual(diagnosis);
    expect(diagnosis.suspects).toMatchObject([
      { component: name, sureness: 'sure', remedy: expect.stringContaining('quota') },
    ]);
    expect(diagnosis.suspects[0]?.evidence).toEqual([
      `${name} had used up its CPU quota of 0.05 cores in 90 % of the periods in 12 of 12 s (3–14 s)`,
    ]);
  });

  it('sees no bottleneck in a quota that is used up now and then', () => {
    const haproxy = sampled('haproxy', 'load balancer', () => ({ cpu: 0.04, throttled: 0.3 }));
    expect(diagnose(stackRecord({ haproxy })).bottleneck).toBeNull();
  });

  it('takes what shows in a part that waits for its quota for a consequence of that', () => {
    const figures = { active: 10, running: 1, waitingForLocks: 9 };
    const slow = sampled('postgres-1', 'Postgres primary', () => ({ cpu: 0.05, throttled: 1, figures }));
    const { suspects } = diagnose(stackRecord({ primary: slow, ...SATURATED['pool-wait'] }));
    expect(suspects.map(({ cause, sureness }) => [cause, sureness])).toEqual([
      ['postgres-cpu', 'sure'],
      ['pool-wait', 'sure'],
      ['postgres-locks', 'possible'],
    ]);
  });

  it('tells of a relay that waits for its quota once, with the figures of its event loop', () => {
    const figures = { loopBusy: 0.99, loopDelayP99_ms: 90 };
    const slow = sampled('relay-1', 'relay', () => ({ cpu: 0.05, throttled: 1, figures }));
    const { suspects } = diagnose(stackRecord({ relay: slow }));
    expect(suspects).toHaveLength(1);
    expect(suspects[0]?.evidence.join('; ')).toMatch(/^relay-1 had used up its CPU quota .*busy 99 %/);
  });

  it('sees nothing in a run in which every part was at ease, and says what was busiest', () => {
    const { bottleneck, suspects, headroom } = diagnose(stackRecord());
    expect({ bottleneck, suspects }).toEqual({ bottleneck: null, suspects: [] });
    expect(headroom[0]?.share).toBeLessThan(0.9);
  });

  it('takes a peak of two seconds for no bottleneck, and one of a third of the run for a likely one', () => {
    const for_s = (seconds: number): RunRecord =>
      stackRecord({
        haproxy: sampled('haproxy', 'load balancer', (t) => ({
          cpu: t >= 4 && t < 4 + seconds ? 0.98 : 0.2,
        })),
      });
    expect(diagnose(for_s(2)).bottleneck).toBeNull();
    const [first] = diagnose(for_s(5)).suspects;
    expect(first).toMatchObject({ cause: 'haproxy', sureness: 'likely', seconds: [7, 8, 9, 10, 11] });
  });

  it('blames what lies nearer to the data: a pool waits because Postgres does', () => {
    const parts = { ...SATURATED['pool-wait'], ...SATURATED['postgres-locks'] };
    expect(diagnose(stackRecord(parts)).suspects.map(({ cause }) => cause)).toEqual([
      'postgres-locks',
      'pool-wait',
    ]);
  });

  it('blames the generator before everything else where the run itself does', () => {
    const record = stackRecord(SATURATED['relay-loop'] ?? {}, {
      validity: {
        verdict: 'invalid',
        reasons: ['3 of 100 arrivals were never written'],
        owners: ['generator'],
        kinds: ['load-not-offered'],
      },
    });
    expect(diagnose(record).suspects[0]).toMatchObject({
      cause: 'generator',
      sureness: 'sure',
      evidence: ['3 of 100 arrivals were never written'],
    });
  });

  it('says that all cores were busy, and with what', () => {
    const record = stackRecord({ primary: primary({}, 3) }, {});
    const small = { ...record, environment: { ...record.environment, cpus: 4 } };
    const machine = diagnose(small).suspects.find(({ cause }) => cause === 'machine');
    expect(machine?.evidence[0]).toMatch(/all 4 cores were busy in 12 of 12 s/);
    expect(machine?.evidence[1]).toMatch(/^cores in use: postgres-1 3, the generator 0.3, /);
  });

  it.each([
    [1.2, 'postgres-cpu'],
    [0.9, 'machine'],
  ])(
    'names a Postgres that has %d of two cores, all busy, where that is more than all else together',
    (cores, cause) => {
      const relay = sampled('relay-1', 'relay', () => ({ cpu: 1.7 - cores }));
      const record = stackRecord({ relay, primary: primary({}, cores) });
      const small = { ...record, environment: { ...record.environment, cpus: 2 } };
      expect(diagnose(small).suspects[0]).toMatchObject({ cause, sureness: 'sure' });
    },
  );

  it('takes a relay that had little of cores that are all busy for one that waits for a core', () => {
    const figures = { loopBusy: 0.95, loopDelayP99_ms: 40, verifyQueue: 90 };
    const starved = sampled('relay-1', 'relay', () => ({ cpu: 0.2, figures }));
    const busy = sampled('relay-1', 'relay', () => ({ cpu: 0.9, figures }));
    const suspectsOf = (one: ComponentUsage) => {
      const record = stackRecord({ relay: one, primary: primary({}, 3) });
      const small = { ...record, environment: { ...record.environment, cpus: 4 } };
      return diagnose(small).suspects.map(({ cause, sureness }) => [cause, sureness]);
    };
    expect(suspectsOf(starved).slice(-2)).toEqual([
      ['verification', 'possible'],
      ['relay-loop', 'possible'],
    ]);
    expect(suspectsOf(busy)).toContainEqual(['relay-loop', 'sure']);
  });

  it('calls the loop of a relay fan-out where deliveries are most of its work', () => {
    const record = stackRecord(SATURATED['relay-loop'] ?? {});
    const counters = { ...record.counters, events_sent: 100, queries_sent: 0, deliveries_received: 50_000 };
    const { suspects } = diagnose({ ...record, counters });
    expect(suspects[0]).toMatchObject({ cause: 'fan-out', component: 'relay-1', sureness: 'sure' });
    expect(suspects[0]?.evidence[0]).toMatch(/500 for each event or query$/);
  });

  it('says first that a rate limiter was measured', () => {
    const rateLimiter = { what: 'events', refused: 900, sent: 1_000, from_per_s: 50 };
    expect(diagnose(stackRecord({}, { rateLimiter })).suspects[0]).toMatchObject({
      cause: 'rate-limiter',
      sureness: 'sure',
    });
  });

  it('names the way to a far relay where it takes most of the time', () => {
    const record = stackRecord();
    const summary = record.metrics['ack_latency'];
    if (summary === undefined) throw new Error('the sample has no ack_latency');
    const far = {
      ...record,
      environment: { ...record.environment, sameHostAsTarget: false },
      metrics: {
        ack_latency: { ...summary, p50_us: 60_000 },
        connect_latency_service: { ...summary, p50_us: 110_000 },
      },
    };
    expect(diagnose(far).suspects[0]).toMatchObject({ cause: 'network', sureness: 'likely' });
    const near = { ...far, metrics: { ...far.metrics, ack_latency: { ...summary, p50_us: 900_000 } } };
    expect(diagnose(near).bottleneck).toBeNull();
  });

  it('takes the CPU of a relay that does not tell of its event loop for likely only', () => {
    const busy = sampled('relay', 'embedded reference relay', () => ({ cpu: 1.1 }));
    const record = stackRecord({}, { components: [busy] });
    expect(diagnose(record).suspects[0]).toMatchObject({ cause: 'relay-loop', sureness: 'likely' });
  });

  it('excludes nothing that the record can’t tell', () => {
    const record = { ...sampleRecord('pass'), components: [] };
    expect(diagnose(record)).toMatchObject({ bottleneck: null });
    expect(diagnose(record).notSeen[0]).toMatch(/nothing of the relay was sampled/);
  });

  it('has a page and a remedy for every cause, and the page is there', () => {
    for (const name of CAUSE_NAMES) {
      const { page, remedy } = CAUSES[name];
      const [file = '', anchor] = page.split('#');
      const text = readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8');
      const headings = [...text.matchAll(/^## (.+)$/gm)].map(([, title = '']) =>
        title.toLowerCase().replaceAll(' ', '-'),
      );
      expect(headings).toContain(anchor);
      expect(remedy).not.toBe('');
    }
  });
});

describe('spans of seconds', () => {
  it('are joined where they follow each other, the longest where they are many', () => {
    expect(spansText([5, 3, 4, 9])).toBe('3–5 s, 9 s');
    expect(spansText([1, 3, 5, 6, 8, 9, 10])).toBe('1 s, 5–6 s, 8–10 s and 1 more');
    expect(spansText([])).toBe('');
  });
});
