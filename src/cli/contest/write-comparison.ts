import { join } from 'node:path';
import type { Comparison } from '../../compare/schema.ts';
import { writeFileAtomic } from '../../record/write.ts';
import { COMPARISON_FORMATS } from '../../report/comparison/formats.ts';

/** Writes a comparison in every format that has a file. @throws RelayBenchError `FILE_NOT_WRITTEN` */
export async function writeComparison(comparison: Comparison, directory: string): Promise<void> {
  for (const { fileName, render } of COMPARISON_FORMATS) {
    if (fileName === null) continue;
    const text = render(comparison, { color: false, columns: 100, files: [] });
    await writeFileAtomic(join(directory, fileName), text);
  }
}
