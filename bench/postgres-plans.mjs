// What the plans of some statements read: which partitions, by which nodes, how many rows from the heap.

import { eventsStatement } from '../dist/relay/store/postgres/events-sql.js';
import { countStatement, listStatement } from '../dist/relay/store/postgres/filter-sql.js';

const { explain } = await import('../test/support/explain.ts');
const { withClient } = await import('../test/support/postgres.ts');
const DAY_S = 86_400;
const PAGE = 500;

/** @returns {[string, import('../dist/relay/store/postgres/filter-sql.js').Statement][]} */
function statements({ sample, newest }) {
  const asking = { nowSeconds: newest, reader: undefined };
  const author = sample.find(({ kind }) => kind === 1).pubkey;
  const day = { since: newest - DAY_S + 1, until: newest };
  return [
    ['COUNT of an author and a kind', countStatement([{ authors: [author], kinds: [1] }], asking)],
    ['COUNT of a kind', countStatement([{ kinds: [7] }], asking)],
    ['COUNT of a kind on a day', countStatement([{ kinds: [1], ...day }], asking)],
    ['NEG-OPEN of a kind on a day', listStatement({ kinds: [1], ...day }, 500_000, asking)],
    [`REQ of a kind on a day, limit ${PAGE}`, eventsStatement({ kinds: [1] }, PAGE, day, asking)],
  ];
}

/** Vacuums, then explains statements of a relay. */
export async function plansOf(url, about) {
  return await withClient(url, async (client) => {
    await client.query('vacuum analyze event; ');
    await client.query('vacuum analyze tag');
    const { rows } = await client.query(
      "select count(*)::int as of from pg_inherits where inhparent = 'event'::regclass",
    );
    const plans = [];
    for (const [statement, query] of statements(about)) {
      const nodes = await explain(client, query);
      // What has expired is looked up in a small index of its own.
      const reads = nodes.filter(
        (node) => /^event_/.test(node['Relation Name'] ?? '') && !/^x_/.test(node.Alias ?? ''),
      );
      const fetched = reads.map((node) => node['Heap Fetches']).filter((count) => count !== undefined);
      plans.push({
        statement,
        partitions: new Set(reads.map((node) => node['Relation Name'])).size,
        of: rows[0].of,
        nodes: [...new Set(reads.map((node) => node['Node Type']))],
        heap_fetches: fetched.length === 0 ? null : fetched.reduce((sum, count) => sum + count, 0),
      });
    }
    return plans;
  });
}
