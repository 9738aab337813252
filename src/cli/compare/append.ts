import type { Comparison } from '../../compare/schema.ts';
import { comparisonFormat } from '../../report/comparison/formats.ts';
import { appendStepSummary } from '../ci.ts';
import type { CommandHost } from '../host.ts';

/** Adds a comparison to the summary of the step. @throws RelayBenchError `FILE_NOT_WRITTEN` */
export async function appendComparison(comparison: Comparison, { io }: CommandHost): Promise<void> {
  const markdown = comparisonFormat('md').render(comparison, { color: false, columns: 100, files: [] });
  await appendStepSummary(io.env, markdown);
}
