import { describe, expect, it } from 'vitest';
import { judge } from '../../../src/record/judge.ts';
import { junitFormat } from '../../../src/report/junit.ts';
import { gateResult, HOSTILE_TEXT, SAMPLE_NAMES, sampleRecord } from '../../support/sample-record.ts';

const render = (record: ReturnType<typeof sampleRecord>): string =>
  junitFormat.render(record, { color: false, columns: 80, files: [] });

/** Tags in order, each closed by its own name; throws where the text is not well-formed. */
function checkWellFormed(xml: string): void {
  const open: string[] = [];
  const body = xml.replace(/^<\?xml [^>]*\?>/, '');
  const rest = body.replace(
    /<(\/?)([a-z-]+)((?: [A-Za-z]+="[^"<&]*(?:&[a-z#\d]+;[^"<&]*)*")*)(\/?)>/g,
    (_tag, ...parts) => {
      const [end, name, , selfClosed] = parts as string[];
      if (end === '/') expect(open.pop()).toBe(name);
      else if (selfClosed !== '/') open.push(name ?? '');
      return '';
    },
  );
  expect(open).toEqual([]);
  expect(rest).not.toMatch(/[<>]|&(?!(?:amp|lt|gt|quot|#39);)/);
}

describe('junitFormat', () => {
  it('says what was started for the run', () => {
    const record = sampleRecord('pass');
    const relay = { url: 'ws://127.0.0.1:1/', log: null, readyMs: 1, dataBytes: null };
    const relays = [{ ...relay, name: 'mine', command: './relay "{port}"' }];
    const text = render({ ...record, target: { ...record.target, relays } });
    checkWellFormed(text);
    expect(text).toContain('<property name="target.relays.0.name" value="mine"/>');
    expect(text).toContain('value="./relay &quot;{port}&quot;"');
  });

  it.each(SAMPLE_NAMES)('is well-formed for the %s run', (name) => {
    checkWellFormed(render(sampleRecord(name)));
  });

  it('has a case for validity and one for each gate, passed ones too', () => {
    const xml = render(sampleRecord('pass'));
    expect(xml.match(/<testcase /g)).toHaveLength(7);
    expect(xml).toContain('tests="7" failures="0" errors="0" skipped="0"');
  });

  it('makes failed gates failures that say by how much', () => {
    const xml = render(sampleRecord('fail'));
    expect(xml).toContain('tests="7" failures="4" errors="0" skipped="0"');
    expect(xml).toContain('message="ack_latency p95 &lt; 100ms was 115 ms, 15.0 ms over"');
  });

  it('makes an invalid run an error, and lets no gate pass in it', () => {
    const xml = render(sampleRecord('invalid'));
    expect(xml).toContain('tests="7" failures="0" errors="1" skipped="6"');
    expect(xml.match(/<system-out>/g)).toHaveLength(1);
  });

  it('makes an undecided gate an error, and lets no other gate pass beside it', () => {
    const xml = render(sampleRecord('undecided'));
    expect(xml).toContain('tests="7" failures="0" errors="3" skipped="4"');
    expect(xml).toMatch(
      /name="ack_latency p95 &lt; 100ms"[^>]*>\s*<error type="undecided" message="ack_latency/,
    );
    expect(xml).toMatch(/name="the run is valid"[^>]*>\s*<error type="invalid-run"/);
  });

  it('makes what the relay did a failure, and what only explains a gate a passed case that tells it', () => {
    const failures = [
      { kind: 'subscriptions-refused' as const, text: 'it refused 3 subscriptions' },
      { kind: 'connections-closed' as const, text: 'it closed 2 connections' },
    ];
    const xml = render({ ...sampleRecord('pass'), failures });
    expect(xml).toContain('tests="9" failures="1" errors="0" skipped="0"');
    expect(xml).toMatch(/name="subscriptions-refused"[^>]*>\s*<failure [^>]*it refused 3 subscriptions/);
    expect(xml).toMatch(/name="connections-closed"[^>]*>\s*<system-out>it closed 2 connections/);
    checkWellFormed(xml);
  });

  it('escapes texts that came from elsewhere', () => {
    const record = sampleRecord('pass');
    const validity = {
      verdict: 'invalid' as const,
      reasons: [HOSTILE_TEXT],
      owners: ['generator' as const],
      kinds: [],
    };
    const xml = render(judge({ ...record, validity }, [gateResult('a < 1', null, false)], null));
    checkWellFormed(xml);
    expect(xml).toContain('&lt;script&gt;');
  });
});
