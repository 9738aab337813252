import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { main } from '../../../../src/cli/main.ts';
import { FakeProcess } from '../../../support/fake-process.ts';
import { tempDir } from '../../../support/temp-dir.ts';

test.each([[['--quick']], [[]]])(
  'calibrate %j measures nothing where its result could not be saved',
  async (flags) => {
    const file = join(await tempDir(), 'no-directory');
    await writeFile(file, '');
    const process = new FakeProcess(['calibrate', ...flags], { XDG_STATE_HOME: file, HOME: file });
    expect(await main(process)).toBe(2);
    expect(process.stderr.text).toContain("can't be written");
    expect(process.stderr.text).not.toContain('leave the machine alone');
    expect(process.stdout.text).toBe('');
  },
);
