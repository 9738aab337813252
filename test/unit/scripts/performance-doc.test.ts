import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const SCRIPT = 'scripts/performance-doc.mjs';

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'relay-bench-performance-'));
});
afterEach(async () => {
  await rm(directory, { recursive: true });
});

const RESULT = {
  name: 'signer',
  start: {
    at: '2026-11-24T08:00:00.000Z',
    machine: {
      cpuModel: 'Sample CPU',
      cpus: 2,
      memoryBytes: 8 * 1024 ** 3,
      kernel: '6.12',
      node: 'v20.20.2',
    },
    isPinned: true,
    busy_cores: 0.1,
  },
  rounds: 5,
  tables: [
    {
      title: 'Events signed',
      columns: ['signer', '>events/s'],
      rows: [['relay-bench', '480,000 (470,000–490,000)']],
      targets: [{ text: '≥ 400,000/s', isMet: true }],
      notes: ['a note'],
    },
  ],
  figures: {},
};
const PAGE = `# Performance
text before
<!-- bench:signer -->
old numbers
<!-- /bench:signer -->
text between
<!-- bench:lag -->
kept
<!-- /bench:lag -->
`;

/** Runs the script on a page and results. */
async function write(page: string, results: Readonly<Record<string, unknown>>) {
  const doc = join(directory, 'performance.md');
  await writeFile(doc, page);
  for (const [name, result] of Object.entries(results)) {
    await writeFile(join(directory, `${name}.json`), JSON.stringify(result));
  }
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [SCRIPT, '--results', directory, '--doc', doc],
    { encoding: 'utf8' },
  );
  return { status, stdout, stderr, text: await readFile(doc, 'utf8') };
}

describe('the tables of docs/performance.md', () => {
  it('come from the results and name machine, day, rounds, ranges and targets', async () => {
    const { status, text } = await write(PAGE, { signer: RESULT });
    expect(status).toBe(0);
    expect(text).toBe(`# Performance
text before
<!-- bench:signer -->

_2026-11-24: Sample CPU, 2 CPUs, 8 GiB, kernel 6.12, Node.js v20.20.2._

medians of 5 rounds; measured program on core 0, null relay on core 1

**Events signed**

| signer | events/s |
| :-- | --: |
| relay-bench | 480,000 (470,000–490,000) |

- target ≥ 400,000/s: met
- a note

<!-- /bench:signer -->
text between
<!-- bench:lag -->
kept
<!-- /bench:lag -->
`);
  });

  it('are the same when written again', async () => {
    const { text } = await write(PAGE, { signer: RESULT });
    expect((await write(text, { signer: RESULT })).text).toBe(text);
  });

  it('say where they were taken on a busy machine, or missed a target', async () => {
    const [table] = RESULT.tables;
    const missed = [{ ...table, targets: [{ text: '≥ 1,000,000/s', isMet: false }] }];
    const busy = { ...RESULT, start: { ...RESULT.start, busy_cores: 1.04 }, tables: missed };
    const { text } = await write(PAGE, { signer: busy });
    expect(text).toContain('DISTURBED: others kept 1.04 cores busy at the start');
    expect(text).toContain('target ≥ 1,000,000/s: NOT met');
  });

  it('leaves what was not measured as it is, and says so', async () => {
    const { stdout } = await write(PAGE, { signer: RESULT });
    expect(stdout).toContain('not measured, left as they were: lag');
  });

  it.each([
    ['there is no result at all', {}, 'there are no results'],
    ['a result has no part in the page', { memory: { ...RESULT, name: 'memory' } }, 'has no part for memory'],
    ['a file holds another result', { lag: RESULT }, 'lag.json holds the result of signer'],
  ])('are not touched where %s', async (_, results, message) => {
    const { status, stderr, text } = await write(PAGE, results);
    expect(status).toBe(1);
    expect(stderr).toContain(message);
    expect(text).toBe(PAGE);
  });
});
