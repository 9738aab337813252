import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { sampleRecord } from '../../support/sample-record.ts';

it('shows a latency in docs/run-json.md as it is in the sample record', () => {
  const text = readFileSync(new URL('../../../docs/run-json.md', import.meta.url), 'utf8');
  const block = /```jsonc\n([^`]*)```/.exec(text)?.[1] ?? '';
  const { ack_latency: shown } = JSON.parse(`{${block.replaceAll(/\/\/.*$/gm, '')}}`);
  const { hdr, ...numbers } = sampleRecord('pass').metrics['ack_latency'] ?? { hdr: '' };
  expect({ ...shown, hdr: undefined }).toEqual({ ...numbers, hdr: undefined });
  expect(hdr.startsWith(shown.hdr.replace('…', ''))).toBe(true);
});
