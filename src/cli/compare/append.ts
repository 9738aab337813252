import type { Comparison } from '../../compare/schema.ts';
import { FORMATS, formatNamed } from '../../report/formats.ts';
import { appendStepSummary } from '../ci.ts';
import type { CommandHost } from '../host.ts';
import { FILE_OPTIONS } from '../report-format.ts';

/** Adds a comparison to the summary of the step. @throws RelayBenchError `FILE_NOT_WRITTEN` */
export async function appendComparison(comparison: Comparison, { io }: CommandHost): Promise<void> {
  const markdown = formatNamed(FORMATS.comparison, 'md').render(comparison, FILE_OPTIONS);
  await appendStepSummary(io.env, markdown);
}
