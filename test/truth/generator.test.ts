import { describe, expect } from 'vitest';
import { createPacer } from '../../src/plan/pacer.ts';
import type { StreamPlan } from '../../src/plan/parts.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { truthCase } from './truth-case.ts';

/** Coefficient of variation of the gaps that the schedule itself has; 1 for endless Poisson arrivals. */
function plannedGapVariation({ streams, phases, seed }: Plan): number {
  const pacer = createPacer(streams[0] as StreamPlan, phases, seed, { index: 0, count: 1 });
  const gaps: number[] = [];
  for (let atNs = pacer.peekNs(); pacer.peekNs() < Number.POSITIVE_INFINITY; ) {
    pacer.advance();
    if (pacer.peekNs() < Number.POSITIVE_INFINITY) gaps.push(pacer.peekNs() - atNs);
    atNs = pacer.peekNs();
  }
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length;
  return Math.sqrt(variance) / mean;
}

describe('the generator itself', () => {
  truthCase('A15: a generator whose event loop is blocked calls its run invalid and says why', {
    script: {},
    scenario: { workloads: { publish: { rate: '500/s' } } },
    duration: '3s',
    preload: 'busy-loop.mjs',
    always: (run) => {
      expect(run.reasons.join('\n')).toMatch(/lag|late|event loop/i);
    },
  });

  truthCase(
    'a generator that was stopped for longer than its deadline blames no relay whose answers are there',
    {
      script: { events: { delay: { kind: 'exact', ms: 100 } } },
      scenario: { workloads: { publish: { rate: '400/s', timeout: '500ms' } } },
      duration: '3s',
      stopped: { afterMs: 1_000, forMs: 1_200 },
      always: ({ result }) => {
        expect(result.counters).toMatchObject({ events_timeout: 0 });
        expect(result.counters.events_accepted).toBe(result.counters.events_sent);
      },
    },
  );

  truthCase('a generator that stands still now and then does not blame the relay in the closed model', {
    script: { events: { delay: { kind: 'exact', ms: 100 } } },
    scenario: {
      load: { model: 'closed' },
      connections: { count: 4 },
      workloads: { publish: {} },
    },
    duration: '5s',
    preload: 'standing-still.mjs',
    always: (run) => expect(run.reasons.join('\n')).toMatch(/generator interrupted/),
  });

  for (const rate of [10, 100, 1_000, 5_000]) {
    truthCase(`A17: ${rate}/s sends what was planned`, {
      script: {},
      scenario: { connections: { count: 8 }, workloads: { publish: { rate: `${rate}/s` } } },
      duration: '2s',
      always: (run) => expect(run.relay.events).toBe(run.result.counters.events_sent),
      whenValid: (run) => {
        const share = run.result.counters.events_sent / (2 * rate);
        expect(Math.abs(share - 1), `${share} of the plan`).toBeLessThanOrEqual(0.005);
      },
    });
  }

  truthCase('A17: Poisson arrivals are spread like Poisson arrivals', {
    script: {},
    scenario: {
      connections: { count: 8 },
      // Gaps of 5 ms: what a busy host adds to an arrival is small beside them.
      workloads: { publish: { rate: '200/s', arrivals: 'poisson' } },
    },
    duration: '5s',
    whenValid: (run) => {
      const planned = plannedGapVariation(run.plan);
      const seen = run.relay.gapVariation ?? Number.NaN;
      expect(Math.abs(planned - 1), `planned variation of gaps ${planned}`).toBeLessThanOrEqual(0.05);
      expect(Math.abs(seen - planned), `variation ${seen}, planned ${planned}`).toBeLessThanOrEqual(0.05);
    },
  });
});
