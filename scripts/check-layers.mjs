// Runs dependency-cruiser over the house. Fails on a broken rule, and also when fewer modules were cruised than
// source files exist: a check that silently checks nothing is worse than none.

import { readdirSync } from 'node:fs';
import { extname, join } from 'node:path';
import { cruise, format } from 'dependency-cruiser';
import extractOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import extractTsConfig from 'dependency-cruiser/config-utl/extract-ts-config';

const ROOTS = ['src', 'bin', 'test', 'bench', 'scripts'];
const SOURCE_EXTENSIONS = new Set(['.ts', '.mjs', '.cjs', '.js']);

const options = await extractOptions('./.dependency-cruiser.cjs');
const { output: result } = await cruise(ROOTS, options, undefined, {
  tsConfig: extractTsConfig('./tsconfig.json'),
});

const seen = new Set(result.modules.map((module) => module.source));
const missed = ROOTS.flatMap(sourceFiles).filter((file) => !seen.has(file));
if (missed.length > 0) {
  console.error(`layers: ${missed.length} source files were not looked at, for example ${missed[0]}`);
  process.exitCode = 1;
}

const report = await format(result, { outputType: 'err-long' });
console.log(report.output.trim());
if (result.summary.error > 0) process.exitCode = 1;

/** Every source file under `folder`, as dependency-cruiser names it. */
function sourceFiles(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && SOURCE_EXTENSIONS.has(extname(entry.name)))
    .map((entry) => join(entry.parentPath, entry.name).replaceAll('\\', '/'));
}
