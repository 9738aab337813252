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

export const HEAD =
  '| relay | scenario | first run | second run | alike | gates on time that broke |\n|---|---|---|---|---|---|';
