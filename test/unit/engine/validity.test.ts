import { describe, expect, it } from 'vitest';
import { blameGenerator, type GeneratorBlame, type ValidityInput } from '../../../src/engine/validity.ts';
import { LatencyHistogram } from '../../../src/metric/histogram.ts';

function lag(...values_us: readonly number[]): LatencyHistogram {
  const histogram = new LatencyHistogram();
  for (const value of values_us) histogram.record(value);
  return histogram;
}

/** So many bad seconds of twenty. */
function seconds(saturated: number, delayed: number, cold = 0): ValidityInput['seconds'] {
  return {
    saturated: () => ({ bad: saturated, measured: 20, cold }),
    delayed: (limit_us) => ({ bad: limit_us < 20_000 ? delayed : 0, measured: 20, cold }),
    interrupted: () => 0,
  };
}

/** So many late writes among so many. */
function late(bad: number, all: number): LatencyHistogram {
  return lag(...Array.from({ length: all }, (_, at) => (at < bad ? 6_000 : 100)));
}

const HEALTHY: ValidityInput = {
  model: 'open',
  offered: 1_000,
  written: 1_000,
  writtenTooLate: 0,
  droppedArrivals: 0,
  sendLag: late(0, 1_000),
  medianLatency_us: 2_000,
  seconds: seconds(0, 0),
  lateWhileCold: null,
  lostWorkers: [],
  phases: [],
};

function blame(change: Partial<ValidityInput>): GeneratorBlame {
  return blameGenerator({ ...HEALTHY, ...change });
}

function textsOf({ invalidities, doubts }: GeneratorBlame): readonly string[] {
  return [...invalidities, ...doubts].map(({ text }) => text);
}

function reasonsOf(change: Partial<ValidityInput>): readonly string[] {
  return textsOf(blame(change));
}

describe('blameGenerator', () => {
  it('accepts a generator that kept its schedule', () => {
    expect(blameGenerator(HEALTHY)).toEqual({ invalidities: [], doubts: [], caveats: [] });
  });

  it.each([
    [2_000, '10.0 ms'],
    [10_040, '10.04 ms'],
    [12_345, '12.3 ms'],
  ])(
    'names the lateness that spoils a median of %d µs without rounding it onto another limit',
    (median, text) => {
      const reasons = reasonsOf({ seconds: seconds(0, 20), medianLatency_us: median });
      expect(reasons).toEqual([expect.stringContaining(`late by more than ${text} (p99)`)]);
    },
  );

  it('refuses a run in which arrivals were never written', () => {
    expect(reasonsOf({ droppedArrivals: 3 })).toEqual(['3 of 1000 arrivals were never written']);
  });

  it('refuses a run that wrote less than 99 % of what it offered', () => {
    expect(reasonsOf({ written: 989 })[0]).toMatch(/offered rate not reached/);
  });

  it('refuses a run that wrote more than 1 % after the measured time, when nobody could answer it in time', () => {
    expect(reasonsOf({ writtenTooLate: 10 })).toEqual([]);
    expect(blame({ writtenTooLate: 11 }).invalidities).toEqual([
      {
        kind: 'load-not-offered',
        text: 'offered rate not reached: 11 of 1000 operations were written only after the measured time',
      },
    ]);
  });

  it('asks no schedule of the closed model', () => {
    expect(reasonsOf({ model: 'closed', written: 0, sendLag: undefined })).toEqual([]);
  });

  it('refuses a run that lost a worker', () => {
    expect(reasonsOf({ lostWorkers: ['worker 1: SIGKILL'] })).toEqual(['worker lost: worker 1: SIGKILL']);
  });
});

describe('doubts, with a confidence of 95 %', () => {
  it.each([
    // Lower bounds of Clopper and Pearson: 0.20, 1.10, 0.97 and 1.01 %.
    [2, 180, false],
    [5, 180, true],
    [15, 1_000, false],
    [16, 1_000, true],
  ])('%d of %d operations that were 5 ms late', (bad, all, isDoubt) => {
    const { doubts, caveats } = blame({ sendLag: late(bad, all) });
    const text = `generator late: ${bad} of ${all} operations were written more than 5.0 ms after their time`;
    expect(doubts).toEqual(isDoubt ? [{ kind: 'generator-late', text }] : []);
    expect(caveats).toEqual(isDoubt ? [] : [text]);
  });

  it.each([
    // Lower bounds of 4, 5 and 6 of 20 seconds: 7.1, 10.4 and 14.0 %.
    [4, false],
    [5, true],
    [6, true],
  ])('%d of 20 seconds in which the event loop was saturated, or delayed', (bad, isDoubt) => {
    const kinds = (change: Partial<ValidityInput>): string[] => blame(change).doubts.map(({ kind }) => kind);
    expect(kinds({ seconds: seconds(bad, 0) })).toEqual(isDoubt ? ['generator-saturated'] : []);
    expect(kinds({ seconds: seconds(0, bad) })).toEqual(isDoubt ? ['generator-delayed'] : []);
    expect(blame({ seconds: seconds(bad, bad) }).caveats).toHaveLength(isDoubt ? 0 : 2);
  });

  it('allows a delayed event loop as far as the latencies are longer', () => {
    expect(reasonsOf({ seconds: seconds(0, 20), medianLatency_us: 50_000 })).toEqual([]);
  });

  it('names the first seconds of a cold process as the cause where they are', () => {
    const cold = 'a cold process, which a warm-up avoids';
    expect(blame({ sendLag: late(2, 180), lateWhileCold: 2 }).caveats[0]).toContain(
      `, all in its first 2 s: ${cold}`,
    );
    expect(reasonsOf({ sendLag: late(20, 180), lateWhileCold: 15 })[0]).toContain(
      '15 of them in its first 2 s',
    );
    expect(reasonsOf({ sendLag: late(20, 180), lateWhileCold: 5 })[0]).not.toContain(cold);
    expect(reasonsOf({ sendLag: late(20, 180) })[0]).not.toContain(cold);
    expect(reasonsOf({ seconds: seconds(0, 5, 2), lateWhileCold: 0 })[0]).not.toContain(cold);
    expect(blame({ seconds: seconds(0, 2, 2), lateWhileCold: 0 }).caveats[0]).toContain(cold);
  });
});

describe('a phase by itself', () => {
  const fast = { written: 8_000, sendLag: late(0, 8_000), medianLatency_us: 2_000, seconds: seconds(0, 0) };

  it('is in doubt where its own operations were late, however many others were in time', () => {
    const short = { ...fast, written: 240, sendLag: late(19, 240), name: 'short' };
    const found = blame({ sendLag: late(19, 8_240), phases: [{ ...fast, name: 'long' }, short] });
    expect(found.doubts).toEqual([
      {
        kind: 'generator-late',
        text: 'generator late in phase short: 19 of 240 operations were written more than 5.0 ms after their time',
      },
    ]);
    expect(found.caveats).toEqual([]);
  });

  it('is not named where the whole run says the same', () => {
    const found = blame({
      sendLag: late(500, 1_000),
      phases: [{ ...fast, sendLag: late(500, 900), name: 'a' }],
    });
    expect(found.doubts.map(({ text }) => text)).toEqual([
      expect.stringMatching(/^generator late: 500 of 1000/),
    ]);
  });

  it('is judged by the seconds of its own, too', () => {
    const found = blame({
      phases: [
        { ...fast, name: 'long' },
        { ...fast, seconds: seconds(10, 0), name: 'b' },
      ],
    });
    expect(found.doubts.map(({ text }) => text)).toEqual([
      'generator saturated in phase b: its event loop was busy more than 90 % of the time in 10 of 20 seconds',
    ]);
  });
});

describe('a loop that stands still in the closed model', () => {
  /** So many operations in flight at each of twelve gaps of 400 ms. */
  const gaps = (inFlight: number): ValidityInput['seconds'] => ({
    ...seconds(0, 0),
    interrupted: (limit_us) => (limit_us < 400_000 ? 12 * inFlight : 0),
  });
  const closed = { model: 'closed', written: 5_240, sendLag: undefined, medianLatency_us: 105_000 } as const;

  it('casts doubt where more than 1 % of the operations waited for it', () => {
    expect(blame({ ...closed, seconds: gaps(10) }).doubts).toEqual([
      {
        kind: 'generator-interrupted',
        text: 'generator interrupted: its event loop stood still for more than 105.0 ms while 120 of 5240 operations waited for their answers',
      },
    ]);
  });

  it('is a caveat where fewer did, and nothing where answers take longer anyway', () => {
    const few = blame({ ...closed, seconds: gaps(4) });
    expect([few.doubts.length, few.caveats.length]).toEqual([0, 1]);
    const slow = blame({ ...closed, medianLatency_us: 500_000, seconds: gaps(10) });
    expect([...slow.doubts, ...slow.caveats]).toEqual([]);
  });

  it('is left to the lateness of the schedule in the open model', () => {
    expect(blame({ seconds: gaps(100) }).doubts).toEqual([]);
  });
});
