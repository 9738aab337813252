import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { messageOf, RelayBenchError } from '../base/errors.ts';

/** Where to listen. */
export interface ListenAddress {
  readonly host: string;
  /** 0: a free one. */
  readonly port: number;
}

export interface ListenerOptions {
  readonly address: ListenAddress;
  /** What asked for it, for messages: `--metrics-listen`. */
  readonly flag: string;
  /** Of the error where nothing can listen there. */
  readonly code: string;
  /** What it throws is told to `onFault`, and to who has asked with status 500. */
  readonly answer: (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;
  /** Told where serving failed once it had begun. */
  readonly onFault: (error: unknown) => void;
}

/** Who follows a run keeps few connections open; more at once are a mistake. */
const MOST_CONNECTIONS = 32;
/** For a request to come. */
const REQUEST_MS = 5_000;

/** A small HTTP server for the time of a run. */
export class Listener {
  readonly #options: ListenerOptions;
  readonly #server: Server;

  private constructor(options: ListenerOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => void this.#answer(request, response));
    this.#server.maxConnections = MOST_CONNECTIONS;
    this.#server.requestTimeout = REQUEST_MS;
    this.#server.headersTimeout = REQUEST_MS;
  }

  /** @throws RelayBenchError with the given code (exit 2) where nothing can listen there */
  static async open(options: ListenerOptions): Promise<Listener> {
    const listener = new Listener(options);
    const { address, flag, code, onFault } = options;
    const { host, port } = address;
    await new Promise<void>((resolve, reject) => {
      listener.#server.once('error', (error: NodeJS.ErrnoException) => {
        reject(
          new RelayBenchError(`${flag} ${hostText(host)}:${port}: ${whyNot(error)}`, { code, cause: error }),
        );
      });
      listener.#server.listen(port, host, resolve);
    });
    // Such as a connection for which there is no descriptor left.
    listener.#server.removeAllListeners('error').on('error', onFault);
    return listener;
  }

  /** `http://127.0.0.1:9464`. */
  get origin(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://${hostText(this.#options.address.host)}:${port}`;
  }

  /** Ends it, whoever is being answered; resolves when nothing listens any more. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await this.#options.answer(request, response);
    } catch (error) {
      this.#options.onFault(error);
      if (response.headersSent) response.destroy();
      else refuse(response, 500, messageOf(error));
    }
  }
}

/** Answers with a status and one line of plain text. */
export function refuse(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'x-content-type-options': 'nosniff',
  });
  response.end(`${text}\n`);
}

/** Whether a request only reads. */
export function isReading({ method }: IncomingMessage): boolean {
  return method === 'GET' || method === 'HEAD';
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
