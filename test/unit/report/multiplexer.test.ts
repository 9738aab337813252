import { describe, expect, it } from 'vitest';
import { multiplex } from '../../../src/report/multiplexer.ts';
import type { Reporter } from '../../../src/report/reporter.ts';
import { sampleRecord } from '../../support/sample-record.ts';

/** A reporter that notes every call and throws at the named ones. */
function noting(name: string, throwsAt: readonly string[] = []): { reporter: Reporter; calls: string[] } {
  const calls: string[] = [];
  const note = (call: string): void => {
    calls.push(call);
    if (throwsAt.includes(call)) throw new Error(`broken at ${call}`);
  };
  const reporter: Reporter = {
    name,
    onProgress: (event) => note(event.type),
    onRecord: async () => note('record'),
    onEnd: () => note('end'),
  };
  return { reporter, calls };
}

async function wholeRun(
  reporters: readonly Reporter[],
): Promise<{ warnings: string[]; broken: readonly string[] }> {
  const warnings: string[] = [];
  const all = multiplex(reporters, (text) => warnings.push(text));
  all.onProgress({ type: 'draining', pending: 1 });
  all.onProgress({ type: 'finished' });
  await all.onRecord(sampleRecord('pass'));
  await all.onEnd();
  return { warnings, broken: all.broken.map(({ name }) => name) };
}

describe('multiplex', () => {
  it('calls every reporter in order', async () => {
    const [a, b] = [noting('a'), noting('b')];
    expect(await wholeRun([a.reporter, b.reporter])).toEqual({ warnings: [], broken: [] });
    expect(a.calls).toEqual(['draining', 'finished', 'record', 'end']);
    expect(b.calls).toEqual(a.calls);
  });

  it('switches off a reporter that throws, says so once, and goes on with the others', async () => {
    const [bad, good] = [noting('bad', ['draining', 'end']), noting('good')];
    const { warnings, broken } = await wholeRun([bad.reporter, good.reporter]);
    expect(warnings).toEqual(['reporter bad failed and is switched off: broken at draining\n']);
    expect(broken).toEqual(['bad']);
    expect(bad.calls).toEqual(['draining', 'end']);
    expect(good.calls).toEqual(['draining', 'finished', 'record', 'end']);
  });

  it('isolates a reporter whose promise is rejected', async () => {
    const [bad, good] = [noting('bad', ['record']), noting('good')];
    expect((await wholeRun([bad.reporter, good.reporter])).broken).toEqual(['bad']);
    expect(good.calls).toContain('record');
  });

  it('accepts reporters without any method', async () => {
    expect(await wholeRun([{ name: 'empty' }])).toEqual({ warnings: [], broken: [] });
  });
});
