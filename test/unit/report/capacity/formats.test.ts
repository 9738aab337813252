import { describe, expect, it } from 'vitest';
import type { Capacity } from '../../../../src/capacity/schema.ts';
import { buildCapacityDocument } from '../../../../src/report/capacity/document.ts';
import { FORMATS, formatNamed } from '../../../../src/report/formats.ts';
import { sampleCapacity, sampleOverRelays, sampleStep } from '../../../support/sample-capacity.ts';
import { HOSTILE_TEXT } from '../../../support/sample-record.ts';

const render = (name: string, capacity: Capacity): string =>
  formatNamed(FORMATS.capacity, name).render(capacity, { color: false, columns: 100, files: [] });
const headlineOf = (changes: Parameters<typeof sampleCapacity>[0]) =>
  buildCapacityDocument(sampleCapacity(changes)).headline;

describe('reports of a search for the capacity', () => {
  it('say what holds, what does not, and which gate broke first', () => {
    const { word, sentence, question } = buildCapacityDocument(sampleCapacity()).headline;
    expect(word).toBe('LIMIT');
    expect(question).toBe('publish against ws://127.0.0.1:7777/: which rate with every gate held');
    expect(sentence).toBe('298 events/s hold every gate, 306 do not: ack_latency p95 < 100ms was 412 ms');
  });

  it('say at least, and why nothing higher was tried', () => {
    const steps = [100, 200, 200].map((rate) => sampleStep(rate));
    const late = sampleStep(400, { verdict: 'invalid', failed: [], reason: 'the generator was late' });
    expect(headlineOf({ steps: [...steps, late, late], ended: 'ceiling' })).toMatchObject({
      word: 'AT LEAST',
      sentence: 'at least 200 events/s hold every gate; none was shown to break it (the generator was late)',
    });
  });

  it('say where nothing holds, and where nothing is known', () => {
    const broken = [20, 20].map((rate) => sampleStep(rate, {}, 10));
    expect(headlineOf({ steps: broken, ended: 'floor' })).toMatchObject({
      word: 'NONE',
      sentence: 'not even 20 events/s hold every gate: ack_latency p95 < 100ms was 412 ms',
    });
    const invalid = sampleStep(20, { verdict: 'invalid', failed: [], reason: 'no worker was left' });
    expect(headlineOf({ steps: [invalid, invalid], ended: 'floor' })).toMatchObject({
      word: 'INVALID',
      sentence: 'nothing is known of the relay: no worker was left',
    });
    expect(headlineOf({ steps: [], ended: 'interrupted' }).word).toBe('STOPPED');
  });

  it('say that an end is not confirmed, and why', () => {
    const steps = [sampleStep(250), sampleStep(500)];
    expect(headlineOf({ steps, ended: 'budget' }).sentence).toMatch(
      /; not confirmed: the budget was used up$/,
    );
  });

  it('show the curve with its knee on a terminal', () => {
    const text = render('terminal', sampleCapacity());
    expect(text).toMatch(/knee at 125\/s/);
    expect(text).toMatch(/✓ knee\s+125\/s\s+125\/s/);
    expect(text).toMatch(/✗\s+500\/s\s+300\/s/);
  });

  it('count connections where these were raised', () => {
    const steps = [100, 200].map((connections, at) =>
      sampleStep(50, { connections, verdict: at === 0 ? 'held' : 'broken' }),
    );
    const text = render('md', sampleCapacity({ of: 'connections', steps }));
    expect(text).toContain('how many connections with every gate held');
    expect(text).toContain('100 connections hold every gate, 200 do not');
  });

  it('draw both curves in one page that loads nothing and lets no text become markup', () => {
    const page = render('html', sampleCapacity({ target: { kind: 'url', name: HOSTILE_TEXT, urls: [] } }));
    for (const title of ['Latency by load', 'Achieved by load', 'What failed first'])
      expect(page).toContain(title);
    expect(page).not.toContain('<script>alert');
    expect(page).not.toMatch(/(src|href)="https?:/);
  });

  it('print the coefficients of the scaling law with their intervals', () => {
    const text = render('terminal', sampleOverRelays([1_000, 1_818, 2_500]));
    expect(text).toMatch(/α, contention\s+0\.1/);
    expect(text).toMatch(/3 relays\s+2,500\/s\s+2,500\/s to 2,600\/s/);
  });

  it('draw the limits over the numbers of relays with the law, in a chapter of their own', () => {
    const page = render('html', sampleOverRelays([1_000, 1_818, 2_500]));
    expect(page).toContain('<h2 id="scaling">Scaling over relays</h2>');
    for (const text of ['Limit by relays', 'by the law', 'in proportion']) expect(page).toContain(text);
    expect(render('html', sampleCapacity())).not.toContain('Limit by relays');
  });

  it('are all of the same document', () => {
    const capacity = sampleCapacity();
    expect(JSON.parse(render('json', capacity))).toEqual(capacity);
  });
});
