import { RelayBenchError } from '../base/errors.ts';
import type { Format } from './format.ts';
import { hgrmFormat } from './hgrm.ts';
import { hlogFormat } from './hlog.ts';
import { htmlFormat } from './html.ts';
import { jsonFormat } from './json.ts';
import { junitFormat } from './junit.ts';
import { markdownFormat } from './markdown.ts';
import { openMetricsFormat } from './openmetrics.ts';
import { terminalFormat } from './terminal.ts';

/** Every format that a record can be rendered in. */
export const FORMATS: readonly Format[] = [
  terminalFormat,
  jsonFormat,
  htmlFormat,
  markdownFormat,
  junitFormat,
  openMetricsFormat,
  hgrmFormat,
  hlogFormat,
];

/**
 * The format of that name.
 * @throws RelayBenchError `FORMAT_UNKNOWN`
 */
export function formatByName(name: string): Format {
  const format = FORMATS.find((one) => one.name === name);
  if (format !== undefined) return format;
  throw new RelayBenchError(`there is no report format "${name}"`, {
    code: 'FORMAT_UNKNOWN',
    hint: `use one of ${FORMATS.map((one) => one.name).join(', ')}`,
  });
}
