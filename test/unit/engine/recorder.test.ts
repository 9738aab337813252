import { describe, expect, it } from 'vitest';
import { Recorder } from '../../../src/engine/worker/recorder.ts';
import { LATENCY_NAMES } from '../../../src/metric/catalogue.ts';
import { COUNTER_NAMES } from '../../../src/metric/counters.ts';
import { buildSeriesTable } from '../../../src/metric/series-table.ts';

const phases = [
  { name: 'warm-up', kind: 'warm-up' as const, startNs: 0, endNs: 1e9, levelStart: 1, levelEnd: 1 },
  { name: 'steady', kind: 'measured' as const, startNs: 1e9, endNs: 3e9, levelStart: 1, levelEnd: 1 },
];
const series = buildSeriesTable(LATENCY_NAMES, {});

describe('Recorder', () => {
  it('puts an operation into the phase of its scheduled time, late ones into the last', () => {
    const recorder = new Recorder(phases, series);
    expect([0, 999_999_999, 1e9, 2.9e9, 5e9].map((at) => recorder.phaseOf(at))).toEqual([0, 0, 1, 1, 1]);
  });

  it('gives each sample away once', () => {
    const recorder = new Recorder(phases, series);
    recorder.latency(2, 1, 1_000, 6_000);
    recorder.latency(2, 1, 1_000, 8_000);
    expect(recorder.takeSamples()).toMatchObject([
      { series: 2, phase: 1, delta: { count: 2, min_us: 5, max_us: 7 } },
    ]);
    expect(recorder.takeSamples()).toEqual([]);
  });

  it('tells in which second what never ended was due, once', () => {
    const recorder = new Recorder(phases, series);
    recorder.censored(2, 1, 1.2e9);
    recorder.censored(2, 1, 1.9e9, 3);
    recorder.censored(3, 1, 2.1e9);
    recorder.censored(-1, 1, 2.1e9);
    expect(recorder.takeCensored()).toEqual([
      { series: 2, second: 1, count: 4 },
      { series: 3, second: 2, count: 1 },
    ]);
    expect(recorder.takeCensored()).toEqual([]);
    expect(recorder.takeSamples().map(({ delta }) => delta.censored)).toEqual([4, 1]);
  });

  it('ignores a series that the run does not have', () => {
    const recorder = new Recorder(phases, series);
    recorder.latency(-1, 0, 0, 1);
    expect(recorder.takeSamples()).toEqual([]);
  });

  it('keeps counters by phase and what happens outside of phases apart', () => {
    const recorder = new Recorder(phases, series);
    recorder.count(1, 'events_sent', 3);
    recorder.count(recorder.outside, 'notices');
    const { rows } = recorder.counters();
    expect(rows[1]?.[COUNTER_NAMES.indexOf('events_sent')]).toBe(3);
    expect(rows[2]?.[COUNTER_NAMES.indexOf('notices')]).toBe(1);
  });

  it('bounds the words and notices that a relay can make it keep', () => {
    const recorder = new Recorder(phases, series);
    for (let n = 0; n < 1_000; n++) {
      recorder.countWord(1, 'events_rejected', `prefix-${n}`);
      recorder.notice('x'.repeat(10_000));
    }
    const words = recorder.counters().words.events_rejected[1];
    expect(words?.size).toBeLessThanOrEqual(33);
    expect(words?.get('other')).toBeGreaterThan(900);
    expect(recorder.notices.length * (recorder.notices[0]?.length ?? 0)).toBeLessThanOrEqual(6_000);
  });

  it('keeps the words of a relay that are names of what every object inherits', () => {
    const recorder = new Recorder(phases, series);
    for (const word of ['constructor', 'tostring', 'valueOf', '__proto__', 'other'])
      recorder.countWord(1, 'events_rejected', word);
    expect([...(recorder.counters().words.events_rejected[1] ?? [])]).toEqual([
      ['constructor', 1],
      ['tostring', 1],
      ['valueOf', 1],
      ['other', 2],
    ]);
  });

  it('keeps the first refused upgrade of each status', () => {
    const recorder = new Recorder(phases, series);
    recorder.connectionFailed(1, 'http 429', { status: 429, retryAfter: '1' });
    recorder.connectionFailed(1, 'http 429', { status: 429, retryAfter: '2' });
    recorder.connectionFailed(1, 'ECONNREFUSED');
    expect(recorder.refusals).toEqual([{ status: 429, retryAfter: '1' }]);
    expect([...(recorder.counters().words.connection_errors[1] ?? [])]).toEqual([
      ['http 429', 2],
      ['ECONNREFUSED', 1],
    ]);
  });
});
