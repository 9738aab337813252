import { RelayBenchError } from '../../base/errors.ts';
import { EXIT } from '../../base/exit-codes.ts';
import { type PlannedPrograms, planStack, type StackRequest } from '../plan-stack.ts';
import { loweredSetting } from '../postgres/settings.ts';
import { readRoles } from '../roles.ts';
import type { Service, StackState } from '../state.ts';
import { removeServices } from './stop-all.ts';

/**
 * Plans a stack whose data was kept as it is asked for now: more or fewer relays, more replicas, other caches and settings. What
 * was there keeps its directory and its ports; what is there no more is removed.
 * @throws RelayBenchError `STACK_DIFFERENT` (exit 3) where the data can't follow
 */
export async function replanKept(
  before: StackState,
  request: StackRequest,
  programs: PlannedPrograms,
): Promise<StackState> {
  requireFitting(before, request);
  const planned = await planStack({ ...request, known: before.services }, before.owner, programs);
  requireEnough(before, planned);
  const names = new Set(planned.services.map(({ name }) => name));
  await removeServices(
    before.services.filter(({ name }) => !names.has(name)),
    before.owner,
  );
  const services = planned.services.map((service) => copiesPrimary(before, service));
  return { ...planned, services, createdAt: before.createdAt, phase: 'kept' };
}

/** A replica that is new copies whoever is the primary, which may be another one than at first. */
function copiesPrimary(before: StackState, service: Service): Service {
  const isNew = before.services.every(({ name }) => name !== service.name);
  if (service.kind !== 'postgres' || !isNew) return service;
  const { primary } = readRoles(before);
  return { ...service, dependsOn: [...new Set([...service.dependsOn, primary])] };
}

function requireFitting(before: StackState, { profile, shape, withoutIndexes = false }: StackRequest): void {
  if (profile !== before.profile)
    throw unfitting(
      `the data in ${before.dir} is that of profile ${before.profile}`,
      `stack up ${before.profile}`,
    );
  if (shape.replicas < before.shape.replicas) {
    throw unfitting(
      `the data in ${before.dir} has ${before.shape.replicas} replicas; replicas can be added to it, not taken away`,
      `stack up ${profile} --replicas ${before.shape.replicas}`,
    );
  }
  if (withoutIndexes === before.withoutIndexes) return;
  const has = before.withoutIndexes ? 'has no covering indexes' : 'has its covering indexes';
  const flag = before.withoutIndexes ? ' --without-indexes' : '';
  throw unfitting(`the data in ${before.dir} ${has}, and keeps to that`, `stack up ${profile}${flag}`);
}

/** A replica refuses to start with less than what its primary had. */
function requireEnough(before: StackState, planned: StackState): void {
  const lowered = before.shape.replicas === 0 ? null : loweredSetting(before, planned);
  if (lowered === null) return;
  const option = `--set postgres.${lowered.replace(' ', '=')}`;
  throw unfitting(
    `the replicas in ${before.dir} had ${lowered}, and start with no less`,
    `stack up ${planned.profile} ${option}`,
  );
}

function unfitting(message: string, command: string): RelayBenchError {
  return new RelayBenchError(message, {
    code: 'STACK_DIFFERENT',
    hint: `start it with \`relay-bench ${command}\`, or remove it with \`relay-bench stack down\``,
    exitCode: EXIT.unreachable,
  });
}
