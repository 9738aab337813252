import type { ReadConnection } from './read-connection.ts';

/**
 * Which of `ids` a relay has. One that returns fewer events than it is asked for and does not say so is asked as long as it
 * comes up with more.
 */
export async function findIds(
  connection: Pick<ReadConnection, 'find'>,
  ids: readonly string[],
): Promise<Set<string>> {
  const found = new Set<string>();
  for (let missing = ids; missing.length > 0; ) {
    const more = await connection.find(missing);
    if (more.size === 0) return found;
    for (const id of more) found.add(id);
    missing = missing.filter((id) => !more.has(id));
  }
  return found;
}

/** Whether a relay has one event: nothing is called missing before two questions for its one id have missed it. */
export async function hasId(connection: Pick<ReadConnection, 'find'>, id: string): Promise<boolean> {
  for (let question = 0; question < QUESTIONS; question++) {
    if ((await connection.find([id])).size > 0) return true;
  }
  return false;
}

const QUESTIONS = 2;
