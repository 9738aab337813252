import { describe, expect, it } from 'vitest';
import { reportPage } from '../../../../src/report/html/report-page.ts';
import { buildDocument } from '../../../../src/report/view/build-document.ts';
import { longRecord } from '../../../support/long-record.ts';
import { SAMPLE_NAMES, sampleRecord } from '../../../support/sample-record.ts';

describe('the page of a run', () => {
  it('stays below 400 KB for ten minutes and six latencies', () => {
    expect(Buffer.byteLength(reportPage(longRecord()))).toBeLessThan(400_000);
  });

  it.each(SAMPLE_NAMES)('has every section of the report of the %s run', (name) => {
    const record = sampleRecord(name);
    const page = reportPage(record);
    for (const { title } of buildDocument(record).sections)
      expect(page).toMatch(new RegExp(`>${title.replace(/[()]/g, '\\$&')}</h[23]>`));
  });

  it('gives the verdict and its reason before anything else', () => {
    const page = reportPage(sampleRecord('fail'));
    const verdict = page.indexOf('class="badge fail"');
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
