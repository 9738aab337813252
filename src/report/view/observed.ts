import { ANSWER_RULES } from '../../judge/rules.ts';
import type { RunRecord } from '../../record/schema.ts';
import { count, seconds } from '../quantity.ts';
import { type Cell, cell, code, columns, list, type Section } from './document.ts';

/** Cases of each counter that a report shows; the record has more. */
const SHOWN_CASES = 3;
/** Events that a case names on each side. */
const SHOWN_EVENTS = 2;
const ID_CHARACTERS = 8;
const FILTER_CHARACTERS = 200;

type Evidence = RunRecord['evidence'][string][number];

/** What the relay does that its users should know; null where nothing is worth knowing. */
export function findingsSection({ findings }: RunRecord): Section | null {
  if (findings.length === 0) return null;
  const items = findings.map(
    ({ text, nip, count: times }) =>
      `the relay ${text} (${nip}; seen ${times === 1 ? 'once' : `${count(times)} times`})`,
  );
  return list('Findings: no faults, but worth knowing', items, 'verdict');
}

/** The first cases behind each counter that is held against the relay; null where there are none. */
export function evidenceSection({ evidence }: RunRecord): Section | null {
  const rows = Object.entries(evidence).flatMap(([counter, cases]) =>
    cases.slice(0, SHOWN_CASES).map((each) => caseRow(counter, each)),
  );
  if (rows.length === 0) return null;
  return {
    title: 'Evidence',
    topic: 'errors',
    note: `at most ${SHOWN_CASES} cases of each; relay-bench evidence RUN.json has more and asks again`,
    detail: 'folded',
    content: {
      kind: 'table',
      columns: columns('counter', 'where', '~case'),
      rows,
    },
  };
}

function caseRow(counter: string, each: Evidence): Cell[] {
  const { atMs, connection, subscription, filter, expected, got, reason, note } = each;
  const asked = filter === null ? [] : [`asked ${JSON.stringify(filter).slice(0, FILTER_CHARACTERS)}`];
  const happened = note === undefined ? [] : [note];
  const events = hasEvents(each) ? [`expected ${eventNames(expected)}`, `got ${eventNames(got)}`] : [];
  const parts = [...happened, ...asked, ...events];
  return [
    code(reason === undefined ? counter : `${counter} ${reason}`),
    cell(
      [seconds(atMs / 1_000), `connection ${connection}`, subscription]
        .filter((part) => part !== '')
        .join(', '),
    ),
    code(parts.join('; ')),
  ];
}

/** Whether a case is about certain events; of others its note says what happened. */
export function hasEvents({ expected, got, note }: Evidence): boolean {
  return note === undefined || expected.length + got.length > 0;
}

function eventNames(events: Evidence['got']): string {
  if (events.length === 0) return 'nothing';
  const names = events
    .slice(0, SHOWN_EVENTS)
    .map(({ id, kind }) => `${id.slice(0, ID_CHARACTERS)}${kind === undefined ? '' : ` (kind ${kind})`}`);
  const more = events.length - names.length;
  return more > 0 ? `${names.join(', ')} and ${more} more` : names.join(', ');
}

/** What the NIPs say of a fault; null where a counter is about something else. */
export function ruleOf(reason: string | undefined): string | null {
  const rule = Object.entries(ANSWER_RULES).find(([fault]) => fault === reason)?.[1];
  return rule === undefined ? null : `${rule.nip}: ${rule.quote}`;
}
