import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { BASE_LATENCIES, LATENCY_NAMES } from '../../../src/metric/catalogue.ts';
import { prometheusName } from '../../../src/telemetry/family.ts';
import { familiesOf, LiveView } from '../../../src/telemetry/view.ts';
import { sampleRecord } from '../../support/sample-record.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const DASHBOARDS = ['run.json', 'stack.json'];

interface Dashboard {
  readonly uid: string;
  readonly panels: readonly {
    readonly title: string;
    readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
    readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[];
  }[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly query: unknown }[] };
}

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly {
      readonly alert: string;
      readonly expr: string;
      readonly annotations: { readonly summary: string };
    }[];
  }[];
}

const text = (name: string): string => readFileSync(`${ROOT}docs/grafana/${name}`, 'utf8');
const dashboard = (name: string): Dashboard => JSON.parse(text(name));
const rules = (parse(text('alerts.yaml')) as Rules).groups.flatMap((group) => group.rules);

/** Names that the relay registers, and those that Prometheus' client library gives every process. */
function namesOfRelay(): readonly string[] {
  const files = readdirSync(`${ROOT}src/relay`, { recursive: true, encoding: 'utf8' });
  const sources = files.filter((name) => name.endsWith('.ts'));
  const own = sources.flatMap((name) =>
    [...readFileSync(`${ROOT}src/relay/${name}`, 'utf8').matchAll(/'(nostr_[a-z_]+)'/g)].map(
      (match) => match[1] ?? '',
    ),
  );
  return [...own, 'process_resident_memory_bytes', 'process_cpu_seconds_total'];
}

/** Everything that is exposed of a run, whether the sample run has it or not. */
function namesOfRun(): readonly string[] {
  const told = [...familiesOf(sampleRecord('pass'), true), ...new LiveView().snapshot().families];
  const latencies = LATENCY_NAMES.flatMap((name) => [
    `relaybench_${name}_seconds`,
    `relaybench_${name}_quantile_seconds`,
  ]);
  return [...told.map(prometheusName), ...latencies];
}

const KNOWN = new Set(
  // A histogram is asked for by its buckets, its sum and its count.
  [...namesOfRun(), ...namesOfRelay(), 'up'].flatMap((name) => [
    name,
    ...(name.endsWith('_seconds') ? ['bucket', 'sum', 'count'].map((part) => `${name}_${part}`) : []),
  ]),
);

/** Metric names in an expression: words that are no functions, no labels and no texts. */
function namesIn(expression: string): string[] {
  const bare = expression
    .replaceAll(/"[^"]*"/g, '""')
    .replaceAll(/\{[^}]*\}/g, '')
    .replaceAll(/\[[^\]]*\]/g, '')
    .replaceAll(/\b(?:by|without|on|ignoring|group_left|group_right) *\([^)]*\)/g, '');
  return [...bare.matchAll(/\b[a-z][a-z0-9_]*\b(?! *\()/g)]
    .map(([word]) => word)
    .filter((word) => !['and', 'or', 'unless', 'bool'].includes(word));
}

const expressionsOf = (name: string): readonly string[] =>
  dashboard(name).panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));

describe('docs/grafana', () => {
  it('has names to look for', () => {
    expect(namesIn('sum by (le) (rate(a_total{x="y"}[1m])) / b and c > 1')).toEqual(['a_total', 'b', 'c']);
    expect(KNOWN.size).toBeGreaterThan(BASE_LATENCIES.length * 4);
  });

  it.each(DASHBOARDS)('%s asks only for metrics that exist', (name) => {
    const expressions = expressionsOf(name);
    expect(expressions.length).toBeGreaterThan(15);
    for (const expression of expressions) {
      const names = namesIn(expression);
      expect(names.length, expression).toBeGreaterThan(0);
      expect(
        names.filter((each) => !KNOWN.has(each)),
        expression,
      ).toEqual([]);
    }
  });

  it.each(DASHBOARDS)('%s has variables that exist, and uses no others', (name) => {
    const { templating } = dashboard(name);
    const variables = templating.list.map((variable) => variable.name);
    const used = [...text(name).matchAll(/\$\{?([a-z][a-z_]*)\}?/g)].map((match) => match[1] ?? '');
    expect(used.filter((each) => !variables.includes(each))).toEqual([]);
    const queries = templating.list.flatMap(({ query }) =>
      [...JSON.stringify(query).matchAll(/label_values\(([a-z_]+)/g)].map((match) => match[1] ?? ''),
    );
    expect(queries.filter((each) => !KNOWN.has(each))).toEqual([]);
  });

  it.each(DASHBOARDS)('%s has panels that do not overlap', (name) => {
    const cells = dashboard(name).panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, at) => `${x + (at % w)},${y + Math.floor(at / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
  });

  it('alerts.yaml asks only for metrics that exist, and says what is amiss', () => {
    expect(rules.length).toBeGreaterThan(10);
    for (const { alert, expr, annotations } of rules) {
      expect(
        namesIn(expr).filter((each) => !KNOWN.has(each)),
        alert,
      ).toEqual([]);
      expect(annotations.summary.length, alert).toBeGreaterThan(10);
    }
    const names = rules.map(({ alert }) => alert);
    expect(new Set(names).size).toBe(names.length);
  });

  it('has provisioning that Grafana reads', () => {
    for (const name of ['dashboards/relay-bench.yaml', 'datasources/prometheus.yaml'])
      expect(parse(text(`provisioning/${name}`))).toMatchObject({ apiVersion: 1 });
  });
});

describe('docs/observability.md', () => {
  const page = readFileSync(`${ROOT}docs/observability.md`, 'utf8');

  it('names only metrics that exist', () => {
    const names = [...page.matchAll(/\b(relaybench_[a-z_]+[a-z])\b/g)].map((match) => match[1] ?? '');
    expect(names.length).toBeGreaterThan(15);
    const unknown = names.filter((name) => !KNOWN.has(name) && name !== 'relaybench_generator');
    expect(unknown).toEqual([]);
  });

  it('names every family that is no entry of the catalogue', () => {
    const told = [...familiesOf(sampleRecord('pass'), true), ...new LiveView().snapshot().families];
    const own = told
      .map(prometheusName)
      .filter((name) =>
        /^relaybench_(operations|connections(_open)?$|last|gate|stage|phase|verdict|started)/.test(name),
      );
    expect(own.length).toBeGreaterThan(8);
    expect(own.filter((name) => !page.includes(name))).toEqual([]);
  });
});
