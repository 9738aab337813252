import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Labels } from '../metric/series.ts';
import { Audience } from './audience.ts';
import { isReading, type ListenAddress, Listener, refuse } from './listener.ts';
import { PROMETHEUS_TYPE, prometheusText } from './prometheus.ts';
import type { Snapshot } from './view.ts';

export interface EndpointOptions {
  readonly address: ListenAddress;
  readonly snapshot: () => Snapshot;
  /** Labels of every sample. */
  readonly common: Labels;
  /** Told where serving failed once it had begun. */
  readonly onFault: (error: unknown) => void;
}

/** Serves what is to be told at `/metrics`. */
export class MetricsEndpoint {
  readonly #options: EndpointOptions;
  readonly #listener: Listener;
  /** Who has scraped, by address: the run may be over before they come again. */
  readonly #scrapers = new Audience<string>({ expectsSomebody: true });
  #text: { readonly version: number; readonly text: Promise<string> } | null = null;

  private constructor(options: EndpointOptions, listener: Listener) {
    this.#options = options;
    this.#listener = listener;
  }

  /** @throws RelayBenchError `METRICS_LISTEN_FAILED` (exit 2) where nothing can listen there */
  static async open(options: EndpointOptions): Promise<MetricsEndpoint> {
    const { address, onFault } = options;
    const listener = await Listener.open({
      address,
      flag: '--metrics-listen',
      code: 'METRICS_LISTEN_FAILED',
      answer: (request, response) => endpoint.#answer(request, response),
      onFault,
    });
    const endpoint = new MetricsEndpoint(options, listener);
    return endpoint;
  }

  /** `http://127.0.0.1:9464/metrics`. */
  get url(): string {
    return `${this.#listener.origin}/metrics`;
  }

  /** As {@link Audience.linger}: until everybody who has scraped during the run, or at least one, was told its end. */
  linger(...wait: Parameters<Audience<string>['linger']>): Promise<void> {
    return this.#scrapers.linger(...wait);
  }

  /** Ends it, whoever is being answered; resolves when nothing listens any more. */
  close(): Promise<void> {
    return this.#listener.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url?.split('?')[0];
    if (!isReading(request)) return refuse(response, 405, 'GET only');
    if (path !== '/metrics') return refuse(response, 404, 'metrics are at /metrics');
    const who = request.socket.remoteAddress ?? '';
    const snapshot = this.#options.snapshot();
    const text = await this.#textOf(snapshot);
    response.writeHead(200, { 'content-type': PROMETHEUS_TYPE });
    if (request.method === 'HEAD') response.end();
    else response.end(text, () => this.#scrapers.told(who, snapshot.stage === 'finished'));
  }

  /** One text a second, however many ask. */
  async #textOf({ version, families }: Snapshot): Promise<string> {
    if (this.#text?.version !== version)
      this.#text = { version, text: prometheusText(families, this.#options.common) };
    return await this.#text.text;
  }
}
