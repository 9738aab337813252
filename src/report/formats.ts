import { RelayBenchError } from '../base/errors.ts';
import type { Forecast } from '../capacity/forecast.ts';
import type { Capacity } from '../capacity/schema.ts';
import type { Comparison } from '../compare/schema.ts';
import type { Standing } from '../compare/standing-schema.ts';
import type { Diagnosis } from '../diagnose/schema.ts';
import type { SuiteComparison } from '../suite/comparison-schema.ts';
import type { Suite } from '../suite/schema.ts';
import { FORECAST_FORMATS } from './capacity/forecast.ts';
import { CAPACITY_FORMATS } from './capacity/formats.ts';
import { COMPARISON_FORMATS } from './comparison/formats.ts';
import { STANDING_FORMATS } from './comparison/standing-formats.ts';
import { DIAGNOSIS_FORMATS } from './diagnosis/formats.ts';
import type { Format } from './format.ts';
import { hgrmFormat } from './hgrm.ts';
import { hlogFormat } from './hlog.ts';
import { htmlFormat } from './html.ts';
import { jsonFormat } from './json.ts';
import { junitFormat } from './junit.ts';
import { markdownFormat } from './markdown.ts';
import { openMetricsFormat } from './openmetrics.ts';
import { SUITE_COMPARISON_FORMATS } from './suite/comparison-formats.ts';
import { SUITE_FORMATS } from './suite/formats.ts';
import { terminalFormat } from './terminal.ts';

interface Formats {
  readonly run: readonly Format[];
  readonly comparison: readonly Format<Comparison>[];
  readonly standing: readonly Format<Standing>[];
  readonly capacity: readonly Format<Capacity>[];
  readonly diagnosis: readonly Format<Diagnosis>[];
  readonly forecast: readonly Format<Forecast>[];
  readonly suite: readonly Format<Suite>[];
  readonly suiteComparison: readonly Format<SuiteComparison>[];
}

/**
 * Every format, by the document that it writes: the record of a run, a comparison, relays side by side, a search for the capacity. Flags, files,
 * what is cleared away and the page of the docs follow from it. The first of each is what a terminal shows.
 */
export const FORMATS: Formats = {
  run: [
    terminalFormat,
    jsonFormat,
    htmlFormat,
    markdownFormat,
    junitFormat,
    openMetricsFormat,
    hgrmFormat,
    hlogFormat,
  ],
  comparison: COMPARISON_FORMATS,
  standing: STANDING_FORMATS,
  capacity: CAPACITY_FORMATS,
  diagnosis: DIAGNOSIS_FORMATS,
  forecast: FORECAST_FORMATS,
  suite: SUITE_FORMATS,
  suiteComparison: SUITE_COMPARISON_FORMATS,
};

/** What `--format` may name. */
export function formatNames(formats: readonly { readonly name: string }[]): string[] {
  return formats.map(({ name }) => name);
}

/**
 * The format of that name.
 * @throws RelayBenchError `FORMAT_UNKNOWN`
 */
export function formatNamed<Document>(formats: readonly Format<Document>[], name: string): Format<Document> {
  const format = formats.find((one) => one.name === name);
  if (format !== undefined) return format;
  throw new RelayBenchError(`there is no format "${name}"`, {
    code: 'FORMAT_UNKNOWN',
    hint: `use one of ${formatNames(formats).join(', ')}`,
  });
}

/** Every file name that a format may write to. */
export function formatFiles(): string[] {
  const all = [
    ...FORMATS.run,
    ...FORMATS.comparison,
    ...FORMATS.standing,
    ...FORMATS.capacity,
    ...FORMATS.suite,
  ];
  return all.map(({ fileName }: Pick<Format, 'fileName'>) => fileName).filter((name) => name !== null);
}
