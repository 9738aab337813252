import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { WORKLOAD_FORMS, WORKLOAD_NAMES } from '../../../src/workload/registry/forms.ts';
import { WORKLOAD_METRICS } from '../../../src/workload/registry/metrics.ts';
import { PLANNERS } from '../../../src/workload/registry/plans.ts';
import { WORKER_PARTS } from '../../../src/workload/registry/workers.ts';

/** Rooms that carry out, plan, measure, judge and show whatever workload there is. */
const CORE = [
  'compare',
  'engine',
  'gate',
  'metric',
  'plan',
  'record',
  'report',
  'result',
  'scenario',
  'wire',
];

/** Files that may name a workload or one of its metrics, and why. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  'src/compare/answers.ts': 'puts the answers of relays to the same queries beside each other',
  'src/metric/audit-counts.ts': 'the audit reads published events back',
  'src/gate/parse.ts': 'an example in a message',
  'src/compare/compare.ts': 'an example in a message',
  'src/engine/messages.ts': 'the control message `connect` opens the connections of the run',
  'src/engine/coordinator.ts': 'the control message `connect` opens the connections of the run',
  'src/engine/worker-main.ts': 'the control message `connect` opens the connections of the run',
  'src/wire/raw/raw-connection.ts': 'the event `connect` of a socket',
  'src/report/suite/card.ts': 'a column of the table of differing answers',
  'src/report/progress/block.ts': 'the bar that shows connections being opened',
};

const metrics = WORKLOAD_METRICS.flatMap((set) =>
  [set.latencies, set.ratios, set.counters, set.maps].flatMap((entries) => Object.keys(entries)),
);

/** Words that mean other things, too: an aggregation of gates, a method of a recorder. */
const ORDINARY: readonly string[] = ['count'];
const TELLING = WORKLOAD_NAMES.filter((name) => !ORDINARY.includes(name));

/** A workload as text or as a key, or the name of one of its metrics anywhere but in a comment. */
const NAMED = new RegExp(
  [
    `['"\`](?:${TELLING.join('|')})['"\`]`,
    `workloads\\??\\.(?:${WORKLOAD_NAMES.join('|')})\\b`,
    `\\b(?:${metrics.join('|')})\\b`,
  ].join('|'),
);

function sourcesOf(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
}

const core = CORE.flatMap((room) => sourcesOf(join('src', room)));

describe('the rooms that serve every workload', () => {
  test('name none of them, nor any of their metrics', () => {
    const named = core.filter((file) => NAMED.test(withoutComments(readFileSync(file, 'utf8'))));
    expect(named.filter((file) => !Object.hasOwn(EXCEPTIONS, file))).toEqual([]);
  });

  test('have no exception that is none any more', () => {
    const idle = Object.keys(EXCEPTIONS).filter(
      (file) => !existsSync(file) || !NAMED.test(withoutComments(readFileSync(file, 'utf8'))),
    );
    expect(idle).toEqual([]);
  });

  test('import from the lists of workloads alone, never from a folder of one', () => {
    const folder = new RegExp(`workload/(?:${WORKLOAD_NAMES.join('|')})/`);
    const others = readdirSync('src')
      .filter((room) => room !== 'workload')
      .flatMap((room) => sourcesOf(join('src', room)));
    expect(others.filter((file) => folder.test(readFileSync(file, 'utf8')))).toEqual([]);
  });
});

describe('a workload', () => {
  test.each(WORKLOAD_NAMES)('%s has a form, a plan and a part in a worker in its folder', (name) => {
    const files = ['form.ts', 'plan.ts', 'worker.ts'];
    expect(files.filter((file) => !existsSync(join('src/workload', name, file)))).toEqual([]);
  });

  test('stands in every list', () => {
    for (const list of [WORKLOAD_FORMS, PLANNERS, WORKER_PARTS])
      expect(Object.keys(list).sort()).toEqual([...WORKLOAD_NAMES].sort());
  });

  test.each(WORKLOAD_NAMES)('%s is named outside its folder by the lists and by its kin alone', (name) => {
    const importing = sourcesOf('src').filter(
      (file) =>
        !file.startsWith(join('src/workload', name)) &&
        new RegExp(`from '[^']*/${name}/`).test(readFileSync(file, 'utf8')),
    );
    expect(importing.filter((file) => !file.startsWith('src/workload/'))).toEqual([]);
  });
});
