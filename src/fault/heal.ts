import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../base/errors.ts';
import { setServer } from '../stack/haproxy/runtime.ts';
import { allProcesses, send } from '../stack/processes.ts';
import { type Service, type StackState, servicesOfKind } from '../stack/state.ts';
import { resumeReplay } from './actions/databases.ts';
import { FILLER } from './actions/fill-disk.ts';

/**
 * Undoes everything that a fault may have left behind in a stack, whoever did it: frozen processes go on, fillers are
 * removed, replicas apply again, relays take clients again. What the proxy does ends with whoever ordered it.
 * @returns what could not be undone, one sentence each
 */
export async function healStack(state: StackState): Promise<readonly string[]> {
  for (const service of state.services) {
    for (const each of allProcesses(service)) send(each, 'SIGCONT');
  }
  const problems = await Promise.all([
    ...state.services.map((service) => tried(service, () => rm(join(service.dir, FILLER), { force: true }))),
    ...servicesOfKind(state, 'postgres').map((node) => tried(node, () => resumeReplay(node))),
    ...servicesOfKind(state, 'haproxy').map((balancer) => tried(balancer, () => letIn(state, balancer))),
  ]);
  return problems.flatMap((problem) => problem ?? []);
}

/** Relays that are drained take clients again; what checks say of them is not touched. */
async function letIn(state: StackState, balancer: Service): Promise<void> {
  for (const { name } of servicesOfKind(state, 'relay')) await setServer(balancer, `relays/${name}`, 'ready');
}

async function tried({ name }: Service, work: () => Promise<void>): Promise<string | null> {
  try {
    await work();
    return null;
  } catch (error) {
    return `${name}: ${messageOf(error)}`;
  }
}
