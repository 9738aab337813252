import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunRecord } from '../../src/record/schema.ts';
import { decimate } from '../../src/report/html/decimate.ts';
import { html, jsonBlock, preformatted } from '../../src/report/html/markup.ts';
import type { Point } from '../../src/report/html/plot.ts';
import { reportPage } from '../../src/report/html/report-page.ts';
import { sampleFault } from '../support/sample-fault.ts';
import { sampleRecord } from '../support/sample-record.ts';

const MARKUP = /[<>"'\u202e]|&(?!(amp|lt|gt|quot|#39);)/;

/** Any text, and more often than chance would have it, one that tries to break out. */
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(fc.constantFrom('<', '>', '"', "'", '&', '</script>', '<!--', ']]>', '\u202e', 'onload=', 'x'), {
      maxLength: 20,
    })
    .map((parts) => parts.join('')),
);

describe('text in a page', () => {
  it('is escaped whatever it is', async () => {
    await fc.assert(
      fc.property(text, (value) => {
        expect(html`${value}`.markup).not.toMatch(MARKUP);
        expect(preformatted(value, 1_000).markup).not.toMatch(MARKUP);
      }),
    );
  });

  it('is whole again after parsing where it is data', async () => {
    await fc.assert(
      fc.property(text, (value) => {
        expect(jsonBlock([value])).not.toMatch(/[<>&\u2028\u2029]/);
        expect(JSON.parse(jsonBlock([value]))).toEqual([value]);
      }),
    );
  });

  it('makes no element, whichever text of the record it comes from', async () => {
    const record = sampleRecord('hostile');
    const clean = elements(reportPage(withTexts(record, 'x')));
    await fc.assert(
      fc.property(text, (value) => {
        expect(elements(reportPage(withTexts(record, `x${value}`)))).toEqual(clean);
      }),
      { numRuns: 25 },
    );
  });
});

describe('a series that was thinned out', () => {
  const series = fc.array(fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })), {
    minLength: 1,
    maxLength: 2_000,
  });
  const values = (points: readonly Point[]): number[] => points.flatMap(([, y]) => (y === null ? [] : [y]));

  it('keeps its highest value, has no invented one, and has no more points than allowed', async () => {
    await fc.assert(
      fc.property(series, fc.integer({ min: 1, max: 700 }), (ys, maxPoints) => {
        const points = ys.map((y, x): Point => [x, y]);
        const thinned = decimate(points, 'highest', maxPoints);
        const [before, after] = [values(points), values(thinned)];
        expect(thinned.length).toBeLessThanOrEqual(maxPoints);
        if (before.length > 0) expect(Math.max(...after)).toBe(Math.max(...before));
        for (const value of after) expect(before).toContain(value);
      }),
    );
  });
});

/** The record with `value` in every text that a relay, a scenario or a crafted file can supply. */
function withTexts(record: RunRecord, value: string): RunRecord {
  return {
    ...record,
    scenario: { ...record.scenario, name: value, resolved: { text: value } },
    target: { ...record.target, urls: [value], nip11: { name: value, software: value, version: value } },
    counters: {
      ...record.counters,
      events_rejected: { [`r${value}`]: 3 },
      close_codes: { [`c${value}`]: 1 },
    },
    load: { ...record.load, phases: record.load.phases.map((phase) => ({ ...phase, name: value })) },
    components: record.components.map((one) => ({ ...one, name: value, role: value })),
    faults: [sampleFault({ at: 7, action: value, on: value, parts: [value], detail: value, problem: value })],
    gates: record.gates.map((gate) => ({ ...gate, expression: `${gate.metric} ${value}` })),
    noticeSamples: [value, value],
    caveats: [value],
    notMeasured: { [`n${value}`]: value },
  };
}

/**
 * Names of elements and attributes in order, without what stands in script and style. Not those of labels in drawings, which
 * yield where they are long, and of code, which backticks make.
 */
function elements(page: string): string[] {
  const markup = page.replace(/<(script|style)\b[^>]*>[\s\S]*?<\/\1>/g, '');
  return [...markup.matchAll(/<\/?[a-z!][^>]*>/gi)]
    .map(([tag]) => tag.replace(/"[^"]*"/g, '""'))
    .filter((tag) => !/^<\/?(?:text|code)\b(?: (?:class|x|y|dx|dy|text-anchor)="")*>$/.test(tag));
}
