// How the scaled stack scales over relay processes: `capacity --relays` measures the limit and the curve of each number of
// them, the simulation of bench/scaling-model.mjs has the same steps beside it, and both go with the fit and the planning
// table of `capacity --for` into docs/scaling.md. At most 25 minutes, on a quiet machine.
//
//   npm run bench:scaling -- [--relays 1,2,3] [--budget 6m] [--tolerance 5%] [--keep DIR] [--from DIR] [--doc FILE]
//                            [--rehearsal] [--json]
//
// --keep leaves the records of all steps in DIR; --from simulates beside such a DIR, and measures nothing; --doc writes into
// another page than docs/scaling.md, and where --relays or --from is named it alone has anything written. --rehearsal goes
// through all of it in some two minutes, busy machine or not, and says nothing of any stack: it writes no page unless --doc names one.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createRandom } from '../dist/base/random.js';
import { assumed } from '../dist/capacity/assumptions.js';
import { forecast } from '../dist/capacity/forecast.js';
import { curveOf } from '../dist/capacity/knee.js';
import { buildForecastDocument } from '../dist/report/capacity/forecast.js';
import { PROFILES } from '../dist/stack/topology.js';
import { startOfBenchmark } from './machine.mjs';
import { forecastCosts, measuredCosts, withWait } from './scaling-costs.mjs';
import { findLimit, simulateStep } from './scaling-model.mjs';
import { reportOf } from './scaling-report.mjs';
import { rootPath } from './support.mjs';

const [BEGIN, END] = ['<!-- scaling:begin -->', '<!-- scaling:end -->'];
/** Events that are published and acknowledged: the way that the model knows. */
const SCENARIO = 'publish';
const { replicas } = PROFILES.scaled;
const CORES = availableParallelism();
/** More than all processes together can use. */
const A_CORE_EACH = 64;
/** Shown besides those that were measured, with a core for each part. */
const MORE_RELAYS = [6];
const START_PER_S = 125;
const TOLERANCE = 0.03;

const FULL = { relays: '1,2,3', budget: '6m', tolerance: '5%', more: [] };
/** Whatever the machine does besides, some step holds. */
const REHEARSAL = {
  relays: '1,2',
  budget: '20s',
  tolerance: '60%',
  more: [
    ...['--rate', '50', '--connections', '20', '--duration', '3s', '--warmup', '1s'],
    ...['--no-default-gates', '--gate', 'ack_latency p95 < 5s'],
  ],
};

const { values } = parseArgs({
  options: {
    relays: { type: 'string' },
    budget: { type: 'string' },
    tolerance: { type: 'string' },
    keep: { type: 'string' },
    from: { type: 'string' },
    doc: { type: 'string' },
    rehearsal: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});

const standard = values.rehearsal ? REHEARSAL : FULL;

/** The searches, with their progress on stderr; a limit that was not found is a result as well. */
async function measure(out, stackDir) {
  const args = ['capacity', SCENARIO, '--stack', 'scaled', '--stack-dir', stackDir, '--out', out];
  const { relays, budget, tolerance } = { ...standard, ...values };
  const asked = ['--relays', relays, '--budget', budget, '--tolerance', tolerance, ...standard.more];
  const command = [rootPath('bin/relay-bench.js'), ...args, ...asked, '--format', 'json'];
  const child = spawn(process.execPath, command, { stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = await once(child, 'close');
  if (![0, 99, 103].includes(code)) throw new Error(`capacity ended with ${code}`);
}

const readJson = (...path) => JSON.parse(readFileSync(join(...path), 'utf8'));

/** Every search of a directory: its relays, its document, and the records of the steps that held. */
function searchesIn(directory) {
  const { scaling } = readJson(directory, 'capacity.json');
  if (scaling === null) throw new Error(`${directory} holds no search over numbers of relays`);
  const searches = scaling.points.map(({ relays, file, low, high }) => {
    const folder = join(directory, file, '..');
    const { steps } = readJson(directory, file);
    const held = steps.filter((step) => step.verdict === 'held' && step.file !== null);
    const records = () => held.map((step) => ({ step, record: readJson(folder, step.file) }));
    return { relays, low, high, steps, records };
  });
  return { scaling, searches };
}

const meanOf = (step) => step.latencies.ack_latency?.mean_us ?? null;

/** A simulated step; the same seed each time, so that a table can be made again. */
function simulate(relays, rate_per_s, costs, more = {}) {
  const { next } = createRandom(1, `scaling/${relays}/${rate_per_s}`);
  return simulateStep({ relays, replicas, cores: CORES, rate_per_s, costs, random: next, ...more });
}

/** What the parts cost in the steps of the smallest number of relays, which must be one. */
function costsOf(searches) {
  const [first] = searches;
  if (first?.relays !== 1)
    throw new Error('costs are taken from a stack with one relay: --relays has to begin with 1');
  const standard = forecastCosts(assumed());
  const records = first.records();
  const used = records.map(({ step, record }) => ({
    rate_per_s: step.achieved_per_s ?? step.rate_per_s,
    record,
  }));
  const lightest = records
    .map(({ step }) => step)
    .filter((step) => meanOf(step) !== null)
    .toSorted((a, b) => a.rate_per_s - b.rate_per_s)[0];
  if (lightest === undefined) throw new Error('no step with one relay has a latency');
  const wait = (costs) =>
    withWait(costs, { mean_us: meanOf(lightest) }, (given) => simulate(1, lightest.rate_per_s, given));
  return { measured: wait(measuredCosts(used, standard)), forecast: wait(standard) };
}

function limitOf(relays, costs, more = {}) {
  process.stderr.write(`simulating the limit with ${relays} relays\n`);
  const { low } = findLimit((rate) => simulate(relays, rate, costs, more), {
    start_per_s: START_PER_S,
    tolerance: TOLERANCE,
  });
  return low;
}

/** A core for each part shows what binds when the machine does not: shorter, because it carries much more. */
const APART = { cores: A_CORE_EACH, warmup_s: 1, duration_s: 3 };

function pointsOf(searches, costs) {
  const measured = searches.map(({ relays, low, high }) => ({ relays, measured: { low, high } }));
  const more = MORE_RELAYS.filter((relays) => !measured.some((one) => one.relays === relays));
  return [...measured, ...more.map((relays) => ({ relays, measured: null }))].map((one) => ({
    ...one,
    simulated: limitOf(one.relays, costs.measured),
    byForecast: limitOf(one.relays, costs.forecast),
    apart: limitOf(one.relays, costs.measured, APART),
  }));
}

function curveRows(searches, costs) {
  return searches.flatMap(({ relays, steps }) =>
    curveOf(steps).map((step) => ({
      relays,
      offered_per_s: step.rate_per_s,
      measured: {
        verdict: step.verdict,
        achieved_per_s: step.achieved_per_s,
        mean_us: meanOf(step),
        p95_us: step.latencies.ack_latency?.p95_us ?? null,
      },
      simulated: simulate(relays, step.rate_per_s, costs.measured),
    })),
  );
}

/** The table of a forecast, as its report has it. */
function planningTable() {
  const [{ content }] = buildForecastDocument(forecast(null)).sections;
  if (content.kind !== 'table') throw new Error('the forecast begins with no table');
  return {
    columns: content.columns.map(({ title, align }) => `${align === 'right' ? '>' : ''}${title}`),
    rows: content.rows.map((cells) => cells.map(({ text }) => text.trim())),
  };
}

/** The page that the tables go into; null for none. */
function pageToWrite() {
  const { doc, from, relays, rehearsal } = values;
  if (doc !== undefined) return doc;
  return from === undefined && relays === undefined && !rehearsal ? rootPath('docs/scaling.md') : null;
}

function writeInto(page, text) {
  const doc = readFileSync(page, 'utf8');
  const [from, to] = [doc.indexOf(BEGIN), doc.indexOf(END)];
  if (from === -1 || to < from) throw new Error(`${page} has no place for the tables: ${BEGIN} … ${END}`);
  writeFileSync(page, `${doc.slice(0, from)}${BEGIN}\n\n${text}\n\n${doc.slice(to)}`);
}

/** Beside the searches, so that tables that are made later say when and where those were. */
const START = 'start.json';

/** Measures into `out`, on stacks that the servers' user can reach. */
async function measureInto(out) {
  const parent = mkdtempSync(join(process.getuid?.() === 0 ? '/var/lib' : tmpdir(), 'relay-bench-scaling-'));
  try {
    chmodSync(parent, 0o755);
    await measure(out, join(parent, 'stack'));
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
}

const temporary = mkdtempSync(join(tmpdir(), 'relay-bench-scaling-'));
try {
  const directory = values.from ?? values.keep ?? temporary;
  if (values.from === undefined) {
    const now = startOfBenchmark();
    await measureInto(directory);
    writeFileSync(join(directory, START), JSON.stringify(now));
  }
  const start = readJson(directory, START);
  const { scaling, searches } = searchesIn(directory);
  const costs = costsOf(searches);
  const curve = curveRows(searches, costs);
  const points = pointsOf(searches, costs);
  const result = { start, scenario: SCENARIO, cores: CORES, scaling, points, curve, costs };
  const text = reportOf({ ...result, planning: planningTable() });
  console.log(values.json ? JSON.stringify(result, null, 2) : text);
  const page = pageToWrite();
  if (page !== null) writeInto(page, text);
} finally {
  rmSync(temporary, { recursive: true, force: true });
}
