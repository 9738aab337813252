import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { HISTORY_FILE } from '../../../../src/audit/history-file.ts';
import { createIo } from '../../../../src/cli/io.ts';
import {
  NO_AUDIT,
  notAuditable,
  prepareAudit,
  wantsAudit,
  withAuditGate,
} from '../../../../src/cli/run/audit-run.ts';
import { FakeProcess } from '../../../support/fake-process.ts';
import { samplePlan } from '../../../support/sample-plan.ts';
import { sampleRecord } from '../../../support/sample-record.ts';
import { tempDir } from '../../../support/temp-dir.ts';

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

describe('the audit at the end of a run', () => {
  const target = {
    record: sampleRecord('pass'),
    urls: ['ws://127.0.0.1:1/'],
    entries: [],
    edges: [],
    askPrimaries: null,
  };

  async function prepared(changes: Partial<Parameters<typeof prepareAudit>[0]> = {}) {
    const process = new FakeProcess();
    const directory = await tempDir();
    const audit = prepareAudit({ plan, wanted: true, directory, io: createIo(process), ...changes });
    return { audit, directory, stderr: process.stderr };
  }

  test('that nobody asked for says how to ask for it', async () => {
    const { audit } = await prepared({ wanted: false });
    expect(audit).toBe(NO_AUDIT);
    expect(await audit.carryOut(target)).toEqual({ result: null, reason: 'not asked for: --audit' });
  });

  test('of a run that publishes nothing keeps no history and says why', async () => {
    const { audit } = await prepared({ plan: { ...plan, workloads: {} } });
    expect(audit.onHistory).toBeUndefined();
    expect(await audit.prepare()).toContain('publishes nothing');
  });

  test.each([
    [1, 'one relay process'],
    [2, '2 relay processes'],
  ])('that can’t read the history leaves a reason in the place of a result (%d)', async (count, text) => {
    const { audit, directory, stderr } = await prepared();
    expect(await audit.prepare()).toBeNull();
    await writeFile(join(directory, HISTORY_FILE), 'this is no history');
    const urls = Array.from({ length: count }, (_, index) => `ws://127.0.0.1:${index + 1}/`);
    const { result, reason } = await audit.carryOut({ ...target, urls });
    expect(result).toBeNull();
    expect(reason).toContain(HISTORY_FILE);
    expect(stderr.text).toBe(`audit: reading what was published back from ${text}\n`);
  });

  test('passes on what is no fault of the run', async () => {
    const { audit } = await prepared({ leavesNothing: true });
    await audit.prepare();
    const broken = new TypeError('a bug');
    await expect(audit.carryOut({ ...target, askPrimaries: () => Promise.reject(broken) })).rejects.toBe(
      broken,
    );
  });
});
