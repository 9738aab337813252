import { describe, expect, it } from 'vitest';
import { chooseWorkers } from '../../../src/plan/workers.ts';
import { EVERYTHING, sampleScenario } from '../../support/sample-plan.ts';

const publishOnly = sampleScenario();

function withTopics(topics: number): ReturnType<typeof sampleScenario> {
  return sampleScenario({ workloads: { ...EVERYTHING, subscribe: { topics } } });
}

describe('default number of workers', () => {
  it.each([
    [1, 1],
    [2, 1],
    [3, 1],
    [4, 2],
    [6, 4],
    [64, 4],
  ])('on %d cores is %d', (cores, workers) => {
    expect(chooseWorkers(publishOnly, undefined, cores)).toBe(workers);
  });

  it.each([
    [8, 4],
    [6, 3],
    [2, 2],
    [7, 1],
  ])('with %d topics on many cores is %d', (topics, workers) => {
    expect(chooseWorkers(withTopics(topics), undefined, 16)).toBe(workers);
  });

  it('leaves no worker without a connection of each role', () => {
    const scenario = sampleScenario({ workloads: { publish: { rate: '1/s', connections: 2 } } });
    expect(chooseWorkers(scenario, undefined, 16)).toBe(2);
  });
});

describe('requested number of workers', () => {
  it('is taken where it suits, whatever the cores', () => {
    expect(chooseWorkers(withTopics(6), 6, 1)).toBe(6);
  });

  it('is refused where the topics do not divide, naming the numbers that suit', () => {
    expect(() => chooseWorkers(withTopics(4), 3, 8)).toThrowError(
      expect.objectContaining({
        code: 'PLAN_IMPOSSIBLE',
        message: "3 workers can't carry out this scenario: the 4 topics must divide evenly among them",
        hint: 'use one of 1, 2, 4 workers, or change the scenario',
      }),
    );
  });

  it('is refused where a worker would have no connection', () => {
    expect(() => chooseWorkers(publishOnly, 11, 8)).toThrowError(
      'each worker needs a connection of its own for every role, there are 10',
    );
  });

  it.each([0, -1, 1.5, Number.NaN])('is refused where it is %d', (workers) => {
    expect(() => chooseWorkers(publishOnly, workers, 8)).toThrowError(
      expect.objectContaining({ code: 'PLAN_IMPOSSIBLE' }),
    );
  });
});
