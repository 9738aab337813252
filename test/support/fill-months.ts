import { migrate } from '../../src/relay/store/postgres/migrate.ts';
import { ensureMonths } from '../../src/relay/store/postgres/partitions.ts';
import { withClient } from './postgres.ts';

/** Makes the tables with partitions for a part of time (Unix seconds) and carries out statements, parted by `;`. */
export async function fillMonths(
  url: string,
  { from, to, statements }: { readonly from: number; readonly to: number; readonly statements: string },
): Promise<void> {
  await withClient(url, async (client) => {
    await migrate(client);
    await ensureMonths(client, from, to);
    for (const statement of statements.split(';')) await client.query(statement);
  });
}
