import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { RunRecord } from '../../../../src/record/schema.ts';
import { LiveReport } from '../../../../src/report/html/live-report.ts';
import type { ProgressEvent } from '../../../../src/result/progress.ts';
import { sampleRecord } from '../../../support/sample-record.ts';

/** The page after these events, at second 7 of the clock. */
function pageAfter(events: readonly ProgressEvent[], record?: RunRecord): string {
  let now = 0;
  const live = new LiveReport({ scenario: 'quick <b>', nowMs: () => now });
  if (record !== undefined) live.follow(() => record);
  for (const event of events) live.onProgress(event);
  now = 7_000;
  return live.page();
}

const STARTED: ProgressEvent = {
  type: 'started',
  phases: [
    { name: 'warm-up', kind: 'warm-up', start_s: 0, end_s: 3 },
    { name: 'steady', kind: 'measured', start_s: 3, end_s: 15 },
  ],
};
const running = (record: RunRecord): string => pageAfter([STARTED], record);
const textOf = (page: string): string => page.replace(/<(script|style)[\s\S]*?<\/\1>/g, '');
const lead = (page: string): string => /<p class="lead[^"]*">(.*?)<\/p>/.exec(page)?.[1] ?? '';

describe('the page of a run that goes on', () => {
  it('says how far it is before the load', () => {
    expect(lead(pageAfter([]))).toBe('starting');
    const opened = pageAfter([{ type: 'connecting', opened: 12, failed: 1, total: 64 }]);
    expect(lead(opened)).toBe('12 of 64 connections open, 1 failed');
    const prepared = pageAfter([{ type: 'preparing', what: 'subscriptions', done: 5, total: 9 }]);
    expect(lead(prepared)).toBe('preparing subscriptions: 5 of 9');
    expect(opened).toContain('<h1>quick &lt;b&gt;</h1>');
  });

  it('says how far it is under load and after it', () => {
    const record = sampleRecord('pass');
    expect(lead(running(record))).toBe('steady, 7 s of 15 s; no errors so far');
    expect(lead(pageAfter([STARTED, { type: 'draining', pending: 3 }], record))).toContain(
      'the last replies',
    );
    expect(lead(pageAfter([STARTED, { type: 'finished' }], record))).toContain('the load has ended');
  });

  it('gives no verdict, whatever the record so far says', () => {
    for (const name of ['pass', 'fail', 'invalid'] as const) {
      const page = textOf(running(sampleRecord(name)));
      expect(page).toContain('class="badge plain">● RUNNING<');
      expect(page).toContain('Gates so far');
      expect(page).not.toMatch(/PASS|FAIL|INVALID|all \d+ gates hold|Why the run is invalid|tiles void/);
    }
  });

  it('shows each gate as it stands: holding, broken, or for the end to tell', () => {
    const record = sampleRecord('fail');
    const [holding, broken] = [
      record.gates.find(({ verdict }) => verdict === 'pass'),
      record.gates.find(({ verdict }) => verdict === 'fail'),
    ];
    if (holding === undefined || broken === undefined) throw new Error('the sample has both');
    const open = { ...holding, verdict: 'undecided' as const, actual: null };
    const page = running({ ...record, gates: [holding, broken, open] });
    for (const word of ['holds', 'broken', 'the end tells', 'no data yet']) expect(page).toContain(word);
    expect(running({ ...record, gates: [] })).toContain('no gate is set');
  });

  it('shows rates of the last second, because the rest of the load is still to come', () => {
    const record = sampleRecord('pass');
    const page = running(record);
    expect(page).toContain('<dt>Last second</dt>');
    expect(page).not.toContain('<h3>Load</h3>');
    expect(running({ ...record, intervals: [] })).not.toContain('Last second');
  });

  it('draws its plots without the library, for the script would tear them down each second', () => {
    const page = textOf(running(sampleRecord('pass')));
    expect(page).toContain('id="time-ack-latency"');
    expect(page).toContain('<svg class="plot');
    expect(page).not.toMatch(/uPlot|id="plot-data"/);
  });

  it('lets the browser run its one script by its hash and talk to its own server alone', () => {
    const page = running(sampleRecord('pass'));
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? '';
    const scripts = [...page.matchAll(/<script>([\s\S]*?)<\/script>/g)].map((match) => match[1] ?? '');
    expect(scripts).toHaveLength(1);
    const hash = createHash('sha256')
      .update(scripts[0] ?? '')
      .digest('base64');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain(`script-src 'sha256-${hash}';`);
    expect(policy).toContain("connect-src 'self'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    expect(textOf(page)).not.toMatch(/<[^>]*\s(style|on\w+|src)=/i);
  });

  it('shows hostile text of a relay as text', () => {
    const page = textOf(running(sampleRecord('hostile')));
    expect(page).toContain('&lt;img src=x onerror=alert(1)&gt;');
    expect(page).not.toMatch(/<img|<script/);
  });
});
