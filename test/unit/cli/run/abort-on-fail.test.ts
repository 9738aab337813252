import { describe, expect, it } from 'vitest';
import { watchGates } from '../../../../src/cli/run/abort-on-fail.ts';
import type { RunRecord } from '../../../../src/record/schema.ts';
import type { ProgressEvent } from '../../../../src/result/progress.ts';
import type { RunResult } from '../../../../src/result/run-result.ts';
import { samplePlan } from '../../../support/sample-plan.ts';
import { runOf } from '../../../support/sample-runs.ts';

const row = runOf(1).intervals[0];

/** A watch over a run that looks like `record` at every second; 2 s of warm-up. */
function setUp(record: RunRecord, abortOnFail: boolean | undefined = true) {
  const gates = ['ack_latency p95 < 1ms'];
  const overrides = { abortOnFail, gates, noDefaultGates: true };
  const events: ProgressEvent[] = [];
  const user = new AbortController();
  const watch = watchGates({
    plan: samplePlan({ abortOnFail: { delay: '3s', minSamples: 100 } }, { overrides }),
    signal: user.signal,
    onProgress: (event) => events.push(event),
    recordOf: () => record,
  });
  watch.options.onSnapshot?.(() => ({}) as RunResult);
  const pass = (t: number): void => {
    if (row === undefined) throw new Error('the sample has no second');
    watch.options.onProgress({ type: 'interval', row: { ...row, t }, rejected: 0, sendLagP99_us: null });
  };
  return { watch, pass, user, events };
}

describe('gates that end a run', () => {
  it('are looked at once the delay of measured time has passed', () => {
    const { watch, pass } = setUp(runOf(1));
    pass(3);
    expect(watch.options.signal.aborted).toBe(false);
    pass(4);
    expect(watch.options.signal.reason).toBe('gate');
    expect(watch.reason()).toMatch(/^a gate ended the run after 5 s: ack_latency p95 < 1ms was /);
  });

  it('pass every progress on', () => {
    const { pass, events } = setUp(runOf(1));
    pass(3);
    pass(4);
    expect(events).toHaveLength(2);
  });

  it('let a run go on whose gates hold', () => {
    const { watch, pass } = setUp(runOf(0.001));
    for (let t = 0; t < 20; t++) pass(t);
    expect(watch.options.signal.aborted).toBe(false);
    expect(watch.reason()).toBeNull();
  });

  it('leave the word to the user', () => {
    const { watch, user } = setUp(runOf(0.001));
    user.abort('SIGINT');
    expect(watch.options.signal.reason).toBe('SIGINT');
  });

  it('do nothing where the plan does not ask for it', () => {
    const plan = samplePlan({}, { overrides: { noDefaultGates: true } });
    const { signal } = new AbortController();
    const onProgress = (): void => undefined;
    const watch = watchGates({ plan, signal, onProgress, recordOf: () => runOf(1) });
    expect(watch.options).toEqual({ signal, onProgress });
  });
});
