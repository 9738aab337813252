import { describe, expect, it, vi } from 'vitest';
import type { ProgressEvent } from '../../../src/result/progress.ts';
import { prometheusName } from '../../../src/telemetry/family.ts';
import { LiveView } from '../../../src/telemetry/view.ts';
import { sampleRecord } from '../../support/sample-record.ts';

const STARTED: ProgressEvent = { type: 'started', phases: [] };
const SECOND: ProgressEvent = {
  type: 'interval',
  row: sampleRecord('pass').intervals[0] as never,
  rejected: 0,
  sendLagP99_us: null,
};

/** Where `relaybench_stage` is 1. */
function stageOf(view: LiveView): string | undefined {
  const family = view.snapshot().families.find((each) => prometheusName(each) === 'relaybench_stage');
  const sample = family?.samples.find((each) => 'value' in each && each.value === 1);
  return sample?.labels['stage'];
}

describe('the view of a run', () => {
  it('says what the run is at', () => {
    const view = new LiveView();
    const stages = [stageOf(view)];
    const events: ProgressEvent[] = [
      { type: 'connecting', opened: 3, failed: 1, total: 9 },
      { type: 'preparing', done: 1, total: 2, what: 'events' },
      STARTED,
      SECOND,
      { type: 'draining', pending: 4 },
      SECOND,
      { type: 'finished' },
    ];
    for (const event of events) {
      view.onProgress(event);
      stages.push(stageOf(view));
    }
    view.finish(sampleRecord('pass'));
    stages.push(stageOf(view));
    expect(stages).toEqual([
      'starting',
      'connecting',
      'preparing',
      'running',
      'running',
      'draining',
      'draining',
      'ended',
      'finished',
    ]);
  });

  it('tells connections while they are opened', () => {
    const view = new LiveView();
    view.onProgress({ type: 'connecting', opened: 3, failed: 1, total: 9 });
    expect(view.snapshot().families.find(({ name }) => name === 'connections')?.samples).toEqual([
      { labels: { state: 'requested' }, value: 9 },
      { labels: { state: 'opened' }, value: 3 },
      { labels: { state: 'failed' }, value: 1 },
    ]);
  });

  it('makes the record of the run so far once a second, however often it is asked, and not unless it is', () => {
    const view = new LiveView();
    const soFar = vi.fn(() => sampleRecord('pass'));
    view.follow(soFar);
    view.onProgress(STARTED);
    view.onProgress(SECOND);
    view.onProgress(SECOND);
    expect(soFar).not.toHaveBeenCalled();
    const first = view.snapshot();
    expect(view.snapshot()).toBe(first);
    expect(soFar).toHaveBeenCalledOnce();
    view.onProgress(SECOND);
    expect(view.snapshot().version).toBeGreaterThan(first.version);
    expect(soFar).toHaveBeenCalledTimes(2);
  });

  it('tells the record itself at the end', () => {
    const view = new LiveView();
    view.follow(() => sampleRecord('fail'));
    view.onProgress(STARTED);
    view.finish(sampleRecord('pass'));
    view.onProgress(SECOND);
    const { stage, families } = view.snapshot();
    expect(stage).toBe('finished');
    const verdict = families.find(({ name }) => name === 'verdict');
    expect(verdict?.samples).toContainEqual({ labels: { verdict: 'pass' }, value: 1 });
  });
});
