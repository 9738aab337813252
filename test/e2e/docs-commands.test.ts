import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recordToJson } from '../../src/record/write.ts';
import { builtinPath } from '../../src/scenario/builtin.ts';
import { commandBlocks, docPages } from '../support/doc-commands.ts';
import { runsOf } from '../support/sample-runs.ts';

// Every command of the README and of docs/ is run as it stands there, in a directory that looks like a clone; where a block
// is not run, the line above it says why; what needs a stack is run by stack-runbooks.test.ts. docs.test.ts (unit) holds the
// options of all of them against the help.

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const BLOCKS = docPages().flatMap(commandBlocks);
/** A block that stands on two pages is run once. */
const RUN = [
  ...new Map(
    BLOCKS.filter(({ notRun, onStack }) => notRun === null && !onStack).map((one) => [
      one.script.trim(),
      one,
    ]),
  ).values(),
];

let clone = '';
beforeAll(async () => {
  clone = await mkdtemp(join(tmpdir(), 'relay-bench-docs-'));
  for (const name of await readdir(ROOT)) {
    if (name === '.git' || name === 'reports' || name === 'dist') continue;
    await symlink(join(ROOT, name), join(clone, name));
  }
  // Of its own: the first `npx` in a clone runs `npm run build`, under the feet of tests beside this one were it a link.
  await cp(join(ROOT, 'dist'), join(clone, 'dist'), { recursive: true });
  await mkdir(join(clone, 'reports'));
  await cp(join(ROOT, 'reports/example'), join(clone, 'reports/example'), { recursive: true });
  await cp(builtinPath('quick'), join(clone, 'mine.yaml'));
  await writeRuns();
});
afterAll(async () => {
  await rm(clone, { recursive: true, force: true });
});

/** The files that the pages about comparisons name; all alike, so that nothing is worse. */
async function writeRuns(): Promise<void> {
  const names = ['before', 'after', ...[1, 2, 3, 4].flatMap((n) => [`main-${n}`, `new-${n}`])];
  for (const [at, { record }] of runsOf(names.length, 1, 0.01, 1).entries())
    await writeFile(join(clone, `${names[at]}.json`), recordToJson({ ...record, runId: randomUUID() }));
}

interface ShellResult {
  readonly exitCode: number | null;
  readonly stderr: string;
}

/** Exit codes of a `run` whose gates a busy machine may break or leave open; of everything else only 0 is right. */
const VERDICTS = [0, 99, 103];

async function shell(script: string): Promise<ShellResult> {
  const child = spawn('bash', ['-e', '-c', script], {
    cwd: clone,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: process.env['HOME'] ?? '',
      npm_config_update_notifier: 'false',
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  try {
    await once(child, 'close');
    return { exitCode: child.exitCode, stderr };
  } finally {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  }
}

describe('the commands of the documentation', () => {
  test('are many, and what is not run says why', () => {
    expect(RUN.length).toBeGreaterThan(6);
    for (const { notRun, where } of BLOCKS.filter((one) => one.notRun !== null))
      expect(notRun?.length, where).toBeGreaterThan(10);
  });

  test('are typed with npx, as in a clone', () => {
    const bare = BLOCKS.filter(({ script }) => /^relay-bench /m.test(script)).map(({ where }) => where);
    expect(bare).toEqual([]);
  });

  test.each(RUN)('$where', { timeout: 300_000 }, async ({ script }) => {
    const { exitCode, stderr } = await shell(script);
    const allowed = /\bnpx relay-bench run\b/.test(script) ? VERDICTS : [0];
    expect(allowed, stderr).toContain(exitCode);
    expect(stderr).not.toMatch(/^error:|Warning:/m);
  });

  test('leave the files that they name', () => {
    expect(existsSync(join(clone, 'comparison.html'))).toBe(true);
    expect(existsSync(join(clone, 'report.html'))).toBe(true);
  });
});
