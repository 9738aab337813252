import { writeFile } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { messageOf, RelayBenchError } from '../../base/errors.ts';
import { composeFile } from '../../stack/compose/compose-file.ts';
import { planContainers } from '../../stack/compose/containers.ts';
import type { CommandHost } from '../host.ts';
import { readTool } from '../version.ts';
import { stackRequest, type UpFlags } from './up.ts';

export interface ComposeFlags extends Omit<UpFlags, 'dir'> {
  /** File to write; undefined prints. */
  readonly out?: string;
}

/** @throws RelayBenchError `STACK_SETTING_INVALID` where the way from a region is set, which is as long as any between containers */
function refuseWays({ set = [] }: ComposeFlags): void {
  const way = set.find((text) => text.startsWith('region-'));
  if (way === undefined) return;
  throw new RelayBenchError(
    `--set ${way} has no meaning in a Compose file: no proxy stands between its containers`,
    {
      code: 'STACK_SETTING_INVALID',
      hint: 'leave it out, or use `stack up`',
    },
  );
}

/** The directory of this package, two above both `src/cli` and `dist/cli`. */
const PACKAGE_DIR = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');

/**
 * `stack compose`: the stack as a Docker Compose file, on stdout or in a file.
 * @throws RelayBenchError `STACK_COMPOSE_UNWRITABLE`
 */
export async function runCompose(profile: string, flags: ComposeFlags, host: CommandHost): Promise<void> {
  const { out, port } = flags;
  refuseWays(flags);
  const text = composeFile(planContainers(stackRequest(profile, flags, host)), {
    packageDir: PACKAGE_DIR,
    version: readTool().version,
    memoryBytes: totalmem(),
    port,
  });
  if (out === undefined) {
    host.io.stdout.write(text);
    return;
  }
  try {
    await writeFile(out, text);
  } catch (cause) {
    throw new RelayBenchError(`${out} can't be written: ${messageOf(cause)}`, {
      code: 'STACK_COMPOSE_UNWRITABLE',
      hint: 'name a file in a directory that exists with --out',
      cause,
    });
  }
  host.io.stdout.write(`${out} written; not exercised in our CI, see its head\n`);
}
