import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../../src/diagnose/diagnose.ts';
import { FORMATS, formatNamed } from '../../../../src/report/formats.ts';
import { renderTerminal } from '../../../../src/report/terminal.ts';
import { buildDocument } from '../../../../src/report/view/build-document.ts';
import { sampled, stackRecord } from '../../../support/sample-diagnosis.ts';
import { sampleRecord } from '../../../support/sample-record.ts';

const OPTIONS = { color: false, columns: 100, files: [] };
const busy = stackRecord({ haproxy: sampled('haproxy', 'load balancer', () => ({ cpu: 0.97 })) });
const render = (name: string, record = busy): string =>
  formatNamed(FORMATS.diagnosis, name).render(diagnose(record), OPTIONS);

describe('reports of a diagnosis', () => {
  it('say what saturated first, how sure that is, the evidence and what to do', () => {
    const text = render('terminal');
    expect(text).toMatch(
      /SATURATED {2}the load balancer \(haproxy\) saturated first, for sure: haproxy used 0\.97 cores/,
    );
    expect(text).toMatch(/do: give it a second thread/);
  });

  it('say honestly that nothing was seen', () => {
    expect(render('md', stackRecord())).toContain('**no bottleneck seen; busiest was');
  });

  it('give programs the whole of it', () => {
    expect(JSON.parse(render('json'))).toMatchObject({ bottleneck: 'haproxy' });
  });

  it('stand at the end of the report of a stack, and of no other', () => {
    const last = (record: typeof busy): string | undefined => buildDocument(record).sections.at(-1)?.title;
    expect(last(busy)).toBe('What saturated first');
    expect(last(sampleRecord('pass'))).not.toBe('What saturated first');
    const tones = { PASS: 'good', FAIL: 'bad', INVALID: 'warn', STOPPED: 'plain' } as const;
    expect(renderTerminal(buildDocument(busy), tones, OPTIONS)).toMatch(
      /What saturated first\n {2}· the load balancer \(haproxy\)/,
    );
  });
});
