import { describe, expect } from 'vitest';
import { truthCase } from './truth-case.ts';

describe('the generator itself', () => {
  truthCase('A15: a generator whose event loop is blocked calls its run invalid and says why', {
    script: {},
    scenario: { workloads: { publish: { rate: '500/s' } } },
    duration: '4s',
    preload: 'busy-loop.mjs',
    always: (run) => {
      expect(run.result.validity.verdict).toBe('invalid');
      expect(run.result.validity.reasons.join('\n')).toMatch(/lag|late|event loop/i);
    },
  });

  for (const rate of [10, 100, 1_000, 5_000]) {
    truthCase(`A17: ${rate}/s sends what was planned`, {
      script: {},
      scenario: { connections: { count: 8 }, workloads: { publish: { rate: `${rate}/s` } } },
      duration: '3s',
      always: (run) => expect(run.relay.events).toBe(run.result.counters.events_sent),
      whenValid: (run) => {
        const share = run.result.counters.events_sent / (3 * rate);
        expect(Math.abs(share - 1), `${share} of the plan`).toBeLessThanOrEqual(0.005);
      },
    });
  }

  truthCase('A17: Poisson arrivals are spread like Poisson arrivals', {
    script: {},
    scenario: {
      connections: { count: 8 },
      workloads: { publish: { rate: '1000/s', arrivals: 'poisson' } },
    },
    duration: '4s',
    whenValid: (run) => {
      const variation = run.relay.gapVariation ?? Number.NaN;
      expect(Math.abs(variation - 1), `variation of gaps ${variation}`).toBeLessThanOrEqual(0.05);
    },
  });
});
