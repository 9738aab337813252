/** What auditing a run has shown; part of the catalogue. */
export const AUDIT_COUNTS = {
  lost_events: {
    source: 'publish',
    description: 'acknowledged events that a relay process does not have afterwards',
    direction: 'lower',
    labels: [],
  },
  audit_violations: {
    source: 'publish',
    description:
      'cases in which the relay has broken an invariant of the audit, of those that could be checked',
    direction: 'lower',
    labels: ['invariant'],
  },
} as const;

export type AuditCount = keyof typeof AUDIT_COUNTS;
