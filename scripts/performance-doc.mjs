// Writes the tables of docs/performance.md from the results of the benchmarks: what stands between
// `<!-- bench:NAME -->` and `<!-- /bench:NAME -->` is replaced by the tables of NAME.json. `npm run bench` does both.
// A part without a result stays as it is and is named; a result without a part, or no result at all, is an error.
// node scripts/performance-doc.mjs [--results bench/results] [--doc docs/performance.md]

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { markdownOf } from '../bench/result.mjs';

const rootPath = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const { values } = parseArgs({
  options: {
    results: { type: 'string', default: rootPath('bench/results') },
    doc: { type: 'string', default: rootPath('docs/performance.md') },
  },
});

try {
  const results = readResults(values.results);
  const before = readFileSync(values.doc, 'utf8');
  const after = results.reduce(fillPart, before);
  writeFileSync(values.doc, after);
  const names = results.map(({ name }) => name);
  const stale = partsOf(after).filter((name) => !names.includes(name));
  console.log(`${values.doc}: ${names.join(', ')} written`);
  if (stale.length > 0) console.log(`not measured, left as they were: ${stale.join(', ')}`);
} catch (error) {
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
}

function readResults(directory) {
  const files = readdirSync(directory).filter((name) => name.endsWith('.json'));
  if (files.length === 0) throw new Error(`there are no results in ${directory}: run the benchmarks first`);
  return files.sort().map((file) => {
    const result = JSON.parse(readFileSync(join(directory, file), 'utf8'));
    if (result.name !== basename(file, '.json'))
      throw new Error(`${file} holds the result of ${result.name}`);
    return result;
  });
}

function fillPart(text, result) {
  const { name } = result;
  const [start, end] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`];
  const [from, to] = [text.indexOf(start), text.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`${values.doc} has no part for ${name}: ${start} … ${end}`);
  const content = `${machineLine(result)}\n\n${markdownOf(result)}`;
  return `${text.slice(0, from)}${start}\n\n${content}\n\n${text.slice(to)}`;
}

/** Each part names its own machine: parts may be measured on different days. */
function machineLine({ start: { at, machine } }) {
  const { cpuModel, cpus, memoryBytes, kernel, node } = machine;
  const gib = Math.round(memoryBytes / 1024 ** 3);
  return `_${at.slice(0, 10)}: ${cpuModel}, ${cpus} CPUs, ${gib} GiB, kernel ${kernel}, Node.js ${node}._`;
}

function partsOf(text) {
  return [...text.matchAll(/<!-- bench:([\w-]+) -->/g)].map((match) => match[1]);
}
