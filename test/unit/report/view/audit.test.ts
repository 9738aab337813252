import { describe, expect, test } from 'vitest';
import type { Audit, AuditedInvariant } from '../../../../src/record/audit-schema.ts';
import { renderAudit } from '../../../../src/report/audit.ts';
import { auditSection, violationsSection } from '../../../../src/report/view/audit.ts';
import { sampleRecord } from '../../../support/sample-record.ts';

const invariant = (
  id: AuditedInvariant['id'],
  changes: Partial<AuditedInvariant> = {},
): AuditedInvariant => ({
  ...{ id, checked: 100, violated: 0, reason: null, basis: 'read by id', violations: [] },
  ...changes,
});

const LOST = {
  subject: 'a'.repeat(64),
  kind: 1,
  what: 'lost: acknowledged and not found',
  timeline: [
    { atMs: 1_200, what: 'sent on connection 3' },
    { atMs: null, what: 'not found on \u001b[31mws://relay' },
  ],
};

const AUDIT: Audit = {
  acknowledged: 100,
  found: 99,
  lost: ['a'.repeat(64)],
  relays: 3,
  history: { acknowledged: 120, refused: 4, unknown: 2 },
  durationMs: 80,
  invariants: [
    invariant('I1', { violated: 1, violations: [LOST] }),
    invariant('I3', { lag: { samples: 50, p50_ms: 1, p99_ms: 12.5, max_ms: 20 } }),
    invariant('I4', { checked: 0, reason: 'no replaceable event was acknowledged' }),
    invariant('I9', { reason: 'time was up' }),
  ],
};
const audited = { ...sampleRecord('pass'), audit: AUDIT };

const texts = (row: readonly { readonly text: string }[] = []): string[] => row.map(({ text }) => text);

describe('the audit in a report', () => {
  const section = auditSection(audited);
  const rows = section?.content.kind === 'table' ? section.content.rows : [];

  test('says how publishing has ended and who was asked', () => {
    expect(section?.note).toBe(
      '120 events acknowledged, 4 refused, of 2 nobody knows; 3 relay processes asked',
    );
  });

  test('has a row for each invariant: how many were checked, how many violated, and how', () => {
    expect(texts(rows[0])).toEqual(['✗', 'I1 acknowledged events are readable', '100', '1', 'read by id']);
    expect(texts(rows[1])).toEqual([
      '✓',
      'I3 clients read what they have written',
      '100',
      '0',
      'read by id; on other relay processes after p50 1.00 ms, p99 12.5 ms, at most 20.0 ms',
    ]);
  });

  test('never looks like a pass where nothing was checked', () => {
    expect(texts(rows[2])).toEqual([
      '·',
      'I4 replaceable events converge',
      'not checked',
      '',
      'no replaceable event was acknowledged',
    ]);
  });

  test('says where not all was checked', () => {
    expect(texts(rows[3]).at(-1)).toBe('read by id; not all: time was up');
  });

  test('lists what is violated with its timeline', () => {
    const violations = violationsSection(audited);
    const [row] = violations?.content.kind === 'table' ? violations.content.rows : [];
    expect(texts(row)).toEqual([
      'I1',
      'aaaaaaaaaaaaaaaa (kind 1)',
      'lost: acknowledged and not found: at 1.200 s sent on connection 3; not found on \u001b[31mws://relay',
    ]);
  });

  test('is left out where the run was not audited, or before there were invariants', () => {
    expect(auditSection(sampleRecord('pass'))).toBeNull();
    const old = { ...audited, audit: { acknowledged: 1, found: 1, lost: [] } };
    expect([auditSection(old), violationsSection(old)]).toEqual([null, null]);
  });
});

describe('the result of the command', () => {
  test('says what is lost first, then every invariant; nothing acts on the terminal', () => {
    const text = renderAudit(AUDIT);
    expect(text.split('\n').slice(0, 5)).toEqual([
      '100 acknowledged, 99 found on each of 3 relays, 1 lost',
      'a'.repeat(64),
      '120 events acknowledged, 4 refused, of 2 nobody knows; 3 relay processes asked',
      'I1  acknowledged events are readable: 1 of 100 violated (read by id)',
      expect.stringContaining('lost: acknowledged and not found: at 1.200 s sent on connection 3'),
    ]);
    expect(text).toContain(
      'I4  replaceable events converge: not checked (no replaceable event was acknowledged)',
    );
    expect(text).not.toContain('\u001b');
  });
});
