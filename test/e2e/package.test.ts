// The package as others get it: packed once, unpacked into an empty project beside nothing but what it depends on.
import { execFile, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import ts from 'typescript';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sampleRecord } from '../support/sample-record.ts';
import { runOf } from '../support/sample-runs.ts';

const run = promisify(execFile);
const ROOT = resolve(import.meta.dirname, '../..');

let project: string;
/** What the tarball holds. */
let files: readonly string[];

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'relay-bench-package-'));
  const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', project];
  const { stdout } = await run('npm', args, { cwd: ROOT, maxBuffer: 16 * 1024 * 1024 });
  const [packed] = JSON.parse(stdout) as { filename: string; files: { path: string }[] }[];
  if (packed === undefined) throw new Error(`npm pack made nothing: ${stdout}`);
  files = packed.files.map(({ path }) => path);
  await install(join(project, packed.filename));
});
afterAll(() => rm(project, { recursive: true, force: true }));

/** Puts the package where npm would, with links to what it depends on: what it forgot to name is not there. */
async function install(tarball: string): Promise<void> {
  const home = join(project, 'node_modules/relay-bench');
  await mkdir(home, { recursive: true });
  await run('tar', ['-xzf', tarball, '-C', home, '--strip-components=1']);
  const { dependencies } = JSON.parse(await readFile(join(home, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  for (const name of Object.keys(dependencies)) {
    await symlink(join(ROOT, 'node_modules', name), join(project, 'node_modules', name), 'dir');
  }
  await writeFile(join(project, 'package.json'), '{"type":"module"}');
}

async function runInProject(...args: string[]): Promise<string> {
  const { stdout } = await run(process.execPath, args, { cwd: project });
  return stdout;
}

const BIN = 'node_modules/relay-bench/bin/relay-bench.js';

it('holds the program, its declarations and its documents, and nothing of how it is built or tested', () => {
  const kinds = [
    /^dist\/.*\.(js|d\.ts)$/,
    /^bin\/relay-bench\.js$/,
    /^assets\/(report\/.*\.(js|css)|compose\/relay\.Dockerfile(\.dockerignore)?)$/,
    /^scenarios\/.*\.(yaml|json)$/,
    /^reports\/\w+\.schema\.json$/,
    /^docs\/.*\.md$/,
    // What operators copy: dashboards, alerts, units.
    /^docs\/(distributed|grafana)\/.*\.(yaml|json|hcl|service|acl)$/,
    /^(package\.json|README\.md|CHANGELOG\.md|SECURITY\.md|LICENSE|action\.yml)$/,
  ];
  expect(files.filter((file) => !kinds.some((kind) => kind.test(file)))).toEqual([]);
  const needed = [
    'dist/api/main.js',
    'dist/api/main.d.ts',
    'scenarios/quick.yaml',
    'reports/run.schema.json',
  ];
  expect(needed.filter((file) => !files.includes(file))).toEqual([]);
});

it('has a program for every declaration, and the other way round', () => {
  const names = (ending: string): string[] =>
    files
      .filter((file) => file.startsWith('dist/') && file.endsWith(ending))
      .map((file) => file.slice(0, -ending.length));
  expect(names('.d.ts')).toEqual(names('.js'));
});

it('starts: `relay-bench --help` in an empty project', async () => {
  expect(await runInProject(BIN, '--help')).toContain('Usage: relay-bench');
});

it('renders a report of a finished run', async () => {
  await writeFile(join(project, 'run.json'), JSON.stringify(sampleRecord('pass')));
  expect(await runInProject(BIN, 'report', 'run.json', '--format', 'md')).toContain('ack_latency p95');
});

/** The example of docs/api.md, as it stands there. */
async function example(): Promise<string> {
  const text = await readFile(join(ROOT, 'docs/api.md'), 'utf8');
  const [, code] = /```ts\n(.*?)\n```/s.exec(text) ?? [];
  if (code === undefined) throw new Error('docs/api.md has no example');
  return code;
}

const OPTIONS: ts.CompilerOptions = {
  module: ts.ModuleKind.NodeNext,
  target: ts.ScriptTarget.ES2023,
  strict: true,
  noEmit: true,
  types: ['node'],
  typeRoots: [join(ROOT, 'node_modules/@types')],
};

/** Errors in each of some files, and in the declarations that they import; other people's are not looked at. */
function typeErrors(names: readonly string[]): string[][] {
  const paths = names.map((name) => join(project, name));
  const program = ts.createProgram(paths, OPTIONS);
  const own = program.getSourceFiles().filter(({ fileName }) => fileName.endsWith('dist/api/main.d.ts'));
  if (own.length !== 1) throw new Error('the example does not import the declarations of the package');
  return [...paths.map((path) => program.getSourceFile(path)), ...own].map((file) =>
    [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(
      ({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'),
    ),
  );
}

it('has types: the example of docs/api.md is checked strictly, and a wrong use of it refused', async () => {
  const code = await example();
  await writeFile(join(project, 'example.mts'), code);
  await writeFile(join(project, 'wrong.mts'), code.replace("['ack_latency p95 < 250ms'", '[250'));
  expect(typeErrors(['example.mts', 'wrong.mts'])).toEqual([
    [],
    ["Type 'number' is not assignable to type 'string'."],
    [],
  ]);
});

it('works for programs: the example of docs/api.md judges and compares', async () => {
  for (const [name, slowdown] of [
    ['before', 1],
    ['after', 2],
  ] as const) {
    await mkdir(join(project, name), { recursive: true });
    await writeFile(join(project, name, 'run.json'), JSON.stringify(runOf(slowdown, { runId: name })));
  }
  const { outputText } = ts.transpileModule(await example(), {
    compilerOptions: { ...OPTIONS, module: ts.ModuleKind.ESNext },
  });
  await writeFile(join(project, 'example.mjs'), outputText);
  const { status, stdout, stderr } = spawnSync(process.execPath, ['example.mjs'], {
    cwd: project,
    encoding: 'utf8',
  });
  const lines = stdout.split('\n');
  expect(lines[0]).toMatch(/^pass ack_latency p95 < 250ms: [\d.]+ms$/);
  expect(lines[1]).toBe('pass delivery_ratio >= 99.99%: 100%');
  expect(lines[2]).toMatch(/^worse: /);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});
