import type { Audit } from '../record/audit-schema.ts';
import type { RunRecord } from '../record/schema.ts';
import type { Gate } from './expression.ts';
import type { Reading } from './reading.ts';

/** What an audit has shown. Where nothing was looked at nothing is known, which is no data and never a pass. */
export function readAudit({ metric, labels }: Gate, { audit, notMeasured }: RunRecord): Reading {
  if (audit === null) return { reason: notMeasured['audit'] ?? 'the run was not audited' };
  return metric === 'lost_events' ? lostEvents(audit) : violations(audit, labels['invariant']);
}

/** Where nothing had to be there, or time was up before all was read, nobody knows whether anything is lost. */
function lostEvents({ acknowledged, found, invariants = [] }: Audit): Reading {
  if (acknowledged > found) return { value: acknowledged - found };
  const reading = invariants.filter(({ id }) => READ_BACK.has(id));
  const cut = reading.find(({ checked, reason }) => checked > 0 && reason !== null);
  if (cut !== undefined) return { reason: cut.reason ?? '' };
  if (acknowledged > 0 || reading.length === 0) return { value: 0 };
  return { reason: reading.map(({ id, reason }) => `${id} was not checked: ${reason}`).join('; ') };
}

/** Those that ask whether an acknowledged event is there. */
const READ_BACK: ReadonlySet<string> = new Set(['I1', 'I4']);

function violations({ invariants }: Audit, wanted: string | undefined): Reading {
  if (invariants === undefined) return { reason: 'the record is of a version that knew no invariants' };
  const asked = invariants.filter(({ id }) => wanted === undefined || id === wanted);
  const violated = asked.reduce((sum, each) => sum + each.violated, 0);
  if (violated > 0) return { value: violated };
  if (asked.some(({ checked }) => checked > 0)) return { value: 0 };
  return { reason: asked.map(({ id, reason }) => `${id} was not checked: ${reason}`).join('; ') };
}
