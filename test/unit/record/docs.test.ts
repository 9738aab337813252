import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { runRecordSchema } from '../../../src/record/schema.ts';
import { sampleRecord } from '../../support/sample-record.ts';

/** The part of the record that docs/run-json.md shows under a key, without its comments. */
function shownUnder(key: string) {
  const text = readFileSync(new URL('../../../docs/run-json.md', import.meta.url), 'utf8');
  const blocks = [...text.matchAll(/```jsonc\n([^`]*)```/g)].map((match) => match[1] ?? '');
  const block = blocks.find((each) => each.startsWith(`"${key}"`)) ?? '';
  return JSON.parse(`{${block.replaceAll(/ \/\/ .*$/gm, '')}}`)[key];
}

it('shows the ceiling in docs/run-json.md as it is in the sample record', () => {
  expect(shownUnder('ceiling')).toEqual(sampleRecord('pass').generator.ceiling);
});

it('shows a latency in docs/run-json.md as it is in the sample record', () => {
  const shown = shownUnder('ack_latency');
  const { hdr, ...numbers } = sampleRecord('pass').metrics['ack_latency'] ?? { hdr: '' };
  expect({ ...shown, hdr: undefined }).toEqual({ ...numbers, hdr: undefined });
  expect(hdr.startsWith(shown.hdr.replace('…', ''))).toBe(true);
});

it('shows what a relay says of itself in docs/run-json.md as the schema has it', () => {
  expect(runRecordSchema.shape.relayMetrics.parse(shownUnder('relayMetrics'))).toMatchObject([
    { software: 'strfry', samples: [{ t: 0 }, { t: 1, figures: null }] },
  ]);
});
