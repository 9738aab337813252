import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type { VerifierInUse } from '../base/verifier-choice.ts';
import type { NostrEvent } from '../nostr/event.ts';
import { openVerifier } from '../nostr/verifier.ts';
import type { Backend } from './backend.ts';
import { FanOut } from './fanout/fan-out.ts';
import { Connections } from './http/connections.ts';
import { relayInformation } from './http/information.ts';
import { type LivenessServer, serveLiveness } from './http/liveness.ts';
import {
  type MetricsAddress,
  type MetricsServer,
  type MetricsText,
  serveMetrics,
} from './http/metrics-server.ts';
import { bracketed, ownHosts } from './http/own-hosts.ts';
import { answerHttp, type HttpContent } from './http/routes.ts';
import { Budgets } from './limits/budgets.ts';
import { ClientAddresses } from './limits/client-address.ts';
import { FilterMemory } from './limits/filter-memory.ts';
import { createMetrics, type RelayMetrics } from './metrics/metrics.ts';
import { RelayStats } from './metrics/stats.ts';
import { openBackend } from './open-backend.ts';
import type { RelayOptions } from './options.ts';
import { Ingest } from './protocol/ingest.ts';
import type { StoredEvent } from './store/stored-event.ts';
import { Sender } from './verify/sender.ts';
import { trustingVerifier, type Verdict, type Verifier } from './verify/verifier.ts';
import { WorkerPool } from './verify/worker-pool.ts';

/** A relay that accepts connections. */
export interface RunningRelay {
  /** `ws://host:port`. */
  readonly url: string;
  readonly port: number;
  /** Where the metrics are served; null where they are not. */
  readonly metricsUrl: string | null;
  /** Where a thread of its own says whether the process lives; null where none does. */
  readonly livenessUrl: string | null;
  /** What checks signatures; null where nothing does. */
  readonly verifier: VerifierInUse | null;
  /**
   * Stops gracefully: no new connections, CLOSED for every subscription, every client is answered what it has sent and told
   * goodbye (1001) once it is silent. Takes less than 5 s whatever the clients do.
   */
  stop(): Promise<void>;
}

/** What a relay needs from its program. */
export interface RelayEnvironment {
  readonly version: string;
  readonly nowSeconds: () => number;
  /** Told once of each failure of a server that is survived, and of its end. */
  readonly log: (text: string) => void;
  /** An operation has failed; the relay goes on. */
  readonly onError: (error: unknown) => void;
  /** The relay cannot go on. */
  readonly onFatal: (error: Error) => void;
}

const IN_FLIGHT_DEADLINE_MS = 2_000;
const CLOSE_DEADLINE_MS = 1_500;
const BACKEND_DEADLINE_MS = 700;

interface Parts {
  readonly backend: Backend;
  readonly verifier: Verifier;
  readonly verifierInUse: VerifierInUse | null;
  readonly ingest: Ingest;
  readonly connections: Connections;
  readonly metrics: RelayMetrics;
  readonly http: Pick<HttpContent, 'events' | 'takeQuery'>;
}

/** What checks signatures; whether it can is found out here, so that every thread has the same. */
function verifierFor({ verify, verifier }: RelayOptions): VerifierInUse | null {
  if (!verify) return null;
  const { kind, library, reason } = openVerifier(verifier);
  return { kind, library, reason };
}

function createVerifier(
  options: RelayOptions,
  inUse: VerifierInUse | null,
  onFailure: (error: Error) => void,
): Verifier {
  if (inUse === null) return trustingVerifier;
  return new WorkerPool({
    kind: inUse.kind,
    workers: options.verifyWorkers,
    queueMax: options.limits.verifyQueueMax,
    onFailure,
  });
}

async function createParts(options: RelayOptions, environment: RelayEnvironment): Promise<Parts> {
  const { limits } = options;
  const { nowSeconds, onError, log, onFatal } = environment;
  const stats = new RelayStats();
  const fanOut = new FanOut();
  const deliver = (event: StoredEvent): void => {
    stats.deliveries += fanOut.publish(event);
  };
  const verifierInUse = verifierFor(options);
  const verifier = createVerifier(options, verifierInUse, onFatal);
  // What other relays send takes turns with the clients of this one; their channel is never cut for it.
  const bus = new Sender({ address: 'bus', creditMax: 0, onSpent: () => undefined });
  const verify = (event: NostrEvent): Verdict | Promise<Verdict> => verifier.verify(event, bus);
  const backend = await openBackend(options, { nowSeconds, onError, log, onFatal, deliver, verify });
  const { store } = backend;
  const publish = (event: StoredEvent): number => {
    return backend.publish(event) ? fanOut.publish(event) : 0;
  };
  const hosts = ownHosts(options.host, options.publicUrls);
  const shared = { store, verifier, fanOut, limits, stats, nowSeconds, hosts, onError };
  const ingest = new Ingest({ ...shared, fanOut: { publish }, forward: backend.forward });
  const budgets = new Budgets(limits, () => performance.now());
  const addresses = new ClientAddresses(options.trustedProxies);
  const { hidesGiftWraps, compression } = options;
  const filterMemory = new FilterMemory(limits.maxFilterBytesTotal);
  const connections = new Connections({
    ...shared,
    ingest,
    hidesGiftWraps,
    readsAtOnce: backend.readsAtOnce,
    compression,
    budgets,
    addresses,
    filterMemory,
  });
  const metrics = createMetrics({
    stats,
    subscriptions: () => fanOut.subscriptions,
    filterBytes: () => filterMemory.bytes,
    verifier: verifierInUse,
    verifyQueueDepth: () => verifier.queueDepth,
    ingestInFlight: () => ingest.inFlight,
    storeUsage: () => store.usage(),
  });
  const events = {
    store: backend.pages,
    onQuery: (seconds: number) => stats.onQuery('http', seconds),
  };
  const takeQuery = (request: IncomingMessage): boolean => budgets.takeReq(addresses.of(request));
  backend.registerMetrics(metrics.registry);
  return { backend, verifier, verifierInUse, ingest, connections, metrics, http: { events, takeQuery } };
}

function createHttpServer(content: HttpContent, connections: Connections, deadlineMs: number): Server {
  const server = createServer(
    {
      noDelay: true,
      headersTimeout: deadlineMs,
      requestTimeout: deadlineMs,
      connectionsCheckingInterval: 1_000,
    },
    (request, response) => {
      connections.onRequest(request.socket);
      answerHttp(request, response, content);
    },
  );
  server.on('connection', (socket: Socket) => connections.accept(socket));
  server.on('upgrade', (request, socket, head) => {
    (socket as Socket).setNoDelay(true);
    connections.upgrade(request, socket, head);
  });
  return server;
}

function openMetrics(
  address: MetricsAddress,
  { metrics: { registry } }: Parts,
  { onError }: RelayEnvironment,
): Promise<MetricsServer> {
  const read = async (): Promise<MetricsText> => ({
    type: registry.contentType,
    text: await registry.metrics(),
  });
  return serveMetrics(address, read, onError);
}

async function stopParts(server: Server, parts: Parts): Promise<void> {
  // Until its clients have gone it listens, and tells those who come that it is closing: a load balancer that is refused the
  // connection takes the relay for dead, and cuts the clients that still wait for an answer.
  parts.connections.stopSessions();
  const idle = Promise.race([parts.ingest.idle(), delay(IN_FLIGHT_DEADLINE_MS, undefined, { ref: false })]);
  await parts.connections.close({ answerMs: IN_FLIGHT_DEADLINE_MS, goodbyeMs: CLOSE_DEADLINE_MS });
  await idle;
  server.close();
  server.closeAllConnections();
  parts.metrics.close();
  await parts.verifier.close();
  // A database that hangs is not waited for: everybody has been answered, or told that the relay has gone.
  await Promise.race([parts.backend.close(), delay(BACKEND_DEADLINE_MS, undefined, { ref: false })]);
}

/**
 * Starts a relay. It accepts connections at once, and answers them with errors while its database cannot be reached; this
 * resolves when it can serve, or when a first attempt to reach the database has failed: then it goes on trying.
 * @throws the error of the system where the address cannot be used
 * @throws RelayBenchError `RELAY_STORE_UNREACHABLE` (exit 3) where the database can never be used
 */
export async function startRelay(
  options: RelayOptions,
  environment: RelayEnvironment,
): Promise<RunningRelay> {
  const parts = await createParts(options, environment);
  let isStopping = false;
  const server = createHttpServer(
    {
      information: JSON.stringify(relayInformation(options, environment.version, parts.verifierInUse)),
      notReady: () => (isStopping ? 'shutting down' : parts.backend.problem()),
      isStopping: () => isStopping,
      ...parts.http,
      onError: environment.onError,
    },
    parts.connections,
    options.limits.handshakeDeadlineS * 1_000,
  );
  server.listen(options.port, options.host, 4_096);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  let metrics: MetricsServer | null = null;
  let liveness: LivenessServer | null = null;
  const stop = async (): Promise<void> => {
    isStopping = true;
    metrics?.close();
    liveness?.stopping();
    await stopParts(server, parts);
    await liveness?.close();
  };
  try {
    if (options.liveness !== null) liveness = await serveLiveness(options.liveness, environment.onError);
    if (options.metrics !== null) metrics = await openMetrics(options.metrics, parts, environment);
    await parts.backend.start();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url: `ws://${bracketed(options.host)}:${port}`,
    port,
    metricsUrl: metrics?.url ?? null,
    livenessUrl: liveness?.url ?? null,
    verifier: parts.verifierInUse,
    stop,
  };
}
