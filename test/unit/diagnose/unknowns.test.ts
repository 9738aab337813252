import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../src/diagnose/diagnose.ts';
import type { ComponentUsage, RunRecord } from '../../../src/record/schema.ts';
import { AT_EASE, sampled, stackRecord } from '../../support/sample-diagnosis.ts';

// What a diagnosis makes of records in which something was not read, or only in some seconds.

/** The part, of which neither the CPU nor anything else was read. */
function unread(part: ComponentUsage | undefined): ComponentUsage {
  if (part === undefined) throw new Error('no such part');
  const samples = part.samples?.map((sample) => ({ ...sample, cpuShare: null, figures: null }));
  return { ...part, cpuShare: null, samples };
}

const NOTHING_READ = Object.fromEntries(Object.entries(AT_EASE).map(([key, part]) => [key, unread(part)]));

/** A record with so many deliveries that they are most of the work. */
function delivering(record: RunRecord): RunRecord {
  const counters = { ...record.counters, events_sent: 100, queries_sent: 0, deliveries_received: 50_000 };
  return { ...record, counters };
}

/** The record with p50 and p95 of some latencies, and no others. */
function withLatencies(record: RunRecord, latencies: Readonly<Record<string, number>>): RunRecord {
  const summary = record.metrics['ack_latency'];
  if (summary === undefined) throw new Error('the sample has no ack_latency');
  const metrics = Object.entries(latencies).map(([name, us]) => [
    name,
    { ...summary, p50_us: us, p95_us: us },
  ]);
  return { ...record, metrics: Object.fromEntries(metrics) };
}

const fullLoop = (name: string, from = 0): ComponentUsage =>
  sampled(name, 'relay', (t) => ({ cpu: 1, figures: { loopBusy: t >= from ? 0.99 : 0.1 } }));

describe('parts of which nothing was read', () => {
  it('are not blamed, are named, and nothing is said of how busy they were', () => {
    const { bottleneck, notSeen, headroom } = diagnose(stackRecord(NOTHING_READ));
    expect(bottleneck).toBeNull();
    expect(notSeen).toContain('haproxy has no samples in this record');
    expect(headroom.map(({ what }) => what)).toEqual(['the event loop of the generator']);
  });

  it('may have no samples at all', () => {
    const { samples: _, ...relay } = unread(AT_EASE['relay']);
    const { bottleneck, notSeen } = diagnose(stackRecord({ relay }));
    expect(bottleneck).toBeNull();
    expect(notSeen).toEqual(['relay-1 has no samples in this record']);
  });

  it('may be the generator, of which then nothing is said', () => {
    const record = stackRecord(NOTHING_READ);
    const eventLoopUtilization = { mean: null, max: null };
    expect(
      diagnose({ ...record, generator: { ...record.generator, eventLoopUtilization } }).headroom,
    ).toEqual([]);
  });

  it('leave the rest of a machine as it is: its cores may be full all the same', () => {
    const record = stackRecord(NOTHING_READ);
    const environment = {
      ...record.environment,
      cpus: 2,
      others: { loadAverage: 2, cores: 1.9, programs: [] },
    };
    const intervals = record.intervals.map((row) => ({ ...row, cpu: null }));
    const [machine] = diagnose({ ...record, environment, intervals }).suspects;
    expect(machine).toMatchObject({ cause: 'machine', sureness: 'sure' });
    expect(machine?.evidence[1]).toBe('cores in use: other programs 1.9');
  });
});

describe('what a relay tells of its event loop', () => {
  it('is believed in the seconds in which it tells it', () => {
    const relay = sampled('relay-1', 'relay', (t) => ({
      cpu: 1,
      figures: t < 6 ? { loopBusy: 0.99 } : { verifyQueue: 0 },
    }));
    const [first] = diagnose(stackRecord({ relay })).suspects;
    expect(first).toMatchObject({ cause: 'relay-loop', sureness: 'likely', seconds: [3, 4, 5, 6, 7, 8] });
    expect(first?.evidence).toHaveLength(1);
  });

  it('puts that one of two first which was busy for longer', () => {
    const { suspects } = diagnose(stackRecord({ relay: fullLoop('relay-1', 3), other: fullLoop('relay-2') }));
    expect(suspects.map(({ component }) => component)).toEqual(['relay-2', 'relay-1']);
  });
});

describe('what Postgres does not tell', () => {
  it('is not made up: busy by its CPU, with no word of statements', () => {
    const primary = sampled('postgres-1', 'Postgres primary', () => ({ cpu: 7 }));
    const [first] = diagnose(stackRecord({ primary })).suspects;
    expect(first).toMatchObject({ cause: 'postgres-cpu' });
    expect(first?.evidence).toHaveLength(1);
  });

  it('counts as nothing more at work than what waits', () => {
    const primary = sampled('postgres-1', 'Postgres primary', () => ({
      cpu: 0.1,
      figures: { waitingForLocks: 3 },
    }));
    expect(diagnose(stackRecord({ primary })).bottleneck).toBe('postgres-locks');
  });

  it('adds how much of what it read lay in memory where it does tell', () => {
    const primary = sampled('postgres-1', 'Postgres primary', () => ({
      cpu: 0.1,
      figures: { active: 9, waitingForIo: 9 },
    }));
    const figures = { blocksHit_total: 30, blocksRead_total: 10 };
    const [first] = diagnose(stackRecord({ primary: { ...primary, figures } })).suspects;
    expect(first?.evidence[1]).toBe('75 % of the blocks that it read lay in its memory');
  });
});

describe('a generator that doubts itself', () => {
  it('is likely to blame where the run is valid, with the seconds in which it was late', () => {
    const record = stackRecord();
    const late = { p50_us: 100, p99_us: 20_000, max_us: 30_000 };
    const intervals = record.intervals.map((row) => (row.t === 5 ? { ...row, loopDelay_us: late } : row));
    const doubt = { kind: 'generator-late' as const, text: 'it had no core of its own' };
    const generator = { ...record.generator, doubts: [doubt] };
    const [first] = diagnose({ ...record, intervals, generator }).suspects;
    expect(first).toMatchObject({ cause: 'generator', sureness: 'likely', seconds: [5] });
    expect(first?.evidence).toEqual([
      'it had no core of its own',
      'its event loop was late by more than 10 ms in 5 s',
    ]);
  });
});

describe('the way to a far relay', () => {
  const far = (latencies: Readonly<Record<string, number>>): RunRecord => {
    const record = withLatencies(stackRecord(), latencies);
    return { ...record, environment: { ...record.environment, sameHostAsTarget: false } };
  };

  it('is not known where no connection was timed', () => {
    expect(diagnose(far({ ack_latency: 60_000 })).bottleneck).toBeNull();
  });

  it('is not known where nothing was answered', () => {
    expect(diagnose(far({ connect_latency_service: 110_000 })).bottleneck).toBeNull();
  });

  it('is compared with the slower of two sorts of answers', () => {
    const latencies = { connect_latency_service: 110_000, ack_latency: 50_000, eose_latency: 70_000 };
    expect(diagnose(far(latencies)).suspects[0]?.evidence[0]).toContain('the median eose_latency is 70 ms');
  });
});

describe('fan-out', () => {
  it('is likely where deliveries are late and no event loop is full', () => {
    const record = withLatencies(delivering(stackRecord()), {
      ack_latency: 20_000,
      delivery_latency: 400_000,
    });
    const [first] = diagnose(record).suspects;
    expect(first).toMatchObject({ cause: 'fan-out', component: null, sureness: 'likely', seconds: [] });
    expect(first?.evidence[1]).toBe('p95 of deliveries 400 ms, of answers to publishers 20 ms');
  });

  it('is seen where nothing was published to compare with', () => {
    const [first] = diagnose(
      withLatencies(delivering(stackRecord()), { delivery_latency: 400_000 }),
    ).suspects;
    expect(first?.evidence[1]).toBe('p95 of deliveries 400 ms');
  });

  it('is not blamed where deliveries are as late as answers', () => {
    const record = withLatencies(delivering(stackRecord()), {
      ack_latency: 300_000,
      delivery_latency: 400_000,
    });
    expect(diagnose(record).bottleneck).toBeNull();
  });

  it('is not blamed where nobody has timed the deliveries', () => {
    expect(diagnose(withLatencies(delivering(stackRecord()), {})).bottleneck).toBeNull();
  });

  it('says nothing of lateness where a full loop is all that is known', () => {
    const record = withLatencies(delivering(stackRecord({ relay: fullLoop('relay-1') })), {});
    const [first] = diagnose(record).suspects;
    expect(first?.cause).toBe('fan-out');
    expect(first?.evidence.join()).not.toContain('p95 of deliveries');
  });

  it('is not judged where nothing was asked', () => {
    const record = delivering(stackRecord());
    const counters = { ...record.counters, events_sent: 0 };
    expect(
      diagnose(withLatencies({ ...record, counters }, { delivery_latency: 400_000 })).bottleneck,
    ).toBeNull();
  });
});

describe('a record of something else than a measured run of a stack', () => {
  it('says that it has no measured second, and blames nobody', () => {
    const record = stackRecord({ relay: fullLoop('relay-1') });
    const { bottleneck, notSeen } = diagnose({ ...record, load: { ...record.load, phases: [] } });
    expect(bottleneck).toBeNull();
    expect(notSeen).toContain('the run has no measured second');
  });

  it('says that the inside of a single relay is not seen', () => {
    const record = stackRecord();
    const { notSeen } = diagnose({ ...record, target: { ...record.target, kind: 'url' } });
    expect(notSeen).toEqual([
      'what the relay waits for inside (its store, its disk) is known of a stack alone',
    ]);
  });

  it('blames no component of which it does not know what it is', () => {
    const other = sampled('cron', 'something else', () => ({ cpu: 1 }));
    expect(diagnose(stackRecord({ other })).bottleneck).toBeNull();
  });
});
