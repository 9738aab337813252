import { describe, expect, test } from 'vitest';
import { lateStart } from '../../../../src/stack/lifecycle/start-all.ts';

describe('a start that takes too long', () => {
  test('names what is not ready, and says what to do', () => {
    expect(lateStart(['haproxy', 'relay-1'], 90_000)).toMatchObject({
      code: 'STACK_START_LATE',
      message: 'the stack was not up within 90 s; not ready: haproxy, relay-1',
      hint: expect.stringContaining('relay-bench doctor'),
      exitCode: 3,
    });
  });

  test('names the balancer where everything else is ready', () => {
    expect(lateStart([], 90_000).message).toContain('the load balancer does not send clients to every relay');
  });
});
