// Fails where the format of a file that others read has changed since it was released and its version has not: an
// older build would call such a file broken instead of newer. reports/released-schemas.json holds what each format was
// when it was released; a release writes it anew with `node scripts/check-schemas.mjs --release`.
// Another argument is the folder that holds the schemas.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  options: { release: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const folder = positionals[0] ?? 'reports';
const list = join(folder, 'released-schemas.json');

const current = new Map(
  readdirSync(folder)
    .filter((name) => name.endsWith('.schema.json'))
    .sort()
    .map((name) => [name, readSchema(join(folder, name))]),
);
if (values.release) {
  writeFileSync(list, `${JSON.stringify(Object.fromEntries(current), null, 2)}\n`);
} else {
  const released = new Map(Object.entries(JSON.parse(readFileSync(list, 'utf8'))));
  const problems = [...current].flatMap(([name, format]) => problemOf(name, format, released.get(name)));
  const gone = [...released.keys()].filter((name) => !current.has(name));
  const all = [...problems, ...gone.map((name) => `${name} was released and is gone`)];
  for (const problem of all) console.error(`schemas: ${problem}`);
  if (all.length > 0 || current.size === 0) process.exitCode = 1;
  else console.log(`schemas: ${current.size} formats have the versions that their changes ask for`);
}

/** The version that a schema states in its title, and a hash of everything else that it says. */
function readSchema(path) {
  const { title = '', ...rest } = JSON.parse(readFileSync(path, 'utf8'));
  const version = / (\d+\.\d+\.\d+)$/.exec(title)?.[1];
  if (version === undefined) throw new Error(`${path}: the title does not end with a version`);
  return {
    version,
    sha256: createHash('sha256')
      .update(JSON.stringify(sorted(rest)))
      .digest('hex'),
  };
}

/** The same whatever order keys and lists of names are written in: that says nothing. */
function sorted(value) {
  if (Array.isArray(value)) {
    return value.every((item) => typeof item === 'string') ? [...value].sort() : value.map(sorted);
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  );
}

function problemOf(name, { version, sha256 }, released) {
  // A format that was never released may still change as it likes.
  if (released === undefined || released.sha256 === sha256) return [];
  if (isNewer(version, released.version)) return [];
  return [
    `${name} has changed since version ${released.version} was released: raise its version in src/ (an addition raises the minor number, anything else the major one), then npm run schemas`,
  ];
}

function isNewer(version, other) {
  const [a, b] = [version.split('.').map(Number), other.split('.').map(Number)];
  const at = a.findIndex((part, index) => part !== b[index]);
  return at !== -1 && a[at] > b[at];
}
