import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { sampleDuringMeasuredPhases } from '../../../../src/cli/run/watch-components.ts';
import type { ProgressEvent } from '../../../../src/result/progress.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const STARTED: ProgressEvent = {
  type: 'started',
  phases: [
    { name: 'warm-up', kind: 'warm-up', start_s: 0, end_s: 3 },
    { name: 'steady', kind: 'measured', start_s: 3, end_s: 13 },
  ],
};

function watch() {
  const sampler = { start: vi.fn(), stop: vi.fn(() => ({ components: [], notMeasured: {} })) };
  const next = vi.fn();
  return { sampler, next, onProgress: sampleDuringMeasuredPhases([sampler], next) };
}

test('sampling begins with the first measured phase, not with the warm-up', () => {
  const { sampler, onProgress } = watch();
  onProgress(STARTED);
  vi.advanceTimersByTime(2_900);
  expect(sampler.start).not.toHaveBeenCalled();
  vi.advanceTimersByTime(200);
  expect(sampler.start).toHaveBeenCalledOnce();
});

test('sampling ends when draining begins', () => {
  const { sampler, onProgress } = watch();
  onProgress(STARTED);
  vi.advanceTimersByTime(4_000);
  onProgress({ type: 'draining', pending: 3 });
  expect(sampler.stop).toHaveBeenCalledOnce();
});

test('a run that ends during its warm-up is never sampled', () => {
  const { sampler, onProgress } = watch();
  onProgress(STARTED);
  onProgress({ type: 'finished' });
  vi.advanceTimersByTime(60_000);
  expect(sampler.start).not.toHaveBeenCalled();
});

test('every event is passed on', () => {
  const { next, onProgress } = watch();
  onProgress(STARTED);
  onProgress({ type: 'finished' });
  expect(next.mock.calls.map(([event]) => event.type)).toEqual(['started', 'finished']);
});
