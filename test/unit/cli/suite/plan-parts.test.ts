import { describe, expect, test } from 'vitest';
import { NS_PER_S } from '../../../../src/base/clock.ts';
import { createIo } from '../../../../src/cli/io.ts';
import { modeOf, timesOf } from '../../../../src/cli/suite/mode.ts';
import { planParts } from '../../../../src/cli/suite/plan-parts.ts';
import { SUITE_PARTS, selectParts } from '../../../../src/suite/parts.ts';
import { FakeProcess } from '../../../support/fake-process.ts';

const host = { io: createIo(new FakeProcess()), colourFlag: () => undefined, finish: () => undefined };
const partOf = (id: string) => selectParts([id]).find((part) => part.id === id) ?? SUITE_PARTS[0];

describe('the times of a part', () => {
  test('are those of the mode, without a warm-up where it is asked cold, and its own where they are its point', () => {
    const mode = modeOf(true, undefined);
    const times = (id: string) => timesOf(partOf(id) as (typeof SUITE_PARTS)[number], mode);
    expect(times('ack')).toEqual({ duration: mode.durationMs, warmup: mode.warmupMs });
    expect(times('queries-cold')).toEqual({ duration: mode.durationMs, warmup: 0 });
    expect(times('idle')).toEqual({});
  });

  test('are longer in the full mode, and what the user says', () => {
    expect(modeOf(false, undefined).durationMs).toBeGreaterThan(modeOf(true, undefined).durationMs);
    expect(modeOf(true, 2_000)).toMatchObject({ name: 'quick', durationMs: 2_000 });
  });
});

describe('the plans of the parts', () => {
  test('are those of their scenarios at the times of the mode', async () => {
    const parts = selectParts(['fanout', 'idle', 'connect', 'sync']);
    const planned = await planParts(parts, {
      flags: { seed: 7, workers: 1 },
      mode: modeOf(true, 4_000),
      host,
    });
    expect(planned.map(({ part, scenario }) => [part.id, scenario.name])).toEqual([
      ['fanout', 'suite-fanout'],
      ['sync', 'suite-sync'],
      ['connect', 'suite-connect'],
      ['idle', 'suite-idle'],
    ]);
    const [fanout] = planned;
    expect(fanout?.plan).toMatchObject({ seed: 7, workers: 1 });
    expect(fanout?.plan.phases.at(-1)?.endNs).toBe(5 * NS_PER_S);
  });

  test('have the default gates for the search alone: nothing else is judged', async () => {
    const parts = selectParts(['fanout', 'capacity']);
    const [fanout, capacity] = await planParts(parts, { flags: {}, mode: modeOf(true, undefined), host });
    expect(fanout?.plan.gates).toEqual([]);
    expect(capacity?.plan.gates.length).toBeGreaterThan(0);
  });
});
