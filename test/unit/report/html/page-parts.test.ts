import { expect, test } from 'vitest';
import { pageHead } from '../../../../src/report/html/page-parts.ts';

const headOf = (sentence: string): string =>
  pageHead({
    kind: 'relay-bench report',
    badge: { tone: 'bad', mark: '!' },
    headline: { word: 'INVALID', sentence, facts: ['quick'] },
    chapters: [],
  } as never).markup;

test('a sentence begins with a capital letter, the name of a metric does not', () => {
  expect(headOf('all gates hold')).toContain('<p class="lead">');
  expect(headOf('`ack_latency` p95 < 1ms is undecided')).toContain('<p class="lead named">');
  expect(headOf('ack_latency p95 < 1ms is undecided')).toContain('<p class="lead named">');
});
