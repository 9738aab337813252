import { describe, expect, it } from 'vitest';
import { drain } from '../../../src/engine/worker/drain.ts';
import { samplePlan } from '../../support/sample-plan.ts';

/** Whoever asks so often finds nothing any more. */
function lastsFor(questions: number): () => number {
  let left = questions;
  return () => (left > 0 ? left-- : 0);
}

function planWith(drainText: string, timeout: string) {
  return samplePlan({ drain: drainText, workloads: { publish: { rate: '10/s', timeout } } });
}

const silent = { pending: () => 0, incomplete: () => 0, onPending: () => undefined };

describe('drain', () => {
  it('waits for an answer that comes after the drain of the scenario and before its deadline', async () => {
    const pending = lastsFor(8);
    await drain(planWith('10ms', '20s'), { ...silent, pending });
    expect(pending()).toBe(0);
  });

  it('waits for deliveries from the last answer on, not from the last arrival', async () => {
    let isAnswered = false;
    const pending = lastsFor(10);
    const deliveries = lastsFor(3);
    await drain(planWith('20s', '20s'), {
      ...silent,
      pending: () => {
        const left = pending();
        isAnswered ||= left === 0;
        return left;
      },
      incomplete: () => (isAnswered ? deliveries() : 1),
    });
    expect(deliveries()).toBe(0);
  });

  it('gives up deliveries that never come after the drain', async () => {
    await drain(planWith('20ms', '20s'), { ...silent, incomplete: () => 1 });
  });

  it('does not wait for ever for a socket that takes nothing', async () => {
    await drain(planWith('0s', '20ms'), { ...silent, pending: () => 1 });
  });
});
