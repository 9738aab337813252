import { digitsBeside } from '../base/beside.ts';
import { own } from '../base/own.ts';
import { COUNTER_MAP_NAMES, COUNTER_MAPS } from '../metric/counter-maps.ts';
import { COUNTER_NAMES, COUNTERS } from '../metric/counters.ts';
import { EXPOSED_PREFIX, latencyHelp, maskedLabels, quantileLabel, wordSamples } from '../metric/exposed.ts';
import { RATIOS } from '../metric/ratios.ts';
import { type Labels, parseSeriesKey } from '../metric/series.ts';
import { QUANTILE_NAMES } from '../metric/summary.ts';
import type { GateResult, RunRecord } from '../record/schema.ts';
import { visible } from './escape.ts';
import type { Format } from './format.ts';
import { limitsOn } from './quantity.ts';

/**
 * OpenMetrics text, for GitLab's metrics report and for Prometheus: latencies as summaries in seconds, ratios as
 * gauges, counters, and each gate as a gauge that is 1 where it holds and another that is 1 where it is undecided. Rounded, because GitLab compares as text.
 */
export const openMetricsFormat: Format = {
  name: 'openmetrics',
  fileName: 'metrics.txt',
  render: (record) => {
    const families = [...latencyFamilies(record), ...ratioFamilies(record), ...counterFamilies(record)];
    return `${[...families, ...gateFamilies(record), verdictFamily(record)].flatMap(familyLines).join('\n')}\n# EOF\n`;
  },
};

interface Sample {
  /** Appended to the family's name. */
  readonly suffix: string;
  readonly labels: Labels;
  readonly value: number;
}

interface Family {
  readonly name: string;
  readonly type: 'summary' | 'gauge' | 'counter';
  readonly unit?: 'seconds';
  readonly help: string;
  readonly samples: readonly Sample[];
}

function latencyFamilies(record: RunRecord): Family[] {
  const byName = new Map<string, Sample[]>();
  for (const [key, summary] of Object.entries(record.metrics)) {
    const series = parseSeriesKey(key);
    if (series === null) continue;
    const samples = byName.get(series.name) ?? [];
    byName.set(series.name, [
      ...samples,
      ...summarySamples(summary, maskedLabels(series.labels), (name) => limitsOn(record, series.name, name)),
    ]);
  }
  return [...byName].map(([name, samples]) => ({
    name: `${EXPOSED_PREFIX}${name}_seconds`,
    type: 'summary',
    unit: 'seconds',
    help: latencyHelp(name),
    samples,
  }));
}

/** @param limitsOf limits of gates on an aggregation, in µs: values are not rounded across them */
function summarySamples(
  summary: RunRecord['metrics'][string],
  labels: Labels,
  limitsOf: (aggregation: string) => readonly number[],
): Sample[] {
  const quantiles = QUANTILE_NAMES.flatMap((name): Sample[] => {
    const value_us = summary[`${name}_us`];
    const quantile = quantileLabel(name);
    return value_us === null
      ? []
      : [{ suffix: '', labels: { ...labels, quantile }, value: inSeconds(value_us, limitsOf(name)) }];
  });
  const sum_us = (summary.mean_us ?? 0) * summary.count;
  return [
    ...quantiles,
    { suffix: '_sum', labels, value: inSeconds(sum_us) },
    { suffix: '_count', labels, value: summary.count },
  ];
}

function inSeconds(us: number, limits_us: readonly number[] = []): number {
  const rounded = (digits: number): number => Number(us.toPrecision(digits));
  const digits = digitsBeside(us, limits_us, { least: 3, rounded });
  return Number((rounded(digits) / 1_000_000).toPrecision(digits));
}

function ratioFamilies(record: RunRecord): Family[] {
  return Object.entries(RATIOS).flatMap(([name, { description }]): Family[] => {
    const ratio = own(record.ratios, name) ?? null;
    if (ratio === null) return [];
    // Six digits: 0.99999 must not become 1; more where a gate's limit is near.
    const rounded = (digits: number): number => Number(ratio.toPrecision(digits));
    const digits = digitsBeside(ratio, limitsOn(record, name, 'ratio'), { least: 6, rounded });
    const samples = [{ suffix: '', labels: {}, value: rounded(digits) }];
    return [{ name: `${EXPOSED_PREFIX}${name}`, type: 'gauge', help: description, samples }];
  });
}

function counterFamilies(record: RunRecord): Family[] {
  const plain = COUNTER_NAMES.map((name): Family => {
    const samples = [{ suffix: '_total', labels: {}, value: record.counters[name] }];
    return { name: `${EXPOSED_PREFIX}${name}`, type: 'counter', help: COUNTERS[name].description, samples };
  });
  const maps = COUNTER_MAP_NAMES.map((name): Family => {
    const words = wordSamples(COUNTER_MAPS[name].label, record.counters[name]);
    const samples = words.map((each) => ({ ...each, suffix: '_total' }));
    return {
      name: `${EXPOSED_PREFIX}${name}`,
      type: 'counter',
      help: COUNTER_MAPS[name].description,
      samples,
    };
  });
  return [...plain, ...maps];
}

function gateFamilies(record: RunRecord): Family[] {
  const family = (name: string, help: string, verdict: GateResult['verdict']): Family => ({
    name: `${EXPOSED_PREFIX}${name}`,
    type: 'gauge',
    help,
    samples: record.gates.map((gate) => ({
      suffix: '',
      labels: maskedLabels({ gate: gate.expression }),
      value: gate.verdict === verdict ? 1 : 0,
    })),
  });
  return [
    family('gate_ok', '1 where the gate holds', 'pass'),
    family('gate_undecided', '1 where the lateness of the generator leaves the gate undecided', 'undecided'),
  ];
}

function verdictFamily(record: RunRecord): Family {
  const samples = (['pass', 'fail', 'invalid'] as const).map((verdict) => ({
    suffix: '',
    labels: { verdict },
    value: record.verdict === verdict ? 1 : 0,
  }));
  return { name: `${EXPOSED_PREFIX}verdict`, type: 'gauge', help: '1 at the verdict of the run', samples };
}

function familyLines({ name, type, unit, help, samples }: Family): string[] {
  if (samples.length === 0) return [];
  return [
    `# TYPE ${name} ${type}`,
    ...(unit === undefined ? [] : [`# UNIT ${name} ${unit}`]),
    `# HELP ${name} ${help}`,
    ...samples.map(({ suffix, labels, value }) => `${name}${suffix}${labelText(labels)} ${value}`),
  ];
}

function labelText(labels: Labels): string {
  const parts = Object.entries(labels).map(([name, value]) => `${name}="${labelValue(value)}"`);
  return parts.length === 0 ? '' : `{${parts.join(',')}}`;
}

/** In label values backslash, quote and line end are escaped; the latter is already visible text. */
function labelValue(value: string): string {
  return visible(value).replaceAll('\\', '\\\\').replaceAll('"', '\\"');
}
