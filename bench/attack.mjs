// Attacks, each beside an honest client: what a client sends may cost it its connection, never another client its answer.
// The honest client does 20 operations a second (publish, query by id, a live delivery) before an attack, during it, and
// five seconds after it; the memory of every relay process is sampled meanwhile. A whole run writes the table of
// docs/security.md.
//
//   npm run attack -- [--only NAME] [--on relay|stack] [--cheap] [--json]

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { HonestClient } from './attack-honest.mjs';
import { startAttack } from './attack-process.mjs';
import { reportOf, verdictOf } from './attack-report.mjs';
import { TARGETS } from './attack-target.mjs';
import { startOfBenchmark } from './machine.mjs';
import { rootPath } from './support.mjs';

const DOC = rootPath('docs/security.md');
const [BEGIN, END] = ['<!-- attack:begin -->', '<!-- attack:end -->'];
const WHOLE = { before_ms: 3_000, during_ms: 10_000, rest_ms: 5_000, after_ms: 3_000 };
/** For tests, which ask who survives and not how fast. */
const CHEAP = { before_ms: 500, during_ms: 2_000, rest_ms: 0, after_ms: 500 };

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    on: { type: 'string' },
    cheap: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});

/** Every attack, by the name of its file. */
async function attacks() {
  const folder = rootPath('bench/attack');
  const files = readdirSync(folder).filter((file) => file.endsWith('.mjs'));
  const all = await Promise.all(
    files.sort().map(async (file) => {
      const path = `${folder}/${file}`;
      return { ...(await import(pathToFileURL(path).href)).default, path };
    }),
  );
  return all.filter(
    ({ name, isCheap }) => (values.only === undefined || name === values.only) && (!values.cheap || isCheap),
  );
}

/** One attack on a target that is up. */
async function attackOn(target, attack) {
  const times = values.cheap ? CHEAP : WHOLE;
  const honest = await HonestClient.open(target.url);
  const watch = target.watchMemory();
  try {
    const before = await honest.work(times.before_ms);
    const { dir, doServersStandBack } = target;
    const running = await startAttack(attack.path, target.url, { dir, doServersStandBack });
    const during = await honest.work(times.during_ms);
    const told = await running.stop();
    await sleep(times.rest_ms);
    const after = await honest.work(times.after_ms);
    const facts = { attack: attack.name, target: target.name, told, before, during, after };
    const row = { ...facts, rss_mib: watch.stop(), ended: target.ended() };
    return { ...row, ...verdictOf(row) };
  } finally {
    watch.stop();
    honest.close();
  }
}

/** All attacks on one kind of target; one that did not hold leaves nothing for the next. */
async function attackAll(name, list) {
  const rows = [];
  let target = null;
  try {
    for (const attack of list.filter(({ against }) => against === name || against === 'both')) {
      target ??= await TARGETS[name]();
      const row = await attackOn(target, attack);
      process.stderr.write(
        `${row.verdict.padEnd(9)} ${name.padEnd(5)} ${attack.name}${row.why === null ? '' : `: ${row.why}`}\n`,
      );
      rows.push(row);
      if (row.verdict !== 'failed' && name === 'stack') continue;
      await target.stop();
      target = null;
    }
  } finally {
    await target?.stop();
  }
  return rows;
}

function writeDoc(text) {
  const doc = readFileSync(DOC, 'utf8');
  const [from, to] = [doc.indexOf(BEGIN), doc.indexOf(END)];
  if (from === -1 || to < from) throw new Error(`${DOC} has no place for the table: ${BEGIN} … ${END}`);
  writeFileSync(DOC, `${doc.slice(0, from)}${BEGIN}\n\n${text}\n\n${doc.slice(to)}`);
}

const start = startOfBenchmark();
const list = await attacks();
if (list.length === 0) throw new Error(`there is no attack "${values.only}"`);
const rows = [];
for (const name of Object.keys(TARGETS)) {
  if (values.on === undefined || values.on === name) rows.push(...(await attackAll(name, list)));
}
if (values.json) console.log(JSON.stringify({ start, rows }, null, 2));
else console.log(reportOf(start, rows));
if (values.only === undefined && values.on === undefined && !values.cheap) writeDoc(reportOf(start, rows));
if (rows.some(({ verdict }) => verdict === 'failed')) process.exitCode = 99;
