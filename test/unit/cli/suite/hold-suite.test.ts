import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { RelayBenchError } from '../../../../src/base/errors.ts';
import { EXIT } from '../../../../src/base/exit-codes.ts';
import { fieldOf, suiteFlag } from '../../../../src/cli/suite/contestant.ts';
import { type Carrier, holdSuite, Outcomes, type SuitePlan } from '../../../../src/cli/suite/hold-suite.ts';
import { fileOf } from '../../../../src/cli/suite/kept.ts';
import { writeRunRecord } from '../../../../src/record/write.ts';
import { selectParts } from '../../../../src/suite/parts.ts';
import { samplePlan } from '../../../support/sample-plan.ts';
import { sampleRecord } from '../../../support/sample-record.ts';
import { runOf } from '../../../support/sample-runs.ts';
import { measured, readingOf, SAMPLE_RELAYS } from '../../../support/sample-suite.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const { scenario } = runOf(1);

function plannedParts(ids: readonly string[] | null) {
  const { name, sha256 } = scenario;
  return selectParts(ids).map((part) => ({ part, scenario: { name, sha256 }, plan: samplePlan() }));
}

/** A suite whose chains are carried out by `carry`; what happened stands in `calls`. */
async function held(
  changes: Partial<SuitePlan> & { readonly ids?: readonly string[] | null },
  carry: (relay: string, part: string) => void = () => undefined,
) {
  const { ids = ['ack', 'count'], ...others } = changes;
  const { contestants } = await fieldOf([suiteFlag('mine=mine {port} {dir}')]);
  const calls: string[] = [];
  const lines: string[] = [];
  const outcomes = new Outcomes();
  let saved = 0;
  const carrier: Carrier = {
    carryOut: async ({ contestant, runs }, onOutcome) => {
      calls.push(`${contestant.name}: ${runs.map(({ part }) => part.id).join('+')}`);
      for (const run of runs) {
        carry(contestant.name, run.part.id);
        onOutcome(run, measured({ p95: readingOf(1) }));
      }
    },
  };
  const plan: SuitePlan = {
    ...{ directory: await tempDir(), planned: plannedParts(ids), contestants, seed: 1 },
    ...{ relays: SAMPLE_RELAYS, isResumed: false, outcomes, carrier },
    isInterrupted: () => false,
    onProgress: async () => {
      saved += 1;
    },
    say: (line) => void lines.push(line),
    ...others,
  };
  const end = await holdSuite(plan).catch((error: unknown) => error);
  return { calls, lines, outcomes, saved, end };
}

describe('a suite', () => {
  test('measures part by part, the relays in turn, and keeps what is known after each', async () => {
    const { calls, saved } = await held({ ids: ['ingest', 'ack', 'fanout', 'sync'] });
    const of = (part: string): string[] =>
      calls.filter((call) => call.endsWith(part)).map((call) => call.split(':')[0] ?? '');
    expect(calls.map((call) => call.split(' ')[1])).toEqual(
      ['ingest', 'ack', 'fanout', 'sync'].flatMap((part) => [part, part]),
    );
    // Drawn for one part, reversed for the next.
    expect(of('ack')).toEqual(of('ingest').toReversed());
    expect(of('sync')).toEqual(of('fanout').toReversed());
    expect(saved).toBe(8);
  });

  test('keeps a relay for the parts of a chain where it can be started again, and no other', async () => {
    const { calls } = await held({ ids: ['queries-cold'] });
    expect(calls.toSorted()).toEqual([
      'mine: queries+queries-cold',
      'reference: queries',
      'reference: queries-cold',
    ]);
  });

  test('leaves out what a relay can not do, and says what it lacks', async () => {
    const relays = SAMPLE_RELAYS.map((relay) => ({
      ...relay,
      abilities: relay.abilities.map((one) =>
        relay.name === 'mine' && one.what === 'count'
          ? { ...one, supported: false, detail: 'NOTICE what?' }
          : one,
      ),
    }));
    const { calls, outcomes } = await held({ relays });
    expect(calls).not.toContain('mine: count');
    expect(calls).toContain('reference: count');
    expect(outcomes.get('count', 'mine')).toMatchObject({
      status: 'skipped',
      reason: 'the relay does not do what it needs: counts events (NIP-45): NOTICE what?',
    });
  });

  test('goes on with the next part where a relay fails in one', async () => {
    const gone = new RelayBenchError('nobody answers', { code: 'GONE', exitCode: EXIT.unreachable });
    const { calls, outcomes, lines } = await held({}, (relay, part) => {
      if (relay === 'mine' && part === 'ack') throw gone;
    });
    expect(outcomes.get('ack', 'mine')).toMatchObject({ status: 'failed', reason: 'nobody answers' });
    expect(outcomes.get('count', 'mine')?.status).toBe('measured');
    expect(calls).toHaveLength(4);
    expect(lines).toContain('mine: nobody answers');
  });

  test('keeps of a chain what was measured before its relay failed', async () => {
    const gone = new RelayBenchError('it died', { code: 'GONE', exitCode: EXIT.unreachable });
    const { outcomes } = await held({ ids: ['queries-cold'] }, (relay, part) => {
      if (relay === 'mine' && part === 'queries-cold') throw gone;
    });
    expect(outcomes.get('queries', 'mine')?.status).toBe('measured');
    expect(outcomes.get('queries-cold', 'mine')?.status).toBe('failed');
  });

  test('ends with what is a fault of this program', async () => {
    const { end } = await held({}, () => {
      throw new TypeError('a bug');
    });
    expect(end).toBeInstanceOf(TypeError);
  });

  test('ends after the part in which it was interrupted', async () => {
    let stopped = false;
    const { calls, saved } = await held({ isInterrupted: () => stopped }, () => {
      stopped = true;
    });
    expect(calls).toHaveLength(1);
    expect(saved).toBe(0);
  });
});

describe('a suite that goes on', () => {
  async function resumed(record: ReturnType<typeof runOf>, ids: readonly string[] = ['ack']) {
    const directory = await tempDir();
    for (const run of plannedParts(ids)) await writeRunRecord(join(directory, fileOf(run, 'mine')), record);
    return held({ directory, isResumed: true, ids });
  }

  test('keeps what was measured and measures the rest', async () => {
    const { calls, outcomes, lines } = await resumed(runOf(1));
    expect(calls).toEqual(['reference: ack']);
    expect(outcomes.get('ack', 'mine')).toMatchObject({
      status: 'measured',
      file: join('mine', 'ack', 'run.json'),
    });
    expect(lines).toContain('ack, mine: kept from before');
  });

  test.each([
    ['was invalid', sampleRecord('invalid')],
    ['was stopped', sampleRecord('partial')],
    ['was another load', runOf(1, { scenario: { ...scenario, sha256: 'cd'.repeat(32) } })],
  ])('measures again what %s', async (_, record) => {
    expect((await resumed(record)).calls).toContain('mine: ack');
  });

  test('begins a chain anew where one of its parts is missing', async () => {
    const directory = await tempDir();
    const planned = plannedParts(['queries-cold']);
    const [first] = planned;
    if (first !== undefined) await writeRunRecord(join(directory, fileOf(first, 'mine')), runOf(1));
    const { calls } = await held({ directory, isResumed: true, ids: ['queries-cold'] });
    expect(calls).toContain('mine: queries+queries-cold');
  });

  test('keeps nothing of before where it begins anew', async () => {
    const directory = await tempDir();
    for (const run of plannedParts(['ack']))
      await writeRunRecord(join(directory, fileOf(run, 'mine')), runOf(1));
    expect((await held({ directory, ids: ['ack'] })).calls).toContain('mine: ack');
  });
});
