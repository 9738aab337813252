import { describe, expect, it } from 'vitest';
import { scenarioSha256 } from '../../../src/plan/fingerprint.ts';
import { sampleScenario } from '../../support/sample-plan.ts';

describe('scenarioSha256', () => {
  it('does not depend on the order in which keys were written', () => {
    const scenario = sampleScenario();
    const reversed = Object.fromEntries(Object.entries(scenario).reverse()) as typeof scenario;
    expect(scenarioSha256(reversed)).toBe(scenarioSha256(scenario));
  });

  it('does not depend on whether a default was written out', () => {
    expect(scenarioSha256(sampleScenario({ drain: '5s' }))).toBe(scenarioSha256(sampleScenario()));
  });

  it('depends on every value', () => {
    expect(scenarioSha256(sampleScenario({ seed: 2 }))).not.toBe(scenarioSha256(sampleScenario()));
  });

  it('depends on the order of lists', () => {
    const first = { name: 'first', duration: '1s' };
    const second = { name: 'second', duration: '1s' };
    expect(scenarioSha256(sampleScenario({ phases: [first, second] }))).not.toBe(
      scenarioSha256(sampleScenario({ phases: [second, first] })),
    );
  });
});
