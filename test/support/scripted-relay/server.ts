import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type PerMessageDeflateOptions, type RawData, type WebSocket, WebSocketServer } from 'ws';
import { AuthGate } from './auth-gate.ts';
import { type Client, sendMessage } from './client.ts';
import { CountHandler } from './count-handler.ts';
import { EventHandler } from './event-handler.ts';
import type { WireEvent, WireFilter } from './filter.ts';
import { KeptEvents } from './kept-events.ts';
import { nowNs, PreciseTimer } from './precise-timer.ts';
import { QueryHandler } from './query-handler.ts';
import type { RelayScript } from './script.ts';
import { gapVariation, perSecond, type RelayStats, spread } from './stats.ts';
import { SyncHandler } from './sync-handler.ts';

const NS_PER_MS = 1e6;
const NS_PER_S = 1e9;

/** Every message is compressed, however short: then the bytes on the wire follow from the messages. */
function deflateOf({ connections }: RelayScript): PerMessageDeflateOptions | false {
  const { compression } = connections ?? {};
  return compression === undefined
    ? false
    : { threshold: 0, serverNoContextTakeover: !compression.takesOver };
}

/**
 * A relay with known behaviour: answers are right in form, never checked, and come exactly when the script says.
 * Uses nothing of the product. `GET /stats` tells what it saw and how well it kept time, `GET /ids` which events it got.
 */
export class ScriptedRelay {
  readonly #script: RelayScript;
  readonly #timer = new PreciseTimer();
  readonly #events: EventHandler;
  readonly #queries: QueryHandler;
  readonly #gate: AuthGate;
  readonly #counts: CountHandler;
  readonly #syncs: SyncHandler;
  readonly #clients = new Set<Client>();
  readonly #sockets: WebSocketServer;
  readonly #sent = { messages: 0, bytes: 0 };
  #received = 0;
  /** Every connection that there was, and what had gone over it when it was upgraded. */
  readonly #wires: { readonly tcp: Socket; readonly read: number; readonly written: number }[] = [];
  readonly #server: Server;
  #accepted = 0;
  #upgradeFreeAtNs = 0;
  #isOut = false;

  private constructor(script: RelayScript) {
    this.#script = script;
    this.#sockets = new WebSocketServer({ noServer: true, perMessageDeflate: deflateOf(script) });
    const kept = new KeptEvents(script.queries?.kept ?? {});
    this.#events = new EventHandler(script, this.#timer, kept);
    this.#queries = new QueryHandler(script.queries ?? {}, this.#timer, kept);
    this.#gate = new AuthGate(script.auth, this.#timer);
    this.#counts = new CountHandler(script.counts ?? {}, this.#timer, kept);
    this.#syncs = new SyncHandler(script.syncs ?? {}, this.#timer, kept);
    this.#server = createServer((request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(this.#document(request.url)));
    });
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket as Socket, head));
  }

  /** Start on 127.0.0.1 at a free port. */
  static async start(script: RelayScript): Promise<ScriptedRelay> {
    const relay = new ScriptedRelay(script);
    await new Promise<void>((resolve, reject) => {
      relay.#server.once('error', reject);
      relay.#server.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 }, resolve);
    });
    return relay;
  }

  #document(path: string | undefined): unknown {
    if (path === '/stats') return this.stats();
    return path === '/ids' ? this.#events.ids : (this.#script.information ?? { name: 'scripted relay' });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}`;
  }

  stats(): RelayStats {
    return {
      connections: this.#accepted,
      events: this.#events.arrivals_ns.length,
      queries: this.#queries.queries,
      closes: this.#queries.closes,
      deliveries: this.#events.deliveries,
      auths: this.#gate.auths,
      authRelays: [...this.#gate.relays],
      authKeys: this.#gate.keys.size,
      counts: this.#counts.counts,
      syncs: this.#syncs.syncs,
      syncMessages: this.#syncs.messages,
      syncCloses: this.#syncs.closes,
      gapVariation: gapVariation(this.#events.arrivals_ns),
      eventsPerSecond: perSecond(this.#events.arrivals_ns),
      messages: { received: this.#received, sent: this.#sent.messages, sentBytes: this.#sent.bytes },
      wire: {
        receivedBytes: this.#wires.reduce((sum, { tcp, read }) => sum + tcp.bytesRead - read, 0),
        sentBytes: this.#wires.reduce((sum, { tcp, written }) => sum + tcp.bytesWritten - written, 0),
      },
      lateness_us: spread(this.#timer.lateness_us),
    };
  }

  async stop(): Promise<void> {
    this.#timer.stop();
    for (const { socket } of this.#clients) socket.terminate();
    await new Promise((resolve) => {
      this.#server.close(resolve);
      this.#server.closeAllConnections();
    });
  }

  #upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    // A client may vanish while its upgrade waits; its `close` follows.
    socket.on('error', () => socket.destroy());
    if (this.#isOut) {
      socket.destroy();
      return;
    }
    const accept = (): void => {
      this.#sockets.handleUpgrade(request, socket, head, (accepted) => this.#welcome(accepted, socket));
    };
    const { accept_per_s: rate_per_s, upgradeAfterMs } = this.#script.connections ?? {};
    if (upgradeAfterMs !== undefined) {
      this.#timer.at(nowNs() + upgradeAfterMs * NS_PER_MS, accept);
      return;
    }
    if (rate_per_s === undefined) {
      accept();
      return;
    }
    this.#upgradeFreeAtNs = Math.max(nowNs(), this.#upgradeFreeAtNs) + NS_PER_S / rate_per_s;
    this.#timer.at(this.#upgradeFreeAtNs, accept);
  }

  #welcome(socket: WebSocket, tcp: Socket): void {
    tcp.setNoDelay(true);
    const client: Client = { socket, subscriptions: new Map(), messages: 0, sent: this.#sent };
    this.#wires.push({ tcp, read: tcp.bytesRead, written: tcp.bytesWritten });
    this.#accepted++;
    this.#clients.add(client);
    this.#planCloses();
    socket.on('close', () => this.#clients.delete(client));
    // A broken connection also emits `close`; a scripted relay has nobody to tell.
    socket.on('error', () => socket.terminate());
    socket.on('message', (data) => this.#receive(client, data));
    if (this.#script.connections?.authOnConnect === true) sendMessage(client, ['AUTH', 'a challenge']);
    this.#gate.welcome(client);
  }

  #receive(client: Client, data: RawData): void {
    const arrivalNs = nowNs();
    this.#received++;
    const [type, first, ...rest] = JSON.parse(data.toString()) as [string, unknown, ...unknown[]];
    if (type === 'EVENT') this.#receiveEvent(client, first as WireEvent, arrivalNs);
    else if (type === 'REQ') this.#receiveReq(client, String(first), rest as WireFilter[], arrivalNs);
    else if (type === 'CLOSE') this.#queries.close(client, String(first));
    else if (type === 'AUTH') this.#gate.authenticate(client, first as WireEvent, arrivalNs);
    else if (type === 'COUNT') this.#counts.count(client, String(first), rest as WireFilter[], arrivalNs);
    else this.#receiveNegotiation(client, type, { subscription: String(first), rest, arrivalNs });
    client.messages++;
    this.#closeWhenDue(client);
  }

  #receiveReq(client: Client, subscription: string, filters: readonly WireFilter[], arrivalNs: number): void {
    if (this.#gate.admits(client, ['CLOSED', subscription]))
      this.#queries.open(client, subscription, filters, arrivalNs);
  }

  #receiveNegotiation(
    client: Client,
    type: string,
    { subscription, rest, arrivalNs }: { subscription: string; rest: readonly unknown[]; arrivalNs: number },
  ): void {
    if (type === 'NEG-OPEN') this.#syncs.open(client, subscription, rest[0] as WireFilter, arrivalNs);
    else if (type === 'NEG-MSG') this.#syncs.answer(client, subscription, arrivalNs);
    else if (type === 'NEG-CLOSE') this.#syncs.close(client, subscription);
  }

  #receiveEvent(client: Client, event: WireEvent, arrivalNs: number): void {
    if (!this.#gate.admits(client, ['OK', event.id, false])) return;
    if (this.#events.arrivals_ns.length === 0) {
      this.#planPause(arrivalNs);
      this.#planOutage(arrivalNs);
    }
    this.#events.handle(client, event, arrivalNs, this.#clients);
  }

  #planPause(firstEventNs: number): void {
    const pause = this.#script.connections?.stopReading;
    if (pause === undefined) return;
    const startNs = firstEventNs + pause.afterMs * NS_PER_MS;
    this.#timer.at(startNs, () => {
      for (const { socket } of this.#clients) socket.pause();
    });
    this.#timer.at(startNs + pause.forMs * NS_PER_MS, () => {
      for (const { socket } of this.#clients) socket.resume();
    });
  }

  #planOutage(firstEventNs: number): void {
    const outage = this.#script.connections?.outage;
    if (outage === undefined) return;
    const startNs = firstEventNs + outage.afterMs * NS_PER_MS;
    if ('of' in outage) {
      this.#timer.at(startNs, () =>
        this.#drop([...this.#clients].filter(({ subscriptions }) => subscriptions.size > 0)),
      );
      return;
    }
    this.#timer.at(startNs, () => {
      this.#isOut = true;
      this.#drop(this.#clients);
      this.#timer.at(nowNs() + outage.forMs * NS_PER_MS, () => {
        this.#isOut = false;
      });
    });
  }

  #drop(clients: Iterable<Client>): void {
    for (const { socket } of clients) socket.terminate();
  }

  /** Begins with the first connection. */
  #planCloses(): void {
    const closing = this.#script.connections?.closeAll;
    if (closing === undefined || this.#accepted !== 1) return;
    const close = (): void => {
      for (const { socket } of this.#clients) {
        if (closing.code === 1006) socket.terminate();
        else socket.close(closing.code, 'scripted');
      }
      this.#timer.at(nowNs() + closing.everyMs * NS_PER_MS, close);
    };
    this.#timer.at(nowNs() + closing.everyMs * NS_PER_MS, close);
  }

  #closeWhenDue(client: Client): void {
    const closing = this.#script.connections?.closeAfter;
    if (closing === undefined || client.messages !== closing.messages) return;
    if (closing.code === 1006) client.socket.terminate();
    else client.socket.close(closing.code, 'scripted');
  }
}
