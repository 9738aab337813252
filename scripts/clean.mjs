// Before every build: removes from dist/ what no source file makes any more, so that a file that was renamed or
// removed is neither found by an import nor published. What is current stays, and tsc builds only what has changed.
// node scripts/clean.mjs [--all]  removes everything (`npm pack` does); another first argument is the folder that holds src/ and dist/.

import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  options: { all: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const root = resolve(positionals[0] ?? '.');
const [source, output] = [join(root, 'src'), join(root, 'dist')];
const BUILD_INFO = '.tsbuildinfo';
/** What is made of one source file. */
const OUTPUT = /(\.d\.ts|\.js)$/;

if (values.all || !existsSync(join(output, BUILD_INFO))) {
  rmSync(output, { recursive: true, force: true });
} else {
  for (const file of filesOf(output).filter(isStale)) rmSync(join(output, file));
}

/** Every file below a folder, as paths within it. */
function filesOf(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

function isStale(file) {
  if (file === BUILD_INFO) return false;
  return !(OUTPUT.test(file) && existsSync(join(source, file.replace(OUTPUT, '.ts'))));
}
