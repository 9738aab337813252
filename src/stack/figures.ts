import type { Figures } from '../observe/figures/figures.ts';
import { databaseBalancerFigures, haproxyFigures } from '../observe/figures/haproxy.ts';
import { linkFigures } from '../observe/figures/links.ts';
import { POSTGRES_QUESTION, postgresFigures } from '../observe/figures/postgres.ts';
import { redisFigures } from '../observe/figures/redis.ts';
import { relayFigures } from '../observe/figures/relay.ts';
import { parseHaproxyCsv } from '../observe/haproxy.ts';
import { httpGet } from './http-get.ts';
import { type Admin, connectAdmin } from './postgres/client.ts';
import { DATABASE } from './postgres/settings.ts';
import { connectRedis } from './redis/servers.ts';
import { portOf, type Service } from './state.ts';

/** Reads the figures of one service again and again. */
export interface FigureReader {
  /** @throws Error where the service does not answer */
  read(): Promise<Figures>;
  close(): Promise<void>;
}

const QUERY_TIMEOUT_MS = 1_000;

/** A reader that keeps its connection open between two readings, so that reading costs the service little. */
export function openFigures(service: Service): FigureReader {
  switch (service.kind) {
    case 'postgres':
      return overConnection(
        () => connectAdmin(service, { queryTimeoutMs: QUERY_TIMEOUT_MS }),
        async ({ ask }) => {
          const [row = {}] = await ask<Record<string, number | null>>(POSTGRES_QUESTION, [DATABASE]);
          return postgresFigures(row);
        },
        (admin: Admin) => admin.end(),
      );
    case 'redis-pubsub':
    case 'redis-cache':
      return overConnection(
        () => connectRedis(service),
        async (redis) => redisFigures(await redis.info()),
        async (redis) => redis.disconnect(),
      );
    case 'haproxy':
    case 'region':
      return overHttp(service, 'stats', '/stats;csv', (csv) => haproxyFigures(parseHaproxyCsv(csv)));
    case 'haproxy-db':
      return overHttp(service, 'stats', '/stats;csv', (csv) => databaseBalancerFigures(parseHaproxyCsv(csv)));
    case 'links':
      return overHttp(service, 'metrics', '/metrics', linkFigures);
    case 'relay':
    case 'edge':
      return overHttp(service, 'metrics', '/metrics', relayFigures);
    case 'supervisor':
    case 'watcher':
    case 'prometheus':
      return { read: async () => ({}), close: async () => undefined };
  }
}

function overHttp(
  service: Service,
  purpose: string,
  path: string,
  parse: (body: string) => Figures,
): FigureReader {
  return {
    read: async () => parse((await httpGet(portOf(service, purpose), path)).body),
    close: async () => undefined,
  };
}

/** Opens the connection when it is first needed, and again after a failure; one at a time, none after the end. */
function overConnection<C>(
  open: () => Promise<C>,
  read: (connection: C) => Promise<Figures>,
  close: (connection: C) => Promise<void>,
): FigureReader {
  let connection: Promise<C> | null = null;
  let isEnded = false;
  const drop = async (): Promise<void> => {
    const last = connection;
    connection = null;
    if (last !== null) await close(await last);
  };
  return {
    read: async () => {
      if (isEnded) throw new Error('reading has ended');
      try {
        connection ??= open();
        return await read(await connection);
      } catch (error) {
        // The server has gone: taking leave of it fails too, and the first failure is the one to tell.
        await drop().catch(() => undefined);
        throw error;
      }
    },
    close: async () => {
      isEnded = true;
      // A connection that could not be opened needs no closing.
      await drop().catch(() => undefined);
    },
  };
}
