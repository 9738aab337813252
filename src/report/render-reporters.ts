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

/** Writes the record in `format` to the file `path`; `onRecord` may throw `FILE_NOT_WRITTEN`. */
export function fileReporter(format: Format, path: string): Reporter {
  return {
    name: path,
    onRecord: (record) => writeFileAtomic(path, format.render(record, FOR_FILES)),
  };
}

const FOR_FILES: RenderOptions = { color: false, columns: 100, files: [] };
