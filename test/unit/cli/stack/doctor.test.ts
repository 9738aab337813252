import { expect, test } from 'vitest';
import { main } from '../../../../src/cli/main.ts';
import { FakeProcess } from '../../../support/fake-process.ts';

test('stack doctor names every program of a stack, and exits with 3 where one is missing', async () => {
  const process = new FakeProcess(['stack', 'doctor'], { PATH: '' });
  const code = await main(process);
  const lines = process.stdout.text.split('\n').filter((line) => /^(ok|warning|problem) /.test(line));
  const names = lines.map((line) => line.split(/ +/)[1]);
  expect(names).toEqual(['postgres', 'initdb', 'pg_basebackup', 'redis-server', 'haproxy', 'prometheus']);
  expect(code).toBe(lines.every((line) => line.startsWith('ok')) ? 0 : 3);
});
