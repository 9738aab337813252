// What a run says of a relay, as far as another machine or another minute would say the same.

/** Gates on time depend on the machine and what else it does. */
const TIMED = /latency|achieved_rate_ratio|send_lag/;

/** Failed gates and failures of a record (run.json), those on time apart. */
export function outcomeOf(record) {
  const broken = record.gates.filter(({ verdict }) => verdict === 'fail' || verdict === 'no-data');
  const isTimed = ({ expression }) => TIMED.test(expression);
  const texts = (gates) => gates.map(({ expression, actual }) => `${expression}: ${figureOf(actual)}`);
  return {
    verdict: record.verdict,
    load: loadOf(record),
    broken: texts(broken.filter((gate) => !isTimed(gate))),
    timed: texts(broken.filter(isTimed)),
    failures: (record.failures ?? []).map(({ text }) => text),
    rejected: Object.keys(record.counters.events_rejected),
    wrong: record.counters.answers_wrong,
  };
}

function figureOf(actual) {
  return actual === null ? 'no data' : String(Math.round(actual * 1_000) / 1_000);
}

/** Whether two runs found the same: the same gates broken, the same failures, whatever the figures. */
export function endAlike(one, other) {
  const of = ({ broken, failures }) =>
    JSON.stringify([broken.map(withoutFigure), failures.map((text) => text.replaceAll(/\d+/g, '#'))]);
  return of(one) === of(other);
}

function withoutFigure(text) {
  return text.slice(0, text.lastIndexOf(':'));
}

/** One row of the table in docs/relays.md. */
export function rowOf({ relay, scenario, runs }) {
  const [one, other] = runs;
  const cells = runs.map((run) => (run.broken.length + run.failures.length === 0 ? 'holds' : list(run)));
  const alike = endAlike(one, other) ? 'yes' : '**no**';
  const timed = [...new Set(runs.flatMap(({ timed: gates }) => gates.map(withoutFigure)))];
  return `| ${relay} | ${scenario} | ${cells.join(' | ')} | ${alike} | ${timed.join('<br>') || '–'} |`;
}

function list({ broken, failures }) {
  return [...failures, ...broken].map((text) => text.replaceAll('|', '\\|')).join('<br>');
}

/** The results of several relays side by side, for docs/relays.md. */
export function matrixOf(results) {
  const relays = [...new Set(results.map(({ relay }) => relay))];
  const scenarios = [...new Set(results.map(({ scenario }) => scenario))];
  const rows = scenarios.map((scenario) => {
    const found = relays.map((relay) => results.find((r) => r.relay === relay && r.scenario === scenario));
    const load = found.find((result) => result !== undefined)?.runs[0].load ?? '–';
    return `| \`${scenario}\` | ${[load, ...found.map((result) => cellOf(result))].join(' | ')} |`;
  });
  return [
    `| scenario | load of a run | ${relays.join(' | ')} |`,
    `|---|---${'|---'.repeat(relays.length)}|`,
    ...rows,
    '',
    'Gates on time that broke in one of the two runs:',
    '',
    ...relays.map((relay) => `- ${relay}: ${timedOf(results.filter((result) => result.relay === relay))}`),
  ].join('\n');
}

/** What a run offered, from its record. */
export function loadOf({ load }) {
  const { offered, connections, phases } = load;
  const measured = phases.filter(({ kind }) => kind === 'measured');
  const seconds = measured.reduce((sum, { start_s, end_s }) => sum + end_s - start_s, 0);
  const parts = [
    [offered.events, 'events'],
    [offered.queries, 'queries'],
    [connections.requested, 'connections'],
  ].filter(([count]) => count > 0);
  return `${parts.map(([count, name]) => `${count} ${name}`).join(', ')} in ${Math.round(seconds * 10) / 10} s`;
}

function cellOf(result) {
  if (result === undefined) return 'not run';
  const [one, other] = result.runs;
  const texts = [one, other].map((run) =>
    run.broken.length + run.failures.length === 0 ? 'holds' : list(run),
  );
  return texts.map((text) => text.replaceAll(/([a-z_]+) (==|>=) ([0-9.%]+): /g, '`$1 $2 $3`: ')).join(', ');
}

function timedOf(results) {
  const texts = results.flatMap(({ scenario, runs }) => {
    const gates = [...new Set(runs.flatMap(({ timed }) => timed.map(withoutFigure)))];
    return gates.length === 0 ? [] : [`\`${scenario}\` (${gates.map((gate) => `\`${gate}\``).join(', ')})`];
  });
  return texts.length === 0 ? 'none' : texts.join('; ');
}

const BEGIN = '<!-- npm run conformance:relays: begin -->';
const END = '<!-- npm run conformance:relays: end -->';

/** Puts a text between the marks of a page; a page without marks is the text alone. */
export function betweenMarks(page, text) {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) return `${text}\n`;
  return `${page.slice(0, begin + BEGIN.length)}\n${text}\n${page.slice(end)}`;
}
