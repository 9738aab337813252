import { describe, expect, test } from 'vitest';
import { sayStep } from '../../../../src/cli/capacity/say-step.ts';
import { sampleStep } from '../../../support/sample-capacity.ts';

const SEARCH = { start: 100, tolerance: 0.05, least: 1, most: 1_000_000, whole: false };

function teller(of: 'rate' | 'connections' = 'rate') {
  const lines: string[] = [];
  const counted = { of, unit: 'events' };
  const say = (line: string): void => void lines.push(line);
  return { lines, tell: sayStep({ counted, search: SEARCH, stepMs: 20_000, say }) };
}

const planned = (rate_per_s: number) => ({
  number: 3,
  why: 'bisect' as const,
  rate_per_s,
  connections: 100,
});

describe('what a search says before a step', () => {
  test('is the level and the budget that is left, while nobody knows how many steps follow', () => {
    const { lines, tell } = teller();
    tell.before({ ...planned(100), number: 1, why: 'start' }, [], 600_000);
    expect(lines).toEqual(['step 1: 100 events/s (start); at most 10m 00s left']);
  });

  test('names the highest level that holds, with nothing above it known', () => {
    const { lines, tell } = teller();
    tell.before(planned(400), [sampleStep(200)], 60_000);
    expect(lines).toEqual(['step 3: 400 events/s (bisect); 200 holds; at most 1m 00s left']);
  });

  test('names the level that breaks, with nothing below it known', () => {
    const { lines, tell } = teller();
    tell.before(planned(200), [sampleStep(400)], 60_000);
    expect(lines).toEqual(['step 3: 200 events/s (bisect); 400 breaks; at most 1m 00s left']);
  });

  test('estimates the time of the steps that are left once both ends are known', () => {
    const { lines, tell } = teller();
    tell.before(planned(300), [sampleStep(200), sampleStep(400)], 3_600_000);
    // Width 200 of 5 % of 200: five bisections and two confirmations of 20 s.
    expect(lines).toEqual(['step 3: 300 events/s (bisect); 200 holds, 400 breaks; about 2m 20s left']);
  });

  test('never promises more time than the budget has left', () => {
    const { lines, tell } = teller();
    tell.before(planned(300), [sampleStep(200), sampleStep(400)], 30_000);
    expect(lines[0]).toContain('about 30.0 s left');
  });

  test('counts in connections where those are raised', () => {
    const { lines, tell } = teller('connections');
    tell.before(planned(300), [], 30_000);
    expect(lines[0]).toContain('step 3: 100 connections (bisect)');
  });
});

describe('what a search says after a step', () => {
  test('that held is no more than that', () => {
    const { lines, tell } = teller();
    tell.after(sampleStep(200, { number: 2 }));
    expect(lines).toEqual(['step 2: held']);
  });

  test('that broke is the gate and its figure', () => {
    const { lines, tell } = teller();
    tell.after(sampleStep(400, { number: 2 }));
    expect(lines[0]).toMatch(/^step 2: broken: .*412/);
  });

  test('that could not be carried out is why', () => {
    const { lines, tell } = teller();
    tell.after(sampleStep(200, { verdict: 'invalid', reason: 'too few open files' }));
    expect(lines).toEqual(['step 1: invalid: too few open files']);
  });

  test('of a rest is whether the relay came to rest', () => {
    const { lines, tell } = teller();
    tell.rested({ waited_s: 4, calm: true });
    tell.rested({ waited_s: 30, calm: false });
    expect(lines[0]).toMatch(/^at rest after 4.* s$/);
    expect(lines[1]).toMatch(/^not at rest after 30.* s; going on$/);
  });
});
