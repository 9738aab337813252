import { REASONS } from '../judge/blame.ts';
import type { GateResult, RunRecord } from '../record/schema.ts';
import { answerOf } from './answer/answer.ts';
import { inReadingOrder } from './answer/severity.ts';
import { areGatesJudged, wasStopped } from './answer/word.ts';
import { markup, withoutBackticks } from './escape.ts';
import type { Format } from './format.ts';
import { gateSentence } from './view/gate-sentence.ts';

/** XML has no use for length limits, but a relay's text can be of any length. */
const MAX_CHARACTERS = 1_000;

/**
 * JUnit XML for CI systems: one suite a run, one case for its validity and one a gate, passed ones too. A gate
 * that fails is a failure. An invalid run and an undecided gate are errors: nobody could say whether they hold, and that
 * must not look like success. The other gates of a run that is invalid or was stopped are skipped: none was judged. What was
 * asked, what was found and what to do next stand first, in the output of the suite and in the case of its validity.
 */
export const junitFormat: Format = {
  name: 'junit',
  fileName: 'junit.xml',
  isDefault: true,
  render: (record) => {
    const cases = [
      validityCase(record),
      ...record.failures.map(failureCase),
      ...inReadingOrder(record.gates).map((gate) => gateCase(gate, record)),
    ];
    const total = (result: CaseResult): number => cases.filter((one) => one.result === result).length;
    const counts = {
      tests: cases.length,
      failures: total('failure'),
      errors: total('error'),
      skipped: total('skipped'),
    };
    const time = (record.durationMs / 1_000).toFixed(3);
    const suite = {
      name: `relay-bench ${record.scenario.name}`,
      ...counts,
      time,
      timestamp: record.startedAt,
    };
    return [
      '<?xml version="1.0" encoding="UTF-8"?>',
      `<testsuites${attributes({ name: 'relay-bench', ...counts, time })}>`,
      `  <testsuite${attributes(suite)}>`,
      ...properties(record),
      ...cases.flatMap((one) => caseLines(one, record.scenario.name)),
      `    <system-out>${markup(answerText(record), MAX_CHARACTERS)}</system-out>`,
      '  </testsuite>',
      '</testsuites>',
      '',
    ].join('\n');
  },
};

const VALIDITY = 'the run is valid';

type CaseResult = 'passed' | 'failure' | 'error' | 'skipped';

interface Case {
  readonly name: string;
  readonly result: CaseResult;
  /** One sentence; what was measured for a gate that holds. */
  readonly message: string;
}

function validityCase(record: RunRecord): Case {
  const valid = record.validity.verdict === 'valid';
  if (wasStopped(record)) return { name: VALIDITY, result: 'skipped', message: answerText(record) };
  const reasons = record.validity.reasons.join('; ');
  return {
    name: VALIDITY,
    result: valid ? 'passed' : 'error',
    message: valid ? answerText(record) : `${answerText(record)}; why: ${reasons}`,
  };
}

function answerText(record: RunRecord): string {
  const { word, question, finding, next } = answerOf(record);
  return withoutBackticks(`${word}: ${finding}; next: ${next}; asked: ${question}`);
}

/** What the target did that fails the run whatever its gates say; what only explains a gate stands in its output. */
function failureCase({ kind, text }: RunRecord['failures'][number]): Case {
  const result = REASONS[kind].consequence === 'fails' ? 'failure' : 'passed';
  return { name: kind, result, message: text };
}

const RESULTS: Readonly<Record<GateResult['verdict'], CaseResult>> = {
  pass: 'passed',
  fail: 'failure',
  'no-data': 'failure',
  undecided: 'error',
};

function gateCase(gate: GateResult, record: RunRecord): Case {
  const message = gateSentence(gate);
  const name = gate.expression;
  if (areGatesJudged(record)) return { name, result: RESULTS[gate.verdict], message };
  if (wasStopped(record)) return { name, result: 'skipped', message: `the run was stopped; ${message}` };
  if (gate.verdict === 'undecided') return { name, result: 'error', message };
  return { name, result: 'skipped', message: `the run is invalid; ${message}` };
}

function caseLines({ name, result, message }: Case, scenario: string): string[] {
  const open = `    <testcase${attributes({ classname: `relay-bench.${scenario}`, name, time: '0' })}>`;
  const body = {
    passed: `      <system-out>${markup(message, MAX_CHARACTERS)}</system-out>`,
    failure: `      <failure${attributes({ type: 'gate', message })}/>`,
    error: `      <error${attributes({ type: name === VALIDITY ? 'invalid-run' : 'undecided', message })}/>`,
    skipped: `      <skipped${attributes({ message })}/>`,
  }[result];
  return [open, body, '    </testcase>'];
}

/** The numbers behind the cases, by their names in run.json. */
function properties(record: RunRecord): string[] {
  const gates = record.gates.flatMap((gate, at) => [
    [`gates.${at}.expression`, gate.expression],
    [`gates.${at}.actual`, gate.actual],
    [`gates.${at}.actualService`, gate.actualService ?? null],
    [`gates.${at}.verdict`, gate.verdict],
    [`gates.${at}.limit`, gate.limit],
    [`gates.${at}.margin`, gate.margin ?? null],
    [`gates.${at}.unit`, gate.unit],
  ]);
  const all = [
    ['runId', record.runId],
    ['seed', record.seed],
    ['scenario.sha256', record.scenario.sha256],
    ['verdict', record.verdict],
    ...record.target.urls.map((url, at) => [`target.urls.${at}`, url]),
    ...(record.target.relays ?? []).flatMap(({ name, command }, at) => [
      [`target.relays.${at}.name`, name],
      [`target.relays.${at}.command`, command],
    ]),
    ...gates,
  ];
  const known = all.filter(([, value]) => value !== null);
  const lines = known.map(
    ([name, value]) => `      <property${attributes({ name: String(name), value: String(value) })}/>`,
  );
  return ['    <properties>', ...lines, '    </properties>'];
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${markup(String(value), MAX_CHARACTERS)}"`)
    .join('');
}
