import type { RunRecord } from '../../src/record/schema.ts';
import { buildSuite, type Outcome, type SuiteInput } from '../../src/suite/build.ts';
import { notMeasured } from '../../src/suite/outcome.ts';
import { selectParts } from '../../src/suite/parts.ts';
import type { Reading } from '../../src/suite/reading.ts';
import type { Suite, SuiteRelay } from '../../src/suite/schema.ts';

const ABILITIES: SuiteRelay['abilities'] = [
  { what: 'stores', title: 'stores an event', nip: 1, supported: true, detail: null },
  { what: 'count', title: 'counts events', nip: 45, supported: true, detail: null },
];

export const SAMPLE_RELAYS: readonly SuiteRelay[] = [
  {
    name: 'mine',
    kind: 'command',
    command: 'mine {port} {dir}',
    url: null,
    software: 'mine 1.0',
    abilities: ABILITIES,
  },
  { name: 'reference', kind: 'embedded', command: null, url: null, software: null, abilities: ABILITIES },
];

/** A figure that is known within a tenth on both sides. */
export function readingOf(value: number, within = 0.1): Reading {
  return { value, low: value / (1 + within), high: value * (1 + within), reason: null };
}

/** A part that was measured, with these figures. */
export function measured(
  readings: Readonly<Record<string, Reading>>,
  changes: Partial<Outcome> = {},
  record: RunRecord | null = null,
): Outcome {
  return {
    ...{ status: 'measured', reason: null, file: 'mine/part/run.json', runId: 'run' },
    startedAt: '2026-01-02T03:04:05.000Z',
    wrongAnswers: null,
    caveats: [],
    readings: new Map(Object.entries(readings)),
    record,
    ...changes,
  };
}

export interface SampleSuite {
  /** How many times as slow as the reference `mine` is. */
  readonly slowdown?: number;
  /** How slow the machine is. */
  readonly machine?: number;
  readonly only?: readonly string[];
  readonly outcomes?: Readonly<Record<string, Outcome | undefined>>;
  readonly changes?: Partial<SuiteInput>;
}

/** A quick suite of `mine` beside the reference; `outcomes` by `relay/part` take the place of what was measured. */
export function sampleSuite({
  slowdown = 1.2,
  machine = 1,
  only,
  outcomes = {},
  changes = {},
}: SampleSuite = {}): Suite {
  const planned = selectParts(only ?? null).map((part) => ({
    part,
    scenario: { name: `suite-${part.id}`, sha256: 'ab'.repeat(32) },
  }));
  return buildSuite({
    tool: { name: 'relay-bench', version: '0.0.0', node: 'v20.0.0' },
    startedAt: '2026-01-02T03:04:05.000Z',
    duration_s: 280,
    partial: false,
    mode: 'quick',
    seed: 1,
    machine: { cpus: 2, cpuModel: 'Test CPU', memoryBytes: 2 ** 33, os: 'Linux', kernel: '6.1' },
    reference: 'reference',
    relays: [...SAMPLE_RELAYS],
    warnings: [],
    planned,
    outcomeOf: (part, relay) => {
      const key = `${relay}/${part}`;
      if (key in outcomes) return outcomes[key];
      const slow = machine * (relay === 'mine' ? slowdown : 1);
      const figures = planned.find((one) => one.part.id === part)?.part.figures ?? [];
      const readings = figures.map(({ key: name, direction, unit }) => {
        const factor = unit === 'bytes' ? 1 : slow;
        return [name, readingOf(direction === 'lower' ? 2_000 * factor : 500 / factor)] as const;
      });
      return measured(Object.fromEntries(readings), { file: `${key}/run.json` });
    },
    ...changes,
  });
}

/** A part that the relay lacks something for. */
export const SKIPPED = notMeasured('skipped', 'the relay does not do what it needs');
