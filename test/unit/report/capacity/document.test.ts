import { describe, expect, it } from 'vitest';
import type { Capacity } from '../../../../src/capacity/schema.ts';
import { buildCapacityDocument, stepReason } from '../../../../src/report/capacity/document.ts';
import { sampleCapacity, sampleStep } from '../../../support/sample-capacity.ts';

const headlineOf = (changes: Partial<Capacity>) =>
  buildCapacityDocument({ ...sampleCapacity(), ...changes }).headline;

/** The rows of a section, as texts. */
function rowsOf(title: string, capacity: Capacity): string[][] {
  const section = buildCapacityDocument(capacity).sections.find((one) => one.title === title);
  const rows = section?.content.kind === 'table' ? section.content.rows : [];
  return rows.map((cells) => cells.map(({ text }) => text));
}

describe('the document of a search for the capacity', () => {
  it('names no gate where none is known to have failed', () => {
    expect(headlineOf({ firstToFail: null }).sentence).toBe('298 events/s hold every gate, 306 do not');
  });

  it('has the reason of a failure that was no gate', () => {
    const { firstToFail } = sampleCapacity();
    if (firstToFail === null) throw new Error('the sample has no failure');
    const without = { ...firstToFail, gates: [], reason: 'the relay closed every connection' };
    expect(headlineOf({ firstToFail: without }).sentence).toMatch(/: the relay closed every connection$/);
  });

  it('sends to the log of a relay that went', () => {
    expect(headlineOf({ ended: 'target-lost' }).next).toBe('look into the log of the relay for why it went');
  });

  it('says where arrivals were left as in the scenario', () => {
    expect(headlineOf({ arrivals: 'scenario' }).facts).toContain('arrivals as in the scenario');
  });

  it('names the target where it has no address', () => {
    const target = { ...sampleCapacity().target, name: 'my relay', urls: [] };
    expect(headlineOf({ target }).facts).toContain('my relay');
  });

  it('shows the levels alone where no step has a latency', () => {
    const steps = [100, 200].map((rate) => sampleStep(rate, { latencies: {} }));
    const rows = rowsOf('Throughput and latency', sampleCapacity({ steps }));
    expect(rows.map((cells) => cells.slice(1))).toEqual([
      ['100/s', '100/s'],
      ['200/s', '200/s'],
    ]);
  });

  it('shows other latencies beside that of the knee, where a step has them', () => {
    const eose = { mean_us: 1_000, p50_us: 1_000, p95_us: 7_000, p99_us: 9_000 };
    const [one, two] = [sampleStep(100), sampleStep(200)];
    const steps = [one, { ...two, latencies: { ...two.latencies, eose_latency: eose } }];
    const rows = rowsOf('Throughput and latency', sampleCapacity({ steps }));
    expect(rows.map((cells) => cells.at(-1))).toEqual(['–', '7.00 ms']);
  });

  it('has no record of a step that kept none', () => {
    const steps = [sampleStep(100, { file: null }), sampleStep(200)];
    expect(rowsOf('Steps', sampleCapacity({ steps })).map((cells) => cells.at(-1))).toEqual([
      '–',
      'steps/01-200-100/run.json',
    ]);
  });

  it('gives the reason of a step that broke no gate', () => {
    expect(stepReason(sampleStep(400, { failed: [], reason: 'no worker was left' }))).toBe(
      'no worker was left',
    );
  });
});
