import { join } from 'node:path';
import { writeFileAtomic } from '../record/write.ts';
import type { Format, RenderOptions } from './format.ts';
import type { Reporter, Write } from './reporter.ts';

/** Prints the record in `format` on stdout, which it then owns. */
export function stdoutReporter(format: Format, write: Write, options: RenderOptions): Reporter {
  return {
    name: format.name,
    printsToStdout: true,
    onRecord: (record) => write(format.render(record, options)),
  };
}

/**
 * Writes the record in `format` to its file in `directory`.
 * @throws RelayBenchError `FILE_NOT_WRITTEN` from `onRecord`
 */
export function fileReporter(format: Format & { readonly fileName: string }, directory: string): Reporter {
  const path = join(directory, format.fileName);
  return {
    name: format.fileName,
    onRecord: (record) =>
      writeFileAtomic(path, format.render(record, { color: false, columns: 100, files: [] })),
  };
}
