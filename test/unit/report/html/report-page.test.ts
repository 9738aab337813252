import { describe, expect, it } from 'vitest';
import { LATENCY_NAMES } from '../../../../src/metric/catalogue.ts';
import type { RunRecord } from '../../../../src/record/schema.ts';
import { reportPage } from '../../../../src/report/html/report-page.ts';
import { buildDocument } from '../../../../src/report/view/build-document.ts';
import { longRecord } from '../../../support/long-record.ts';
import { SAMPLE_NAMES, sampleRecord } from '../../../support/sample-record.ts';

/** Every latency of the catalogue in every second. */
function withMoreLatencies(record: RunRecord): RunRecord {
  const names = LATENCY_NAMES.filter((name) => !name.endsWith('_service')).slice(0, 12);
  const intervals = record.intervals.map((one) => {
    const any = one.latencies['ack_latency'];
    return any === undefined
      ? one
      : { ...one, latencies: Object.fromEntries(names.map((name) => [name, any])) };
  });
  return { ...record, intervals };
}

describe('the page of a run', () => {
  it('stays below 400 KB for ten minutes of eight processes and up to twelve latencies', () => {
    const record = longRecord();
    // Ten minutes to the second are not thinned out; any more would be.
    const tenMinutes = { ...record, intervals: record.intervals.slice(0, 600) };
    expect(Buffer.byteLength(reportPage(record))).toBeLessThan(400_000);
    expect(Buffer.byteLength(reportPage(tenMinutes))).toBeLessThan(400_000);
    expect(Buffer.byteLength(reportPage(withMoreLatencies(tenMinutes)))).toBeLessThan(400_000);
  });

  it.each(SAMPLE_NAMES)('has every section of the report of the %s run', (name) => {
    const record = sampleRecord(name);
    const page = reportPage(record);
    for (const { title } of buildDocument(record).sections)
      expect(page).toMatch(new RegExp(`>${title.replace(/[()]/g, '\\$&')}</h[23]>`));
  });

  it('gives the verdict and its reason before anything else', () => {
    const page = reportPage(sampleRecord('fail'));
    const verdict = page.indexOf('class="badge bad"');
    expect(verdict).toBeGreaterThan(0);
    expect(page.indexOf('4 of 6 gates failed')).toBeGreaterThan(verdict);
    expect(page.indexOf('<h3>Gates</h3>')).toBeLessThan(page.indexOf('id="latency"'));
  });

  it('marks the key figures of an invalid run', () => {
    expect(reportPage(sampleRecord('invalid'))).toContain('class="tiles void"');
  });

  it('draws nothing over time where there is no time', () => {
    const page = reportPage({ ...sampleRecord('pass'), intervals: [] });
    expect(page).not.toContain('id="time-ack-latency"');
    expect(page).toContain('id="percentiles"');
  });

  it('has every id once', () => {
    const ids = [...reportPage(longRecord()).matchAll(/ id="([^"]+)"/g)].map((match) => match[1]);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
