import { expect, it } from 'vitest';
import { jsonProgress } from '../../../../src/report/progress/json.ts';
import { draining, finished } from './events.ts';

it('writes each event as one line of JSON with its time', () => {
  const lines: string[] = [];
  const reporter = jsonProgress({ write: (text) => lines.push(text), wallMs: () => 0 });
  reporter.onProgress?.(draining);
  reporter.onProgress?.(finished);
  expect(lines).toEqual([
    '{"time":"1970-01-01T00:00:00.000Z","type":"draining","pending":12}\n',
    '{"time":"1970-01-01T00:00:00.000Z","type":"finished"}\n',
  ]);
});
