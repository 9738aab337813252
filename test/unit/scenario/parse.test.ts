import { describe, expect, it } from 'vitest';
import { gateProblem } from '../../../src/gate/parse.ts';
import { parseScenario } from '../../../src/scenario/parse.ts';
import { formatProblem } from '../../../src/scenario/problem.ts';

/** What is wrong with a text, one problem a line. */
function problems(text: string): string[] {
  const parsed = parseScenario(text, gateProblem);
  return 'problems' in parsed ? parsed.problems.map(formatProblem) : [];
}

const VALID = `name: ok
description: fine
connections: { count: 4 }
workloads:
  publish: { rate: 10/s }
phases:
  - { name: steady, duration: 1s }
`;

describe('parseScenario', () => {
  it('reads a scenario with its defaults, durations in ms and rates per second', () => {
    expect(parseScenario(VALID, gateProblem)).toMatchObject({
      scenario: {
        name: 'ok',
        description: 'fine',
        seed: 1,
        load: { model: 'open' },
        connections: { count: 4, rate: 500, timeout: 10_000 },
        corpus: { events: 0, topics: 20 },
        scheduler: 'precise',
        verify: 0.01,
        workloads: {
          publish: {
            rate: 10,
            arrivals: 'constant',
            kind: 1,
            contentBytes: 280,
            authors: 100,
            timeout: 10_000,
          },
        },
        warmup: 5_000,
        phases: [{ name: 'steady', duration: 1_000, level: 1 }],
        drain: 5_000,
        gates: [],
      },
    });
  });

  it('reports all problems of a file at once, each where it stands', () => {
    const text = `name: Bad Name
description: ''
conections: { count: 3 }
load: { model: semi }
connections:
  count: 0
  rat: 3
workloads:
  publish:
    rate: 200
    arrivals: brust
  query:
    rate: 0/s
    filters:
      - name: a
        filter: { kinds: [70000], "#tt": 3, ids: 0, limit: 9999, fo: 1 }
phases:
  - name: steady
    duration: 10
    level: .nan
  - duration: 0s
gates:
  - ack_latncy p95 < 100ms
  - 7
`;
    expect(problems(text)).toEqual([
      '1:7 name: must be at most 41 lower-case letters, digits and dashes, beginning with a letter',
      '2:14 description: must have a length of at least 1',
      '3:1 unknown key "conections" (did you mean "connections"?)',
      '4:16 load.model: must be open or closed',
      '6:10 connections.count: must be at least 1',
      '7:3 connections: unknown key "rat" (did you mean "rate"?)',
      '10:11 workloads.publish.rate: must be a rate above zero with a unit, such as 200/s or 30/m',
      '11:15 workloads.publish.arrivals: must be constant, poisson, { pattern: burst, size: N } with N from 2 to 100,000 or { pattern: shifted, by: S } with S between 0 and 1',
      '13:11 workloads.query.rate: must be a rate above zero with a unit, such as 200/s or 30/m',
      '16:27 workloads.query.filters.0.filter.kinds.0: must be at most 65535',
      '16:35 workloads.query.filters.0.filter: unknown key "#tt"',
      '16:50 workloads.query.filters.0.filter.ids: must be at least 1',
      '16:60 workloads.query.filters.0.filter.limit: must be at most 5000',
      '16:66 workloads.query.filters.0.filter: unknown key "fo"',
      '19:15 phases.0.duration: must be a duration with a unit, such as 250ms, 30s or 5m',
      '20:12 phases.0.level: expected number, received NaN',
      '21:5 phases.1.name: is required',
      '21:15 phases.1.duration: must be above zero',
      '23:5 gates.0: unknown metric "ack_latncy" (did you mean "ack_latency"?)',
      '24:5 gates.1: expected string, received number',
    ]);
  });

  it.each([
    ['nothing at all', '', ['1:1 expected object, received null']],
    ['a list', '- 1', ['1:1 expected object, received array']],
    ['two documents', `${VALID}---\n${VALID}`, ['8:1 a scenario file holds one document']],
    ['a key twice', `${VALID}name: again\n`, ['8:1 Map keys must be unique']],
    [
      'broken YAML',
      'name: [',
      ['1:8 Flow sequence in block collection must be sufficiently indented and end with a ]'],
    ],
    ['an unknown tag', `${VALID}seed: !secret 3\n`, ['8:7 Unresolved tag: !secret']],
    [
      'an alias to nothing',
      `${VALID}seed: *none\n`,
      ['1:1 Unresolved alias (the anchor must be set before the alias): none'],
    ],
  ])('refuses %s', (_title, text, expected) => {
    expect(problems(text)).toEqual(expected);
  });

  it('refuses a file that would expand beyond measure', () => {
    const lines = ['a: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let i = 1; i < 9; i++)
      lines.push(
        `b${i}: &a${i} [${Array(10)
          .fill(`*a${i - 1}`)
          .join(', ')}]`,
      );
    expect(problems(lines.join('\n'))).toEqual([
      '1:1 Excessive alias count indicates a resource exhaustion attack',
    ]);
  });

  it('refuses a file above 128 KiB without reading it', () => {
    expect(problems(`${VALID}#${'x'.repeat(128 * 1024)}`)).toEqual(['1:1 is larger than 128 KiB']);
  });

  it('points at an alias where the value behind it is wrong', () => {
    expect(problems(`${VALID}seed: &n 3\ndrain: *n\n`)).toEqual([
      '9:8 drain: must be a duration with a unit, such as 250ms, 30s or 5m',
    ]);
  });

  it.each([
    ['connections: { count: 4 }', 'connections: { count: 4, timeout: 700h }', 'connections.timeout'],
    ['publish: { rate: 10/s }', 'publish: { rate: 10/s, timeout: 700h }', 'workloads.publish.timeout'],
    ['duration: 1s', 'duration: 700h', 'phases.0.duration'],
    ['phases:', 'warmup: 700h\nphases:', 'warmup'],
    ['phases:', 'drain: 700h\nphases:', 'drain'],
    ['phases:', 'abortOnFail: { delay: 700h }\nphases:', 'abortOnFail.delay'],
  ])('bounds every duration, for timers have an end: %s', (from, to, path) => {
    expect(problems(VALID.replace(from, to))).toContainEqual(
      expect.stringMatching(new RegExp(`^\\d+:\\d+ ${path}: must be at most 596h$`)),
    );
  });

  it('reads a file with a byte order mark and lines that end as on Windows, at the same places', () => {
    const windows = (text: string): string => `\ufeff${text.replaceAll('\n', '\r\n')}`;
    expect(parseScenario(windows(VALID), gateProblem)).toEqual(parseScenario(VALID, gateProblem));
    expect(problems(windows(`nam: ok\n${VALID}drain: 1\n`))).toEqual(problems(`nam: ok\n${VALID}drain: 1\n`));
  });

  it('takes no key from the prototype of objects', () => {
    expect(problems(`${VALID}constructor: 1\n__proto__: 2\n`)).toEqual([
      '8:1 unknown key "constructor"',
      '9:1 unknown key "__proto__"',
    ]);
  });

  it('asks for what a part of the scenario needs of another, once its form is right', () => {
    expect(problems(VALID.replace('publish: { rate: 10/s }', 'subscribe: {}'))).toEqual([
      '5:14 workloads.subscribe: needs a publish workload whose events it can receive',
    ]);
  });

  it('looks at gates although the rest is wrong', () => {
    expect(problems(`${VALID.replace('count: 4', 'count: x')}gates: [foo > 1]\n`)).toEqual([
      '3:23 connections.count: expected number, received string',
      '8:9 gates.0: unknown metric "foo"',
    ]);
  });
});
