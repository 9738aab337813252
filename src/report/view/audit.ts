import { verifierText } from '../../base/verifier-choice.ts';
import { INVARIANTS } from '../../metric/invariants.ts';
import type { Audit, AuditedInvariant, Violation } from '../../record/audit-schema.ts';
import type { RunRecord } from '../../record/schema.ts';
import { count, duration } from '../quantity.ts';
import { type Cell, cell, code, columns, type Section } from './document.ts';

/** Violations of each invariant that a report shows with their timeline; the record has more. */
const SHOWN_VIOLATIONS = 3;
const ID_CHARACTERS = 16;
const US_PER_MS = 1_000;

/** Each invariant with how much was checked and how much was broken; null where the run was not audited. */
export function auditSection({ audit }: RunRecord): Section | null {
  const invariants = audit?.invariants;
  if (audit === null || invariants === undefined) return null;
  return {
    title: 'Audit',
    topic: 'verdict',
    note: historyText(audit),
    content: {
      kind: 'table',
      columns: columns('', 'invariant', '>checked', '>violated', '~how'),
      rows: invariants.map(invariantRow),
    },
  };
}

/** What was published and how that ended. */
export function historyText(audit: Audit): string {
  const edges = edgesText(audit);
  return `${publishedText(audit)}${proofsText(audit)}${edges === null ? '' : `; ${edges}`}`;
}

function proofsText({ proofs }: Audit): string {
  if (proofs === undefined) return '';
  const { checked, wrong, verifier } = proofs;
  const found = wrong === 0 ? 'none of them wrong' : `${count(wrong)} of them wrong`;
  return `; id and signature of ${count(checked)} that came back checked by ${verifierText(verifier)}, ${found}`;
}

function publishedText({ history, relays, edges }: Audit): string {
  const processes = `${relays === undefined ? '' : count(relays)} relay ${relays === 1 ? 'process' : 'processes'}`;
  const asked = relays === undefined ? '' : `; ${processes}${edgesAsked(edges)} asked`;
  if (history === undefined) return `what was published was read back${asked}`;
  const { acknowledged, refused, unknown } = history;
  return `${count(acknowledged)} events acknowledged, ${count(refused)} refused, of ${count(unknown)} nobody knows${asked}`;
}

function edgesAsked(edges: Audit['edges']): string {
  if (edges === undefined) return '';
  return ` and ${count(edges.names.length)} ${edges.names.length === 1 ? 'edge' : 'edges'}`;
}

/** How old what edges serve was, beside how old it may be; null where there are none. */
function edgesText({ edges }: Audit): string | null {
  if (edges === undefined) return null;
  const { staleness, reason, staleMax_ms } = edges;
  const bound = `at most ${duration(staleMax_ms * US_PER_MS)} behind the origin is allowed`;
  const measured =
    staleness === null
      ? `not measured: ${reason ?? 'nobody says why'}`
      : `${count(staleness.samples)} changes were served after ${lagText(staleness)}`;
  const away = (edges.notAsked ?? []).map((text) => `; ${text}`).join('');
  return `edges (${edges.names.join(', ')}): ${measured}; ${bound}${away}`;
}

function invariantRow(invariant: AuditedInvariant): Cell[] {
  const { id, checked, violated } = invariant;
  const isChecked = checked > 0;
  const tone = violated > 0 ? 'bad' : isChecked ? 'good' : 'muted';
  return [
    cell(violated > 0 ? '✗' : isChecked ? '✓' : '·', tone),
    cell(`${id} ${INVARIANTS[id].title}`),
    cell(isChecked ? count(checked) : 'not checked'),
    cell(isChecked ? count(violated) : '', tone),
    cell(howText(invariant)),
  ];
}

/** How an invariant was checked, or why it was not. */
export function howText({ checked, basis, reason, lag }: AuditedInvariant): string {
  if (checked === 0) return reason ?? basis;
  const slow = lag === undefined ? [] : [`on other relay processes after ${lagText(lag)}`];
  const partly = reason === null ? [] : [`not all: ${reason}`];
  return [basis, ...slow, ...partly].join('; ');
}

function lagText({ p50_ms, p99_ms, max_ms }: NonNullable<AuditedInvariant['lag']>): string {
  const text = (ms: number): string => duration(ms * US_PER_MS);
  return `p50 ${text(p50_ms)}, p99 ${text(p99_ms)}, at most ${text(max_ms)}`;
}

/** The first violations of each invariant, each with what happened when; null where there is none. */
export function violationsSection({ audit }: RunRecord): Section | null {
  const rows = (audit?.invariants ?? []).flatMap(({ id, violations }) =>
    violations.slice(0, SHOWN_VIOLATIONS).map((each) => violationRow(id, each)),
  );
  if (rows.length === 0) return null;
  return {
    title: 'Violations',
    topic: 'verdict',
    note: `at most ${SHOWN_VIOLATIONS} of each invariant; relay-bench audit RUN.json has more and looks again`,
    content: { kind: 'table', columns: columns('', 'event', '~what happened'), rows },
  };
}

function violationRow(id: string, each: Violation): Cell[] {
  const { subject, kind } = each;
  const name = /^[0-9a-f]{64}$/.test(subject) ? subject.slice(0, ID_CHARACTERS) : subject;
  return [
    cell(id, 'bad'),
    code(kind === undefined ? name : `${name} (kind ${kind})`),
    cell(`${each.what}: ${timelineText(each)}`),
  ];
}

/** `at 1.2 s sent on connection 3; at 1.3 s acknowledged: OK true; …`. */
export function timelineText({ timeline }: Violation): string {
  return timeline
    .map(({ atMs, what }) => (atMs === null ? what : `at ${(atMs / US_PER_MS).toFixed(3)} s ${what}`))
    .join('; ');
}
