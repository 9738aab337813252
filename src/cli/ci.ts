import { appendFile } from 'node:fs/promises';
import { messageOf, RelayBenchError } from '../base/errors.ts';
import type { Comparison } from '../compare/schema.ts';
import type { RunRecord } from '../record/schema.ts';
import { annotationsOf } from '../report/ci/annotations.ts';
import { FORMATS, formatNamed } from '../report/formats.ts';
import { markdownFormat } from '../report/markdown.ts';
import type { Reporter } from '../report/reporter.ts';
import type { CommandHost } from './host.ts';
import type { Io } from './io.ts';
import { FILE_OPTIONS } from './report-format.ts';

/** Reports a run to GitHub Actions: annotations for what failed, the summary on the page of the job. */
export function ciReporter(io: Pick<Io, 'env' | 'stderr'>): Reporter {
  return {
    name: 'ci',
    onRecord: async (record: RunRecord) => {
      // The runner reads commands from both streams, and stdout may belong to a JSON reader.
      for (const line of annotationsOf(record)) io.stderr.write(`${line}\n`);
      await appendStepSummary(
        io.env,
        markdownFormat.render(record, { color: false, columns: 100, files: [] }),
      );
    },
  };
}

/**
 * Adds Markdown to the summary of the step, where the CI system has one (`GITHUB_STEP_SUMMARY`).
 * @throws RelayBenchError `FILE_NOT_WRITTEN`
 */
export async function appendStepSummary(env: Io['env'], markdown: string): Promise<void> {
  const path = env['GITHUB_STEP_SUMMARY'] ?? '';
  if (path === '') return;
  try {
    await appendFile(path, `${markdown}\n`);
  } catch (cause) {
    throw new RelayBenchError(`the step summary ${path} can't be written: ${messageOf(cause)}`, {
      code: 'FILE_NOT_WRITTEN',
      hint: 'GITHUB_STEP_SUMMARY must name a file; leave --ci out where there is none',
      cause,
    });
  }
}

/** Adds a comparison to the summary of the step. @throws RelayBenchError `FILE_NOT_WRITTEN` */
export async function appendComparison(comparison: Comparison, { io }: CommandHost): Promise<void> {
  const markdown = formatNamed(FORMATS.comparison, 'md').render(comparison, FILE_OPTIONS);
  await appendStepSummary(io.env, markdown);
}
