import { INVARIANTS } from '../metric/invariants.ts';
import type { Audit, AuditedInvariant } from '../record/audit-schema.ts';
import { visible } from './escape.ts';
import { historyText, howText, timelineText } from './view/audit.ts';

/** A timeline names relays and what they have said. */
const MAX_CHARACTERS = 1_000;

/** What an audit has shown, as plain text: what is lost, then every invariant with the cases that break it. */
export function renderAudit(audit: Audit): string {
  const { acknowledged, found, lost, relays = 0, invariants = [] } = audit;
  const missing = acknowledged - found;
  const more = missing > lost.length ? [`… and ${missing - lost.length} more`] : [];
  const head = `${acknowledged} acknowledged, ${found} found on each of ${relays} relays, ${missing} lost`;
  return `${[head, ...lost, ...more, historyText(audit), ...invariants.flatMap(invariantLines)].join('\n')}\n`;
}

function invariantLines(invariant: AuditedInvariant): string[] {
  const { id, checked, violated, violations } = invariant;
  const result = checked === 0 ? 'not checked' : `${violated} of ${checked} violated`;
  const head = `${id.padEnd(3)} ${INVARIANTS[id].title}: ${result} (${howText(invariant)})`;
  const cases = violations.map((each) => `    ${each.subject} ${each.what}: ${timelineText(each)}`);
  return [head, ...cases].map((line) => visible(line, MAX_CHARACTERS));
}
