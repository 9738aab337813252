import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FILLER, fillDisk, freeDisk } from '../../../../src/fault/actions/fill-disk.ts';
import type { Service } from '../../../../src/stack/state.ts';
import { tempDir } from '../../../support/temp-dir.ts';

function serviceIn(dir: string): Service {
  return { name: 'postgres-1', kind: 'postgres', role: '', dependsOn: [], dir, ports: {} };
}

describe('filling a disk', () => {
  it('is refused where more would have to be written than is allowed, and nothing is', async () => {
    const dir = await tempDir();
    await expect(fillDisk(serviceIn(dir), 1)).rejects.toMatchObject({
      code: 'FAULT_IMPOSSIBLE',
      message: expect.stringContaining('the disk of postgres-1 has'),
    });
    expect(existsSync(join(dir, FILLER))).toBe(false);
  });

  it('is undone also where it was never done', async () => {
    await expect(freeDisk(serviceIn(await tempDir()))).resolves.toBeUndefined();
  });
});
