import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { RelayBenchError } from '../base/errors.ts';
import { EXIT } from '../base/exit-codes.ts';
import type { Owner } from './owner.ts';
import { putFile, readServiceFile } from './service-files.ts';
import { jsonLines, type Service, type StackState } from './state.ts';

/** 256 bits, so that nothing is gained by trying; hex, so that it needs quoting nowhere. */
const SECRET_BYTES = 32;
const secret = z.string().regex(/^[0-9a-f]{64}$/);

const secrets = z.strictObject({
  /** Passwords of the users of Postgres. */
  postgres: z.strictObject({ postgres: secret, relay: secret, replicator: secret }),
  /** Passwords of the users of every Redis. */
  redis: z.strictObject({ admin: secret, supervisor: secret, relay: secret }),
  /** With it relays sign what they tell each other. */
  busKey: secret,
});

/** Everything that only the processes of one stack know; made when it is planned, removed with its data. */
export type Secrets = z.infer<typeof secrets>;
/** A user of Redis, by what it does. */
export type RedisUser = keyof Secrets['redis'];

/** Of all roles: for who starts, watches and mends the servers. */
const ALL_FILE = 'secrets.json';
/** What a relay needs, in the form that its `--secrets` reads. */
const RELAY_FILE = 'relay-secrets.json';

/** New secrets. */
export function makeSecrets(): Secrets {
  const make = (): string => randomBytes(SECRET_BYTES).toString('hex');
  return {
    postgres: { postgres: make(), relay: make(), replicator: make() },
    redis: { admin: make(), supervisor: make(), relay: make() },
    busKey: make(),
  };
}

/** What a relay is told of them. */
export function relaySecrets({ postgres, redis, busKey }: Secrets): object {
  return {
    postgres: { password: postgres.relay },
    redis: { username: 'relay' satisfies RedisUser, password: redis.relay },
    busKey,
  };
}

/** The file that relays are told of with `--secrets`. */
export function relaySecretsFile(state: StackState): string {
  return join(state.dir, RELAY_FILE);
}

/**
 * Writes new secrets, each file readable for its user alone; those of data that was kept stay.
 * @param relays who they run as; null for this user
 */
export async function provideSecrets(state: StackState, relays: Owner | null): Promise<void> {
  const { dir, owner } = state;
  const known = readOrNull(join(dir, ALL_FILE)) ?? makeSecrets();
  await putFile(join(dir, ALL_FILE), jsonLines(known), { owner });
  await putFile(relaySecretsFile(state), jsonLines(relaySecrets(known)), { owner: relays });
}

/**
 * The secrets of the stack to which a service belongs: its directory lies in that of the stack.
 * @throws RelayBenchError `STACK_SECRETS_UNREADABLE` (exit 3)
 */
export function secretsOf(service: Pick<Service, 'dir'>): Secrets {
  const path = join(dirname(service.dir), ALL_FILE);
  try {
    return secrets.parse(JSON.parse(readServiceFile(path)));
  } catch (cause) {
    // Without the cause's words: they could repeat what is in the file.
    throw new RelayBenchError(`the passwords of the stack can't be read from ${path}`, {
      code: 'STACK_SECRETS_UNREADABLE',
      hint: 'run this as the user who started the stack, or start it anew: `relay-bench stack down`, then `stack up`',
      exitCode: EXIT.unreachable,
      cause,
    });
  }
}

function readOrNull(path: string): Secrets | null {
  try {
    return secrets.parse(JSON.parse(readServiceFile(path)));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
