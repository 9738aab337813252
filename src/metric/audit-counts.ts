/** What reading the acknowledged events back after the run has shown; part of the catalogue. */
export const AUDIT_COUNTS = {
  lost_events: {
    source: 'publish',
    description: 'acknowledged events that a relay process does not have afterwards',
    direction: 'lower',
  },
} as const;

export type AuditCount = keyof typeof AUDIT_COUNTS;
