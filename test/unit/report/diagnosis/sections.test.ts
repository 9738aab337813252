import { describe, expect, it } from 'vitest';
import type { Diagnosis } from '../../../../src/diagnose/schema.ts';
import {
  closingSection,
  diagnosisSections,
  diagnosisSentence,
} from '../../../../src/report/diagnosis/sections.ts';

const SUSPECT: Diagnosis['suspects'][number] = {
  cause: 'haproxy',
  component: null,
  sureness: 'likely',
  title: 'the load balancer',
  evidence: ['it used 0.97 cores', 'its queue grew'],
  seconds: [3, 4],
  remedy: 'give it a second thread',
  page: 'docs/diagnose.md',
};

function diagnosisOf(changes: Partial<Diagnosis> = {}): Diagnosis {
  return {
    ...{ diagnosisVersion: '1.0.0', runId: 'r', scenario: 'quick', verdict: 'fail', bottleneck: 'haproxy' },
    ...{ suspects: [SUSPECT], headroom: [], notSeen: [] },
    ...changes,
  };
}

describe('a diagnosis in a report', () => {
  it('names a part without its component where there is only one', () => {
    expect(diagnosisSentence(diagnosisOf())).toBe(
      'the load balancer saturated first, most likely: it used 0.97 cores',
    );
  });

  it('says so where nothing is known of how busy the parts were', () => {
    expect(diagnosisSentence(diagnosisOf({ suspects: [] }))).toBe('no bottleneck seen');
  });

  it('has every piece of evidence in a row of its own, and last what to do', () => {
    const [section] = diagnosisSections(diagnosisOf());
    const rows = section?.content.kind === 'table' ? section.content.rows : [];
    expect(rows.map((cells) => cells.map(({ text }) => text))).toEqual([
      ['the load balancer', 'likely', 'it used 0.97 cores'],
      ['', '', 'its queue grew'],
      ['', '', 'do: give it a second thread (docs/diagnose.md)'],
    ]);
  });

  it('has no section about what there is nothing to say of', () => {
    expect(diagnosisSections(diagnosisOf({ suspects: [] }))).toEqual([]);
  });

  it('closes a report with the rest of the evidence and what to do', () => {
    expect(closingSection(diagnosisOf()).content).toMatchObject({
      items: [
        { text: 'the load balancer saturated first, most likely: it used 0.97 cores' },
        { text: 'its queue grew' },
        { text: 'give it a second thread; see docs/diagnose.md' },
      ],
    });
  });

  it('closes with what could not be seen where nothing was at its end', () => {
    const items = closingSection(diagnosisOf({ suspects: [], notSeen: ['no figures of Postgres'] })).content;
    expect(items).toMatchObject({
      items: [{ text: 'no bottleneck seen' }, { text: 'no figures of Postgres' }],
    });
  });
});
