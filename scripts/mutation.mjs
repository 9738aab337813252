// Changes the source in small ways and says which changes no unit test notices:
//   node scripts/mutation.mjs 'src/compare/*.ts' 'src/gate/parse.ts'
// Runs Stryker in a scratch copy of what git tracks, at low priority, so that the tool is no dependency of the project.
// The unit tests of the layers that the patterns name are held against them. Thousands of changes take hours: name a few
// files. A change that means the same ("equivalent") survives rightly; each survivor wants to be read.

import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argv, exit } from 'node:process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const TOOL = ['@stryker-mutator/core@9', '@stryker-mutator/vitest-runner@9'];
const patterns = argv.slice(2);
const layers = [...new Set(patterns.map((pattern) => /^src\/([a-z]+)\//.exec(pattern)?.[1]))];
if (patterns.length === 0 || layers.includes(undefined)) {
  console.error("usage: node scripts/mutation.mjs 'src/<layer>/<files>' …");
  exit(2);
}

const VITEST = `export default { test: { include: ${JSON.stringify(layers.map((layer) => `test/unit/${layer}/**/*.test.ts`))}, testTimeout: 60_000 } };`;
const STRYKER = {
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner'],
  vitest: { configFile: 'vitest.mutation.config.mjs' },
  mutate: patterns,
  concurrency: 1,
  coverageAnalysis: 'perTest',
  // Texts and tables: what they say is the golden files' business.
  mutator: { excludedMutations: ['StringLiteral', 'ObjectLiteral', 'ArrayDeclaration'] },
  ignoreStatic: true,
  reporters: ['json', 'progress-append-only'],
  jsonReporter: { fileName: 'mutation.json' },
  timeoutMS: 60_000,
};

const scratch = mkdtempSync(join(tmpdir(), 'relay-bench-mutation-'));
try {
  const files = execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' }).split('\0');
  for (const file of files.filter(Boolean)) cpSync(join(ROOT, file), join(scratch, file));
  writeFileSync(join(scratch, 'vitest.mutation.config.mjs'), VITEST);
  writeFileSync(join(scratch, 'stryker.config.json'), JSON.stringify(STRYKER));
  run('npm', ['ci', '--ignore-scripts']);
  run('npm', ['install', '--no-save', '--ignore-scripts', '--legacy-peer-deps', ...TOOL]);
  run('npx', ['stryker', 'run']);
  const survivors = survivorsOf(JSON.parse(readFileSync(join(scratch, 'mutation.json'), 'utf8')));
  console.log(survivors.join('\n'));
  console.log(`${survivors.length} changes that no test notices`);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

/** Runs a program in the scratch copy; whatever fails ends this one. */
function run(program, args) {
  const { status, error } = spawnSync('nice', ['-n', '19', program, ...args], {
    cwd: scratch,
    stdio: 'inherit',
  });
  if (status !== 0) throw error ?? new Error(`${program} ${args.join(' ')} ended with ${status}`);
}

/** One line for each change that survived or that no test reaches. */
function survivorsOf({ files }) {
  return Object.entries(files).flatMap(([file, { mutants }]) =>
    mutants
      .filter(({ status }) => status === 'Survived' || status === 'NoCoverage')
      .map(
        ({ status, location, mutatorName, replacement }) =>
          `${file}:${location.start.line}:${location.start.column} ${status} ${mutatorName}: ${replacement}`,
      ),
  );
}
