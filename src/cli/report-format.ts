import { join } from 'node:path';
import { Option } from 'commander';
import { writeFileAtomic } from '../record/write.ts';
import type { Format, RenderOptions } from '../report/format.ts';
import { formatNames } from '../report/formats.ts';

/** How a report is rendered for a file. */
export const FILE_OPTIONS: RenderOptions = { color: false, columns: 100, files: [] };

/** `--format` of commands that print one report; `terminal` unless named otherwise. */
export function printedFormat(formats: readonly { readonly name: string }[]): Option {
  return new Option('--format <format>', 'what to print on stdout')
    .choices(formatNames(formats))
    .default('terminal');
}

/** Writes a document in every format that has a file. @throws RelayBenchError `FILE_NOT_WRITTEN` */
export async function writeReports<Document>(
  formats: readonly Format<Document>[],
  document: Document,
  directory: string,
): Promise<void> {
  for (const { fileName, render } of formats) {
    if (fileName === null) continue;
    await writeFileAtomic(join(directory, fileName), render(document, FILE_OPTIONS));
  }
}
