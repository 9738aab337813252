// Runs dependency-cruiser over the house, by the rooms of rooms.json and the rules of .dependency-cruiser.cjs. Fails on a
// broken rule, on a room that is not there or not listed, where docs/architecture.md tells of other rooms, and also when
// fewer modules were cruised than source files exist: a check that silently checks nothing is worse than none.
// node scripts/check-layers.mjs [--write]   --write brings the table of docs/architecture.md up to date

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { cruise, format } from 'dependency-cruiser';
import extractOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import extractTsConfig from 'dependency-cruiser/config-utl/extract-ts-config';
import { ROOMS, roomProblems, roomRules, withRoomTable } from './rooms.mjs';

const ROOTS = ['src', 'bin', 'test', 'bench', 'scripts'];
const SOURCE_EXTENSIONS = new Set(['.ts', '.mjs', '.cjs', '.js']);

const PAGE = 'docs/architecture.md';

const options = await extractOptions('./.dependency-cruiser.cjs');
/** @type {object[] | undefined} */
const rules = options.ruleSet?.forbidden;
if (rules === undefined) throw new Error('.dependency-cruiser.cjs has no rules to add to');
rules.push(...roomRules(ROOMS));
const { output } = await cruise(ROOTS, options, undefined, {
  tsConfig: extractTsConfig('./tsconfig.json'),
});
// Text only where an output type is asked for.
if (typeof output === 'string') throw new Error(output);

const folders = readdirSync('src', { withFileTypes: true }).filter((entry) => entry.isDirectory());
const page = readFileSync(PAGE, 'utf8');
const upToDate = withRoomTable(page, ROOMS);
if (process.argv.includes('--write')) writeFileSync(PAGE, upToDate);
else if (page !== upToDate)
  fail([`${PAGE} has an old table of rooms: run node scripts/check-layers.mjs --write`]);
fail(
  roomProblems(
    ROOMS,
    folders.map(({ name }) => name),
  ),
);

const seen = new Set(output.modules.map((module) => module.source));
const missed = ROOTS.flatMap(sourceFiles).filter((file) => !seen.has(file));
if (missed.length > 0) {
  console.error(`layers: ${missed.length} source files were not looked at, for example ${missed[0]}`);
  process.exitCode = 1;
}

const report = await format(output, { outputType: 'err-long' });
console.log(String(report.output).trim());
if (output.summary.error > 0) process.exitCode = 1;

function fail(problems) {
  for (const problem of problems) console.error(`layers: ${problem}`);
  if (problems.length > 0) process.exitCode = 1;
}

/** Every source file under `folder`, as dependency-cruiser names it. */
function sourceFiles(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && SOURCE_EXTENSIONS.has(extname(entry.name)))
    .map((entry) => join(entry.parentPath, entry.name).replaceAll('\\', '/'));
}
