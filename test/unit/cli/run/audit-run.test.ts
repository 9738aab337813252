import { describe, expect, test } from 'vitest';
import { notAuditable, wantsAudit, withAuditGate } from '../../../../src/cli/run/audit-run.ts';
import { samplePlan } from '../../../support/sample-plan.ts';

const plan = samplePlan();
const publish = (kind: number) => {
  const { publish: part } = plan.workloads;
  if (part === undefined) throw new Error('the sample publishes');
  const [note] = part.sorts;
  if (note === undefined) throw new Error('it publishes a sort of events');
  return { workloads: { publish: { ...part, sorts: [{ ...note, kind }] } } };
};

describe('whether a run is audited', () => {
  test('is by default where the stack is loaded, and as told', () => {
    expect(wantsAudit({})).toBe(false);
    expect(wantsAudit({ stack: 'scaled' })).toBe(true);
    expect(wantsAudit({ stack: 'scaled', audit: false })).toBe(false);
    expect(wantsAudit({ audit: true })).toBe(true);
  });

  test('events of which none has to be kept are not audited', () => {
    expect(notAuditable(publish(20_001))).toContain('ephemeral');
  });

  test.each([1, 0, 30_023])('whatever it publishes: events of kind %d', (kind) => {
    expect(notAuditable(publish(kind))).toBeNull();
  });

  test('a run that publishes nothing has nothing to audit', () => {
    expect(notAuditable({ workloads: {} })).toContain('publishes nothing');
  });
});

describe('the gates of an audit', () => {
  test('are added once', () => {
    const withGate = withAuditGate(plan);
    expect(withGate.gates.slice(-2)).toEqual(['lost_events == 0', 'audit_violations == 0']);
    expect(withAuditGate(withGate)).toBe(withGate);
  });

  test('give way to those of the run about the same', () => {
    const own = { ...plan, gates: ['lost_events < 5', 'audit_violations{invariant=I1} == 0'] };
    expect(withAuditGate(own).gates).toEqual(own.gates);
  });

  test('are none where there is nothing to audit', () => {
    const idle = { ...plan, workloads: {}, gates: [] };
    expect(withAuditGate(idle).gates).toEqual([]);
  });
});
