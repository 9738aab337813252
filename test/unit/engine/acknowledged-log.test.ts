import { expect, test } from 'vitest';
import { AcknowledgedLog } from '../../../src/engine/worker/acknowledged-log.ts';

const idOf = (n: number): string => n.toString(16).padStart(64, '0');

test('ids are sent on some thousand at a time, the rest when it is asked for, none twice', () => {
  const sent: Uint8Array[] = [];
  const log = new AcknowledgedLog((ids) => sent.push(ids));
  for (let n = 0; n < 5_000; n++) log.take(idOf(n));
  log.flush();
  log.flush();
  expect(sent.map((ids) => ids.length / 32)).toEqual([2_048, 2_048, 904]);
  const bytes = Buffer.concat(sent);
  expect(bytes.toString('hex', 4_999 * 32, 5_000 * 32)).toBe(idOf(4_999));
  expect(bytes.toString('hex', 0, 32)).toBe(idOf(0));
});
