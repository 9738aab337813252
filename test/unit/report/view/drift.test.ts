import { describe, expect, it } from 'vitest';
import type { RunRecord } from '../../../../src/record/schema.ts';
import { driftSection } from '../../../../src/report/view/drift.ts';
import { sampleRecord } from '../../../support/sample-record.ts';

type Drift = NonNullable<RunRecord['drift']>[number];

const ACK: Drift = { of: 'ack_latency p95', level: 8_000, perHour: 0.1, low: 0.05, high: 0.2, span_s: 600 };

/** The one row about a drift, as texts. */
function rowOf(drift: Drift): string[] {
  const content = driftSection({ ...sampleRecord('pass'), drift: [drift] })?.content;
  if (content?.kind !== 'table') throw new Error('the drift is no table');
  return content.rows.flatMap((cells) => cells.map(({ text }) => text));
}

describe('the drift in a report', () => {
  it('is left out of a run that was too short to tell', () => {
    expect(driftSection(sampleRecord('pass'))).toBeNull();
  });

  it('is the level of a latency as a time, with its change an hour and where that lies', () => {
    expect(rowOf(ACK)).toEqual(['ack_latency p95', '8.00 ms', '+10 %', '+5 % to +20 %']);
  });

  it('names the process that memory belongs to, and counts it in bytes', () => {
    const rss = rowOf({ ...ACK, of: 'rss', component: 'relay-1', level: 104_857_600 });
    expect(rss[0]).toBe('rss of relay-1');
    expect(rss[1]).toMatch(/^1\d\d(\.\d)? Mi?B$/);
  });

  it('counts descriptors', () => {
    expect(rowOf({ ...ACK, of: 'descriptors', component: 'relay-1', level: 64 })[1]).toBe('64');
  });

  it('has no plus before what falls', () => {
    expect(rowOf({ ...ACK, perHour: -0.1 })[2]).toMatch(/^[-−]10 %$/);
  });

  it('is open where nothing bounds it', () => {
    expect(rowOf({ ...ACK, low: null, high: null })[3]).toBe('open to open');
  });
});
