import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { performance } from 'node:perf_hooks';
import { Audience } from './audience.ts';
import { isReading, Listener, refuse } from './listener.ts';

export interface LivePageOptions {
  /** Makes the page of the run so far. */
  readonly page: () => string;
  /** Told where serving failed once it had begun. */
  readonly onFault: (error: unknown) => void;
  /** CPU time of this process so far. Not the time that goes by: on a busy machine that is mostly waiting. */
  readonly cpuMs: () => number;
  /** Between two pages, where they cost little; shorter in tests. */
  readonly everyMs?: number;
}

/** Nobody but who is at this machine. */
const ADDRESS = { host: '127.0.0.1', port: 0 };
/** Of the secret in the address. */
const TOKEN_BYTES = 16;
const EVERY_MS = 1_000;
const SELDOMEST_MS = 30_000;
/** Pages take at most this part of a core: where one costs more, there are fewer. */
const MOST_SHARE = 0.1;

/** Besides the policy that stands in every page. */
const HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

type Asked = 'page' | 'events';

/**
 * Serves the page of a run that goes on, and its report once it is over, at one address of loopback that holds a secret. Pages
 * that are open hear by server-sent events when to look again (`changed`) and that the run is over (`ended`).
 */
export class LivePage {
  readonly #options: LivePageOptions;
  readonly #listener: Listener;
  readonly #token = randomBytes(TOKEN_BYTES).toString('hex');
  /** Streams of events, one for each page that is open. */
  readonly #streams = new Set<ServerResponse>();
  readonly #audience = new Audience<ServerResponse>({ expectsSomebody: false });
  /** Makes the report; null while the run goes on. */
  #report: (() => string) | null = null;
  #made: { readonly text: string; readonly atMs: number; readonly costMs: number } | null = null;
  #beat: NodeJS.Timeout | null = null;

  private constructor(options: LivePageOptions, listener: Listener) {
    this.#options = options;
    this.#listener = listener;
  }

  /** @throws RelayBenchError `SERVE_FAILED` (exit 2) where nothing can listen */
  static async open(options: LivePageOptions): Promise<LivePage> {
    const listener = await Listener.open({
      address: ADDRESS,
      flag: '--serve',
      code: 'SERVE_FAILED',
      answer: (request, response) => live.#answer(request, response),
      onFault: options.onFault,
    });
    const live = new LivePage(options, listener);
    return live;
  }

  /** `http://127.0.0.1:40123/<secret>/`. */
  get url(): string {
    return `${this.#listener.origin}/${this.#token}/`;
  }

  /**
   * The run is over: from now on the page is its report, and open pages are told.
   * @param report makes it, once, when somebody asks
   */
  finish(report: () => string): void {
    this.#report = report;
    this.#made = null;
    if (this.#beat !== null) clearTimeout(this.#beat);
    for (const stream of this.#streams) this.#tell(stream);
  }

  /** As {@link Audience.linger}: until every page that was open at the end of the run has become the report. */
  linger(...wait: Parameters<Audience<ServerResponse>['linger']>): Promise<void> {
    return this.#audience.linger(...wait);
  }

  /** Ends it, whoever is being answered; resolves when nothing listens any more. */
  close(): Promise<void> {
    if (this.#beat !== null) clearTimeout(this.#beat);
    return this.#listener.close();
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const asked = this.#askedIn(request.url ?? '');
    if (asked === null) refuse(response, 404, 'not found');
    else if (!isReading(request)) refuse(response, 405, 'GET only');
    else if (asked === 'page') this.#show(request, response);
    else this.#follow(request, response);
  }

  /** Null for everything but the two addresses below the secret; how much of it was guessed takes no time to tell. */
  #askedIn(url: string): Asked | null {
    const [, token = '', rest] = /^\/([^/?]*)\/([^?]*)/.exec(url) ?? [];
    const [given, own] = [Buffer.from(token), Buffer.from(this.#token)];
    if (given.length !== own.length || !timingSafeEqual(given, own)) return null;
    if (rest === '') return 'page';
    return rest === 'events' ? 'events' : null;
  }

  #show(request: IncomingMessage, response: ServerResponse): void {
    const isEnd = this.#report !== null;
    const text = this.#text();
    response.writeHead(200, { ...HEADERS, 'content-type': 'text/html; charset=utf-8' });
    if (request.method === 'HEAD') response.end();
    else
      response.end(text, () => {
        if (isEnd) this.#audience.toldOne();
      });
  }

  #follow(request: IncomingMessage, response: ServerResponse): void {
    response.writeHead(200, { ...HEADERS, 'content-type': 'text/event-stream; charset=utf-8' });
    if (request.method === 'HEAD') return void response.end();
    this.#streams.add(response);
    this.#audience.told(response, false);
    response.on('close', () => {
      this.#streams.delete(response);
      // Who hears of the end closes the stream too, and then comes for the report.
      if (this.#report === null) this.#audience.left(response);
    });
    this.#tell(response);
    this.#tellLater();
  }

  #tell(stream: ServerResponse): void {
    const isEnd = this.#report !== null;
    // Who does not read gets nothing more, but for the end.
    if (!isEnd && stream.writableNeedDrain) return;
    stream.write(`event: ${isEnd ? 'ended' : 'changed'}\ndata: now\n\n`);
  }

  #tellLater(): void {
    if (this.#beat !== null || this.#streams.size === 0 || this.#report !== null) return;
    this.#beat = setTimeout(() => {
      this.#beat = null;
      for (const stream of this.#streams) this.#tell(stream);
      this.#tellLater();
    }, this.#pauseMs());
    this.#beat.unref();
  }

  #pauseMs(): number {
    const { everyMs = EVERY_MS } = this.#options;
    return Math.min(SELDOMEST_MS, Math.max(everyMs, (this.#made?.costMs ?? 0) / MOST_SHARE));
  }

  /** One page between two beats, however many ask; the report is made once. */
  #text(): string {
    const nowMs = performance.now();
    const isFresh = (atMs: number): boolean => this.#report !== null || nowMs - atMs < this.#pauseMs() / 2;
    if (this.#made !== null && isFresh(this.#made.atMs)) return this.#made.text;
    const { cpuMs, page } = this.#options;
    const beforeMs = cpuMs();
    const text = (this.#report ?? page)();
    this.#made = { text, atMs: nowMs, costMs: cpuMs() - beforeMs };
    return text;
  }
}
