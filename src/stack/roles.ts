import { join } from 'node:path';
import * as z from 'zod';
import { putFile, readServiceFile } from './service-files.ts';
import { jsonLines, type StackState, servicesOfKind } from './state.ts';

const failover = z.strictObject({
  at: z.iso.datetime(),
  from: z.string(),
  to: z.string(),
  /** From the last answer of the old primary until it was given up. */
  detectedMs: z.number(),
  /** From there until the new primary accepted writes. */
  promotedMs: z.number(),
});

const roles = z.strictObject({
  /** Name of the Postgres that accepts writes. */
  primary: z.string(),
  /**
   * Name of the Postgres that is being made the primary, from before it is until `primary` names it: whoever brings that to
   * its end must promote no other one beside it. Null outside of failovers.
   */
  promoting: z.string().nullable().default(null),
  /** How often the primary has changed, newest last, at most {@link MOST_FAILOVERS}. */
  failovers: z.array(failover),
});

/** Who the primary is; written by the supervisor alone once the stack is up. */
export type Roles = z.infer<typeof roles>;
export type Failover = Roles['failovers'][number];

const MOST_FAILOVERS = 100;

function pathOf(state: StackState): string {
  const [supervisor] = servicesOfKind(state, 'supervisor');
  return join(supervisor?.dir ?? state.dir, 'roles.json');
}

/** The roles as last written; Postgres 1 is the primary of a new stack. */
export function readRoles(state: StackState): Roles {
  try {
    return roles.parse(JSON.parse(readServiceFile(pathOf(state))));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return { primary: servicesOfKind(state, 'postgres')[0]?.name ?? '', promoting: null, failovers: [] };
  }
}

export async function writeRoles(state: StackState, value: Roles): Promise<void> {
  const failovers = value.failovers.slice(-MOST_FAILOVERS);
  await putFile(pathOf(state), jsonLines({ ...value, failovers }), { owner: null });
}
