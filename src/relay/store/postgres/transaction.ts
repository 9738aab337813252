import type { ClientBase } from 'pg';

/** Does something in one transaction; where it fails, nothing of it has happened. */
export async function inTransaction<T>(client: ClientBase, work: () => Promise<T>): Promise<T> {
  await client.query('begin');
  try {
    const result = await work();
    await client.query('commit');
    return result;
  } catch (error) {
    // Where the connection is what failed, the server has rolled back by itself, and the error above says more.
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}
