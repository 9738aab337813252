import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { messageOf, RelayBenchError } from '../base/errors.ts';
import type { Labels } from '../metric/series.ts';
import { PROMETHEUS_TYPE, prometheusText } from './prometheus.ts';
import type { Snapshot } from './view.ts';

/** Where to listen. */
export interface ListenAddress {
  readonly host: string;
  /** 0: a free one. */
  readonly port: number;
}

export interface EndpointOptions {
  readonly address: ListenAddress;
  readonly snapshot: () => Snapshot;
  /** Labels of every sample. */
  readonly common: Labels;
  /** Told where serving failed once it had begun. */
  readonly onFault: (error: unknown) => void;
}

/** Who scrapes keeps few connections open; more at once are a mistake. */
const MOST_CONNECTIONS = 32;
/** For a request to come. */
const REQUEST_MS = 5_000;
/** Addresses of scrapers that are remembered. */
const MOST_SCRAPERS = 100;

/** Serves what is to be told at `/metrics`. */
export class MetricsEndpoint {
  readonly #options: EndpointOptions;
  readonly #server: Server;
  /** Who has asked, and whether it was told the end of the run. */
  readonly #scrapers = new Map<string, boolean>();
  #text: { readonly version: number; readonly text: Promise<string> } | null = null;
  #onScrape: () => void = () => undefined;

  private constructor(options: EndpointOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => void this.#answer(request, response));
    this.#server.maxConnections = MOST_CONNECTIONS;
    this.#server.requestTimeout = REQUEST_MS;
    this.#server.headersTimeout = REQUEST_MS;
  }

  /** @throws RelayBenchError `METRICS_LISTEN_FAILED` (exit 2) where nothing can listen there */
  static async open(options: EndpointOptions): Promise<MetricsEndpoint> {
    const endpoint = new MetricsEndpoint(options);
    const { host, port } = options.address;
    await new Promise<void>((resolve, reject) => {
      endpoint.#server.once('error', (error: NodeJS.ErrnoException) => {
        reject(
          new RelayBenchError(`--metrics-listen ${hostText(host)}:${port}: ${whyNot(error)}`, {
            code: 'METRICS_LISTEN_FAILED',
            cause: error,
          }),
        );
      });
      endpoint.#server.listen(port, host, resolve);
    });
    // Such as a connection for which there is no descriptor left.
    endpoint.#server.removeAllListeners('error').on('error', options.onFault);
    return endpoint;
  }

  /** `http://127.0.0.1:9464/metrics`. */
  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://${hostText(this.#options.address.host)}:${port}/metrics`;
  }

  /**
   * Waits until everybody who has asked during the run was told its end; where nobody has asked, for somebody who does.
   * @param longestMs for that
   * @param signal ends the waiting
   * @param onWait told where there is something to wait for
   */
  async linger(longestMs: number, signal: AbortSignal, onWait: () => void = () => undefined): Promise<void> {
    if (signal.aborted || this.#isDone()) return;
    onWait();
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, longestMs);
      const end = (): void => {
        clearTimeout(timer);
        resolve();
      };
      signal.addEventListener('abort', end, { once: true });
      this.#onScrape = () => {
        if (this.#isDone()) end();
      };
    });
  }

  /** Ends it, whoever is being answered; resolves when nothing listens any more. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  #isDone(): boolean {
    return this.#scrapers.size > 0 && [...this.#scrapers.values()].every((knowsEnd) => knowsEnd);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url?.split('?')[0];
    if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, 405, 'GET only');
    if (path !== '/metrics') return refuse(response, 404, 'metrics are at /metrics');
    try {
      const who = request.socket.remoteAddress ?? '';
      const snapshot = this.#options.snapshot();
      const text = await this.#textOf(snapshot);
      response.writeHead(200, { 'content-type': PROMETHEUS_TYPE });
      if (request.method === 'HEAD') response.end();
      else response.end(text, () => this.#scraped(who, snapshot.stage === 'finished'));
    } catch (error) {
      this.#options.onFault(error);
      refuse(response, 500, messageOf(error));
    }
  }

  /** One text a second, however many ask. */
  async #textOf({ version, families }: Snapshot): Promise<string> {
    if (this.#text?.version !== version)
      this.#text = { version, text: prometheusText(families, this.#options.common) };
    return await this.#text.text;
  }

  #scraped(who: string, knowsEnd: boolean): void {
    if (this.#scrapers.size >= MOST_SCRAPERS && !this.#scrapers.has(who)) return;
    this.#scrapers.set(who, knowsEnd);
    this.#onScrape();
  }
}

function refuse(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' });
  response.end(`${text}\n`);
}

/** IPv6 addresses stand in brackets. */
function hostText(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

const REASONS: ReadonlyMap<string, string> = new Map([
  ['EADDRINUSE', 'the port is in use'],
  ['EACCES', 'this user may not listen at that port'],
  ['EADDRNOTAVAIL', 'this machine has no such address'],
  ['ENOTFOUND', 'the host is not known'],
]);

function whyNot(error: NodeJS.ErrnoException): string {
  return REASONS.get(error.code ?? '') ?? messageOf(error);
}
