import { describe, expect, it } from 'vitest';
import { chooseWork } from '../../../../src/cli/fit/choose-work.ts';
import type { NamedCorpus } from '../../../../src/plan/parts.ts';
import type { Plan } from '../../../../src/plan/plan.ts';
import { samplePlan } from '../../../support/sample-plan.ts';

/** What is chosen for a relay that asks for so many bits. */
const chosen = (plan: Plan, bits: number | undefined): ReturnType<typeof chooseWork> =>
  chooseWork({
    plan,
    information: { limitation: bits === undefined ? {} : { min_pow_difficulty: bits } },
  });

/** The sample plan with so many events for each of its workers. */
function withEvents(each: number): Plan {
  const plan = samplePlan();
  const streams = plan.streams.map((stream) =>
    stream.name === 'publish' ? { ...stream, total: each * plan.workers } : stream,
  );
  return { ...plan, streams, corpus: { ...plan.corpus, events: 0 } };
}

describe('the work that the events of a run do', () => {
  it.each([0, -3, undefined])('is none where the relay asks for %s bits', (bits) => {
    expect(chosen(samplePlan(), bits)).toEqual({ work: 0, remarks: [] });
  });

  it('is none where the relay has no information document', () => {
    expect(chooseWork({ plan: samplePlan(), information: null })).toEqual({ work: 0, remarks: [] });
  });

  it('is what the relay asks for, and a reader is told', () => {
    const { work, remarks } = chosen(withEvents(10), 20);
    expect(work).toBe(20);
    expect(remarks).toEqual([
      'the relay asks for 20 leading zero bits of work (NIP-13): events were mined for it',
    ]);
  });

  it('is none for a run that writes nothing', () => {
    const plan = withEvents(0);
    expect(chosen({ ...plan, workloads: {} }, 30)).toEqual({ work: 0, remarks: [] });
  });

  it('is refused above 20 bits, before anything is sent', () => {
    expect(() => chosen(withEvents(1), 21)).toThrowError(
      expect.objectContaining({
        code: 'WORK_TOO_HARD',
        exitCode: 3,
        message: expect.stringContaining('asks for 21 leading zero bits'),
      }),
    );
  });

  it('is refused where mining takes longer than ten minutes, not just below', () => {
    expect(chosen(withEvents(256), 20).work).toBe(20);
    expect(() => chosen(withEvents(257), 20)).toThrowError(
      expect.objectContaining({ code: 'WORK_TOO_LONG', hint: expect.stringMatching(/^256 events a worker/) }),
    );
  });

  it('is none for a named corpus, whose ids others refer to, and a reader is told', () => {
    const plan = samplePlan();
    const named = { profile: 'social' } as NamedCorpus;
    const { work, remarks } = chosen({ ...plan, corpus: { ...plan.corpus, named } }, 30);
    expect(work).toBe(0);
    expect(remarks).toEqual([expect.stringContaining('it may refuse them all')]);
  });

  it('is done while the run goes on in the closed model, and a reader is told', () => {
    const plan = withEvents(0);
    const closed: Plan = { ...plan, load: { ...plan.load, model: 'closed' } as Plan['load'] };
    expect(chosen(closed, 8).remarks.join()).toContain('mined while it runs');
  });
});
