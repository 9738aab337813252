import type { Suite, SuiteFigure, SuitePartResult } from '../../suite/schema.ts';
import { bytes, count, NOTHING, number, percent, seconds } from '../quantity.ts';
import {
  type Cell,
  cell,
  code,
  columns,
  list,
  type ReportDocument,
  row,
  type Section,
} from '../view/document.ts';
import { cardSection, shapesSection } from './card.ts';
import { figureText } from './words.ts';

/** A battery has no verdict: it was carried out, in part, or it proves nothing. */
export type SuiteWord = 'SUITE' | 'PARTIAL' | 'INVALID';

/** What the card of a suite says: each figure of each relay, what was left out, whether they answered alike, the machine. */
export function buildSuiteDocument(suite: Suite): ReportDocument<SuiteWord> {
  const sections = [
    cardSection(suite),
    leftOutSection(suite),
    shapesSection(suite),
    answersSection(suite),
    abilitiesSection(suite),
    machineSection(suite),
    doubtsSection(suite),
  ];
  const { mode, relays, parts, tool } = suite;
  return {
    headline: {
      word: suiteWord(suite),
      question: `what ${testedNames(suite).join(', ') || suite.reference} can do, beside the reference relay on this machine`,
      sentence: sentenceOf(suite),
      next: nextOf(suite),
      facts: [
        'suite',
        mode === 'quick' ? 'quick' : 'full',
        `${count(parts.length)} parts`,
        `${count(relays.length)} ${relays.length === 1 ? 'relay' : 'relays'}`,
        `${seconds(suite.duration_s)} in all`,
        `relay-bench ${tool.version}`,
      ],
    },
    sections: sections.filter((section) => section !== null),
  };
}

/** The word that a suite comes to. */
export function suiteWord({ partial, parts }: Suite): SuiteWord {
  if (partial) return 'PARTIAL';
  const runs = parts.flatMap((part) => part.runs);
  return runs.some(({ status }) => status === 'measured') ? 'SUITE' : 'INVALID';
}

/** The relays that are not the reference. */
function testedNames({ relays, reference }: Suite): string[] {
  return relays.map(({ name }) => name).filter((name) => name !== reference);
}

/** The first main figures of the first relay, as multiples of the reference. */
const HEADLINE_FIGURES = [
  ['ingest', 'rate', 'ingest'],
  ['ack', 'p95', 'OK p95'],
  ['queries', 'p95', 'EOSE p95'],
  ['capacity', 'rate', 'capacity'],
] as const;

function sentenceOf(suite: Suite): string {
  if (suiteWord(suite) === 'INVALID') return 'nothing could be measured; see why';
  const [name = suite.reference] = testedNames(suite);
  const figures = HEADLINE_FIGURES.flatMap(([part, key, words]) => {
    const found = figureOf(suite, part, key);
    const entry = found?.entries.find(({ relay }) => relay === name);
    const isSound = suite.parts.some(({ id, runs }) => id === part && isMeasured(runs, name));
    if (!isSound || found === undefined || entry === undefined || entry.value === null) return [];
    const relative = entry.relative === null ? '' : ` (${number(entry.relative.value)}× the reference)`;
    return [`${words} ${figureText(entry.value, found.unit)}${relative}`];
  });
  const differ = suite.answers.some(({ differs }) => differs) ? '; the answers of the relays differ' : '';
  const mistaken = wrongRelays(suite);
  const wrong = mistaken.length === 0 ? '' : `; wrong answers of ${mistaken.join(', ')}`;
  const invalid = suite.parts.flatMap(({ runs }) => runs.filter(({ status }) => status === 'invalid')).length;
  const doubt = invalid === 0 ? '' : `; ${count(invalid)} of its runs invalid`;
  return `${name}: ${figures.length === 0 ? 'see the table' : figures.join(', ')}${wrong}${differ}${doubt}`;
}

/** Names of the relays that have answered something wrongly. */
function wrongRelays({ parts }: Suite): string[] {
  const all = parts.flatMap(({ runs }) => runs.filter(({ wrongAnswers }) => wrongAnswers !== null));
  return [...new Set(all.map(({ relay }) => relay))];
}

function figureOf({ parts }: Suite, part: string, key: string): SuiteFigure | undefined {
  return parts.find(({ id }) => id === part)?.figures.find((figure) => figure.key === key);
}

function nextOf(suite: Suite): string {
  if (suite.partial) return 'go on with --resume and the directory of this suite';
  if (wrongRelays(suite).length > 0)
    return 'mend the wrong answers first, evidence stands in their run.json: a relay that answers wrongly is not fast';
  if (suite.answers.some(({ differs }) => differs))
    return 'look at their answers first: a relay that finds less is not faster: it does less';
  const bad = suite.parts.some(({ runs }) => runs.some(({ status }) => status === 'invalid'));
  return bad
    ? 'free this machine of other work and measure what was invalid again with --resume'
    : 'post the card with its machine; compare two suite.json with relay-bench compare';
}

/** Why a figure is missing or marked, one line each; null where all were measured. */
function leftOutSection({ parts }: Suite): Section | null {
  const words = { invalid: 'invalid', failed: 'failed', skipped: 'left out', missing: 'missing' } as const;
  const rows = parts.flatMap(({ title, runs, figures }) => [
    ...runs.flatMap(({ relay, wrongAnswers }) =>
      wrongAnswers === null
        ? []
        : [[cell(title), cell(relay), cell('wrong', 'bad'), cell(wrongText(wrongAnswers))]],
    ),
    ...runs.flatMap(({ relay, status, reason }) =>
      status === 'measured'
        ? []
        : [
            [
              cell(title),
              cell(relay),
              cell(words[status], status === 'skipped' ? 'muted' : 'warn'),
              cell(reason ?? ''),
            ],
          ],
    ),
    ...figures
      .filter(({ main }) => main)
      .flatMap((figure) =>
        figure.entries
          .filter(({ relay, value }) => value === null && isMeasured(runs, relay))
          .map(({ relay, reason }) => [
            cell(`${title}: ${figure.title}`),
            cell(relay),
            cell('no value', 'muted'),
            cell(reason ?? ''),
          ]),
      ),
  ]);
  if (rows.length === 0) return null;
  return {
    title: 'Wrong, invalid or left out',
    content: { kind: 'table', columns: columns('part', 'relay', 'what', '~why'), rows },
  };
}

function wrongText({ wrong, checked }: NonNullable<SuitePartResult['runs'][number]['wrongAnswers']>): string {
  return `${count(wrong)} of ${count(checked)} checked answers were wrong`;
}

function isMeasured(runs: SuitePartResult['runs'], relay: string): boolean {
  return runs.some((run) => run.relay === relay && run.status === 'measured');
}

function answersSection({ relays, answers }: Suite): Section | null {
  if (answers.length === 0) return null;
  const differing = answers.filter(({ differs }) => differs);
  const alike = answers.length - differing.length;
  const shown = differing.length === 0 ? answers : differing;
  const others = differing.length === 0 || alike === 0 ? '' : `; ${count(alike)} others are alike`;
  return {
    title: 'Answers to the same queries',
    note: `a relay that finds less is not faster: it does less${others}`,
    ...(differing.length === 0 ? { detail: 'background' as const } : {}),
    content: {
      kind: 'table',
      columns: columns('', '~answers', ...relays.map(({ name }) => `>${name}`)),
      rows: shown.map(({ what, entries, differs }) => [
        cell(differs ? '✗' : '✓', differs ? 'bad' : 'good'),
        cell(what),
        ...relays.map(({ name }) => {
          const value = entries.find(({ relay }) => relay === name)?.value ?? null;
          return cell(answerText(what, value), differs ? 'bad' : 'plain');
        }),
      ]),
    },
  };
}

function answerText(what: string, value: number | null): string {
  if (value === null) return NOTHING;
  return what.includes('events a query') ? number(value) : percent(value);
}

function abilitiesSection({ relays }: Suite): Section | null {
  const [first] = relays.filter(({ abilities }) => abilities.length > 0);
  if (first === undefined) return null;
  return {
    title: 'What the relays do',
    note: 'a few questions before the parts; npm run conformance asks all',
    content: {
      kind: 'table',
      columns: columns('', 'NIP', ...relays.map(({ name }) => name)),
      rows: first.abilities.map(({ what, title, nip }) => [
        cell(title),
        cell(String(nip)),
        ...relays.map(({ abilities }) => abilityCell(abilities.find((one) => one.what === what))),
      ]),
    },
  };
}

function abilityCell(ability: Suite['relays'][number]['abilities'][number] | undefined): Cell {
  if (ability === undefined) return cell(NOTHING, 'muted');
  if (ability.supported) return cell('✓', 'good');
  return { text: `✗ ${ability.detail ?? ''}`, tone: 'warn', short: '✗' };
}

function machineSection({ machine, relays, tool, startedAt, parts }: Suite): Section {
  const prints = [...new Set(parts.flatMap(({ fingerprint }) => fingerprint ?? []))].filter(isFingerprint);
  const known = relays.map(({ name, kind, software, command, url }): Cell[] => [
    cell(`relay ${name}`),
    code(
      [software, kind === 'embedded' ? 'embedded reference relay' : (command ?? url)]
        .filter((one) => one !== null)
        .join(' · '),
    ),
  ]);
  return {
    title: 'Machine and relays',
    content: {
      kind: 'table',
      columns: columns('', '~'),
      rows: [
        row('machine', `${machine.cpus} × ${machine.cpuModel}, ${bytes(machine.memoryBytes)}`),
        row('system', `${machine.os} ${machine.kernel}, Node.js ${tool.node}`),
        row('measured', startedAt),
        ...prints.map((print) => [cell('corpus'), code(print.slice(0, 16))]),
        ...known,
      ],
    },
  };
}

/** That of a named corpus: notes that are signed for a run have none that says anything to a person. */
function isFingerprint(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}

/** What to doubt: of the suite, then of single parts, each sentence once with all that it is about. */
function doubtsSection({ warnings, parts }: Suite): Section | null {
  const about = new Map<string, string[]>();
  for (const { id, runs } of parts)
    for (const { relay, caveats } of runs)
      for (const text of caveats) about.set(text, [...(about.get(text) ?? []), `${relay} ${id}`]);
  const items = [...warnings, ...[...about].map(([text, where]) => `${whereText(where)}: ${text}`)];
  return items.length === 0
    ? null
    : { ...list('What to doubt', items), detail: warnings.length === 0 ? 'background' : 'folded' };
}

/** More names than these are not read. */
const MOST_NAMED = 4;

function whereText(where: readonly string[]): string {
  return where.length > MOST_NAMED ? `${count(where.length)} runs` : where.join(', ');
}
