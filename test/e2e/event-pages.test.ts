import { mkdir } from 'node:fs/promises';
import { onTestFinished, test } from 'vitest';
import { launchHaproxy } from '../../src/stack/haproxy/server.ts';
import { httpGet } from '../../src/stack/http-get.ts';
import { planStack } from '../../src/stack/plan-stack.ts';
import { end } from '../../src/stack/processes.ts';
import { portOf, servicesOfKind } from '../../src/stack/state.ts';
import { resolveShape } from '../../src/stack/topology.ts';
import { startBuiltRelay } from '../support/built-relay.ts';
import { eventually } from '../support/eventually.ts';
import { expectPagesToGo } from '../support/pages-through-balancer.ts';
import { tempDir } from '../support/temp-dir.ts';

test('an event is gone from its page behind the balancer within a second, whatever ends it', async () => {
  const shape = resolveShape('scaled', { relays: 1 });
  const dir = await tempDir();
  const state = await planStack({ profile: 'scaled', shape, dir, durability: 'async', cache: 'l1' }, null, {
    binaries: {},
    postgres: 'system',
  });
  const [balancer] = servicesOfKind(state, 'haproxy');
  const [relay] = servicesOfKind(state, 'relay');
  if (balancer === undefined || relay === undefined) throw new Error('the stack has no balancer or no relay');
  const ports = ['--port', String(portOf(relay, 'ws')), '--liveness-port', String(portOf(relay, 'liveness'))];
  const program = await startBuiltRelay(ports);
  onTestFinished(() => program.stop());
  await mkdir(balancer.dir, { recursive: true });
  onTestFinished(async () => void (await end(balancer, 'SIGTERM', 2_000)));
  await launchHaproxy(state, balancer);
  const isUp = (): Promise<boolean> =>
    httpGet(portOf(balancer, 'ws'), '/health').then(
      ({ status }) => status === 200,
      () => false,
    );
  await eventually('a balancer that answers', isUp);
  await expectPagesToGo(state);
});
