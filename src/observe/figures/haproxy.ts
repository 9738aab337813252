import type { BalancedServer } from '../haproxy.ts';
import type { Figures } from './figures.ts';

/**
 * The figures of a balancer of clients: their connections and bytes, how they spread over the relays, and the pages that it was asked
 * for and had.
 */
export function haproxyFigures(rows: readonly BalancedServer[]): Figures {
  const clients = rows.find(({ backend, server }) => backend === 'clients' && server === 'FRONTEND');
  const relays = rows.filter(({ backend, server }) => backend === 'relays' && server !== 'BACKEND');
  const pages = rows.find(({ backend, server }) => backend === 'events' && server === 'BACKEND');
  return {
    connections: clients?.sessions ?? 0,
    connections_total: clients?.sessionsTotal ?? 0,
    bytesIn_total: clients?.bytesIn ?? 0,
    bytesOut_total: clients?.bytesOut ?? 0,
    pageLookups_total: pages?.cacheLookups ?? 0,
    pageHits_total: pages?.cacheHits ?? 0,
    ...Object.fromEntries(relays.map(({ server, sessions }) => [`connections{relay=${server}}`, sessions])),
  };
}

/** The figures of the database balancer: connections and bytes of relays, and how they spread over the servers of Postgres. */
export function databaseBalancerFigures(rows: readonly BalancedServer[]): Figures {
  const databases = rows.filter(({ backend }) => backend.startsWith('pg_'));
  const relays = databases.filter(({ server }) => server === 'FRONTEND');
  const sum = (key: 'sessions' | 'sessionsTotal' | 'bytesIn' | 'bytesOut'): number =>
    relays.reduce((total, row) => total + row[key], 0);
  const held = new Map<string, number>();
  for (const { server, sessions } of databases) {
    if (server === 'FRONTEND' || server === 'BACKEND') continue;
    const key = `connections{postgres=${server}}`;
    held.set(key, (held.get(key) ?? 0) + sessions);
  }
  return {
    connections: sum('sessions'),
    connections_total: sum('sessionsTotal'),
    bytesFromRelays_total: sum('bytesIn'),
    bytesToRelays_total: sum('bytesOut'),
    ...Object.fromEntries(held),
  };
}
