import { describe, expect, it } from 'vitest';
import type { RunRecord } from '../../../../src/record/schema.ts';
import { FORMATS } from '../../../../src/report/formats.ts';
import { relayMetricsSection } from '../../../../src/report/view/relay-metrics.ts';
import { sampleRecord } from '../../../support/sample-record.ts';
import { recordWithRelayMetrics, sampleRelayMetrics } from '../../../support/sample-relay-metrics.ts';

function rowsOf(record: RunRecord): string[][] {
  const content = relayMetricsSection(record)?.content;
  if (content?.kind !== 'table') throw new Error('no table');
  return content.rows.map((row) => row.map(({ text }) => text));
}

describe('what the relay says of itself', () => {
  it('stands beside what the run has done', () => {
    expect(rowsOf(recordWithRelayMetrics(sampleRelayMetrics()))).toEqual([
      ['relay', 'strfry', 'http://127.0.0.1:7777/metrics'],
      ['answers', '21 of 21', ''],
      ['events received', '100/s (2,000)', 'this run sent 100/s'],
      ['queries received', '50/s (1,000)', 'this run sent 50/s'],
      ['events sent to clients', '1,500/s (30,000)', ''],
      ['time for writing', '400 ms (2 % of the time)', ''],
      ['open connections', 'at most 50', 'this run opened 50'],
      ['events of one write', 'at most 7', ''],
    ]);
  });

  it('has the units of its figures, and names that nobody knows', () => {
    const figures = {
      cpu_ms_total: 10_000,
      memory_bytes_max: 2 ** 20,
      loopBusy_max: 0.25,
      loopDelayP99_ms_max: 12,
      deliveries_total: 10_000,
      mine_total: 3,
    };
    expect(rowsOf(recordWithRelayMetrics(sampleRelayMetrics({ figures }))).slice(2)).toEqual([
      ['CPU', '0.50 cores', ''],
      ['memory', 'at most 1 MiB', ''],
      ['event loop busy', 'at most 25 %', ''],
      ['event-loop delay p99', 'at most 12.0 ms', ''],
      ['live deliveries', '500/s (10,000)', 'this run received 500/s'],
      ['mine_total', '0.15/s (3)', ''],
    ]);
  });

  it('says what was amiss with the answers', () => {
    const relay = sampleRelayMetrics({
      software: null,
      failed: 4,
      malformedLines: 1_234,
      problem: 'HTTP status 500',
      figures: {},
    });
    expect(rowsOf(recordWithRelayMetrics(relay))).toEqual([
      ['relay', 'names that nobody known uses', 'http://127.0.0.1:7777/metrics'],
      ['answers', '17 of 21', '1,234 lines are no metrics; HTTP status 500'],
    ]);
  });

  it('is one block a relay', () => {
    const rows = rowsOf(recordWithRelayMetrics(sampleRelayMetrics(), sampleRelayMetrics()));
    expect(rows.filter(([first]) => first === 'relay')).toHaveLength(2);
  });

  it('is left out where nobody was asked', () => {
    expect(relayMetricsSection(sampleRecord('pass'))).toBeNull();
    expect(relayMetricsSection(recordWithRelayMetrics())).toBeNull();
  });

  it.each(['terminal', 'md', 'html'])('is part of the %s report', (name) => {
    const format = FORMATS.run.find((one) => one.name === name);
    const text = format?.render(recordWithRelayMetrics(sampleRelayMetrics()), {
      color: false,
      columns: 80,
      files: [],
    });
    expect(text).toContain('What the relay says of itself');
    expect(text).toContain('100/s (2,000)');
  });
});
