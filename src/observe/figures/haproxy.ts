import type { BalancedServer } from '../haproxy.ts';
import type { Figures } from './figures.ts';

/** The figures of the load balancer: connections and bytes of clients, and how they spread over the relays. */
export function haproxyFigures(rows: readonly BalancedServer[]): Figures {
  const clients = rows.find(({ backend, server }) => backend === 'clients' && server === 'FRONTEND');
  const relays = rows.filter(({ backend, server }) => backend === 'relays' && server !== 'BACKEND');
  return {
    connections: clients?.sessions ?? 0,
    connections_total: clients?.sessionsTotal ?? 0,
    bytesIn_total: clients?.bytesIn ?? 0,
    bytesOut_total: clients?.bytesOut ?? 0,
    ...Object.fromEntries(relays.map(({ server, sessions }) => [`connections{relay=${server}}`, sessions])),
  };
}
