import { describe, expect, it } from 'vitest';
import { blameGenerator, type GeneratorBlame, type ValidityInput } from '../../../src/engine/validity.ts';
import { LatencyHistogram } from '../../../src/metric/histogram.ts';

function lag(...values_us: readonly number[]): LatencyHistogram {
  const histogram = new LatencyHistogram();
  for (const value of values_us) histogram.record(value);
  return histogram;
}

const HEALTHY: ValidityInput = {
  model: 'open',
  offered: 1_000,
  written: 1_000,
  droppedArrivals: 0,
  sendLag: lag(...Array.from({ length: 1_000 }, () => 100)),
  medianLatency_us: 2_000,
  loopDelayP99_us: 3_000,
  saturatedShare: 0,
  lostWorkers: [],
};

function textsOf({ invalidities, doubts }: GeneratorBlame): readonly string[] {
  return [...invalidities, ...doubts].map(({ text }) => text);
}

function reasonsOf(change: Partial<ValidityInput>): readonly string[] {
  return textsOf(blameGenerator({ ...HEALTHY, ...change }));
}

describe('blameGenerator', () => {
  it('accepts a generator that kept its schedule', () => {
    expect(blameGenerator(HEALTHY)).toEqual({ invalidities: [], doubts: [] });
  });

  it('refuses a run in which arrivals were never written', () => {
    expect(reasonsOf({ droppedArrivals: 3 })).toEqual(['3 of 1000 arrivals were never written']);
  });

  it('refuses a run that wrote less than 99 % of what it offered', () => {
    expect(reasonsOf({ written: 989 })[0]).toMatch(/offered rate not reached/);
  });

  it('refuses a run in which more than 1 % of the operations were written 5 ms late', () => {
    const late = lag(...Array.from({ length: 98 }, () => 100), 6_000, 6_000);
    expect(reasonsOf({ sendLag: late })[0]).toMatch(/generator late/);
    const barely = lag(...Array.from({ length: 199 }, () => 100), 6_000);
    expect(reasonsOf({ sendLag: barely })).toEqual([]);
  });

  it('allows a delayed event loop only as far as the latencies are longer', () => {
    expect(reasonsOf({ loopDelayP99_us: 20_000 })[0]).toMatch(/generator delayed/);
    expect(reasonsOf({ loopDelayP99_us: 20_000, medianLatency_us: 50_000 })).toEqual([]);
  });

  it('refuses a saturated event loop, but not for one busy second in twenty', () => {
    expect(reasonsOf({ saturatedShare: 0.5 })[0]).toMatch(/generator saturated/);
    expect(reasonsOf({ saturatedShare: 0.05 })).toEqual([]);
  });

  it('allows one saturated second in ten, and no more', () => {
    expect(reasonsOf({ saturatedShare: 0.1 })).toEqual([]);
    expect(reasonsOf({ saturatedShare: 0.1001 })[0]).toMatch(/generator saturated/);
  });

  it('asks no schedule of the closed model', () => {
    expect(reasonsOf({ model: 'closed', written: 0, sendLag: undefined })).toEqual([]);
  });

  it('refuses a run that lost a worker', () => {
    expect(reasonsOf({ lostWorkers: ['worker 1: SIGKILL'] })).toEqual(['worker lost: worker 1: SIGKILL']);
  });
});
