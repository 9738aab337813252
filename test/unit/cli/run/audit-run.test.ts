import { describe, expect, test } from 'vitest';
import { notAuditable, wantsAudit, withAuditGate } from '../../../../src/cli/run/audit-run.ts';
import { samplePlan } from '../../../support/sample-plan.ts';

const plan = samplePlan();
const publish = (kind: number) => {
  if (plan.workloads.publish === undefined) throw new Error('the sample publishes');
  return { workloads: { publish: { ...plan.workloads.publish, kind } } };
};

describe('whether a run is audited', () => {
  test('is by default where the stack is loaded, and as told', () => {
    expect(wantsAudit({})).toBe(false);
    expect(wantsAudit({ stack: 'scaled' })).toBe(true);
    expect(wantsAudit({ stack: 'scaled', audit: false })).toBe(false);
    expect(wantsAudit({ audit: true })).toBe(true);
  });

  test.each([
    [1, null],
    [30_023, 'addressable'],
    [10_002, 'replaceable'],
    [20_001, 'ephemeral'],
  ])('events of kind %d: %s', (kind, why) => {
    if (why === null) expect(notAuditable(publish(kind))).toBeNull();
    else expect(notAuditable(publish(kind))).toContain(why);
  });

  test('a run that publishes nothing has nothing to audit', () => {
    expect(notAuditable({ workloads: {} })).toContain('publishes nothing');
  });
});

describe('the gate of an audit', () => {
  test('is added once', () => {
    const withGate = withAuditGate(plan);
    expect(withGate.gates.at(-1)).toBe('lost_events == 0');
    expect(withAuditGate(withGate)).toBe(withGate);
  });

  test('gives way to one of the run', () => {
    const own = { ...plan, gates: ['lost_events < 5'] };
    expect(withAuditGate(own).gates).toEqual(['lost_events < 5']);
  });
});
