import { randomUUID } from 'node:crypto';
import { formatDurationMs } from '../../base/duration.ts';
import { messageOf } from '../../base/errors.ts';
import { maskKeys } from '../../base/mask-keys.ts';
import { maskUrl } from '../../base/mask-url.ts';
import type { Labels } from '../../metric/series.ts';
import type { RunRecord } from '../../record/schema.ts';
import type { ProgressEvent } from '../../result/progress.ts';
import { MetricsEndpoint } from '../../telemetry/endpoint.ts';
import { Pusher, type PusherOptions } from '../../telemetry/pusher.ts';
import { exportTo, otlpUrl, pushgatewayUrl, pushTo } from '../../telemetry/receivers.ts';
import { LiveView } from '../../telemetry/view.ts';
import type { Io } from '../io.ts';
import { readTool } from '../version.ts';
import { ServedReport } from './served-report.ts';
import type { RecordSoFar } from './so-far.ts';
import type { TelemetryFlags } from './telemetry-flags.ts';

/** What monitoring systems and browsers are told of one run. */
export interface Telemetry {
  /** The name of the run. */
  readonly runId: string;
  onProgress(event: ProgressEvent): void;
  /** The load begins. */
  follow(recordSoFar: RecordSoFar): void;
  /** The run is over: tells its end. @returns the record, with what its reader must know of the telling */
  finish(record: RunRecord): Promise<RunRecord>;
  /** Once the reports are made: waits until who has followed the run was told its end, or the signal comes. */
  linger(signal: AbortSignal): Promise<void>;
  /** Ends whatever is still going on. */
  close(): Promise<void>;
}

export interface TelemetryRequest {
  readonly flags: TelemetryFlags;
  readonly io: Pick<Io, 'stderr' | 'env'>;
  readonly scenario: string;
  /** How lines reach stderr: at once, when the run has ended (below a live block), not at all, or not where a program reads JSON. */
  readonly lines: 'at-once' | 'at-end' | 'none' | 'json';
  /** Shorter in tests. */
  readonly lingerMs?: number;
  readonly pushEveryMs?: number;
}

/** As long as Prometheus, with its usual settings, takes from one scrape to the next. */
const LINGER_MS = 15_000;
/** For browsers, which come at once. */
const PAGE_LINGER_MS = 5_000;
const NS_PER_MS = 1_000_000n;

/**
 * Starts telling what the flags ask for: before anything else of the run, so that an address which can't be had fails at once.
 * @throws RelayBenchError `METRICS_LISTEN_FAILED`, `SERVE_FAILED`
 */
export async function openTelemetry(request: TelemetryRequest): Promise<Telemetry> {
  const runId = randomUUID();
  const view = new LiveView();
  const said = sayer(request);
  const common: Labels = { run_id: runId, scenario: maskKeys(request.scenario) };
  const faults = new Set<string>();
  const { endpoint, served } = await serversOf(request, { view, common, faults });
  if (endpoint !== null) said.first(`live metrics at ${endpoint.url}`);
  if (served !== null) said.page(served.url);
  const pushers = pushersOf(request, { view, common, say: said.during });
  return {
    runId,
    onProgress: (event) => {
      view.onProgress(event);
      served?.onProgress(event);
    },
    follow: (recordSoFar) => {
      view.follow(recordSoFar);
      served?.follow(recordSoFar);
    },
    finish: async (record) => {
      view.finish(record);
      const failed = await Promise.all(pushers.map((pusher) => pusher.finish()));
      const told = withCaveats(record, [...failed.filter((text) => text !== null), ...faults]);
      served?.finish(told);
      return told;
    },
    linger: async (signal) => {
      said.flush();
      await lingering({ endpoint, served }, { signal, longestMs: request.lingerMs, say: said.first });
    },
    close: async () => {
      for (const pusher of pushers) pusher.stop();
      await Promise.all([endpoint?.close(), served?.close()]);
      said.flush();
    },
  };
}

function withCaveats(record: RunRecord, caveats: readonly string[]): RunRecord {
  return caveats.length === 0 ? record : { ...record, caveats: [...record.caveats, ...caveats] };
}

/** What listens while the run goes on. */
interface Servers {
  readonly endpoint: MetricsEndpoint | null;
  readonly served: ServedReport | null;
}

/** @param faults gets what could not be served */
async function serversOf(
  { flags, scenario }: TelemetryRequest,
  { faults, ...telling }: Telling & { readonly faults: Set<string> },
): Promise<Servers> {
  const faultOf = (what: string) => (error: unknown) =>
    void faults.add(`${what} could not be served: ${messageOf(error)}`);
  const endpoint = await endpointOf(flags, { ...telling, onFault: faultOf('metrics') });
  if (flags.serve !== true) return { endpoint, served: null };
  try {
    const served = await ServedReport.open({ scenario, onFault: faultOf('the live page') });
    return { endpoint, served };
  } catch (error) {
    await endpoint?.close();
    throw error;
  }
}

interface Lingering {
  readonly signal: AbortSignal;
  /** Undefined: as long as who follows a run usually takes. */
  readonly longestMs: number | undefined;
  readonly say: (line: string) => void;
}

/** Waits until everybody who follows the run was told its end. */
async function lingering(
  { endpoint, served }: Servers,
  { signal, longestMs, say }: Lingering,
): Promise<void> {
  const waits = (what: string, ms: number) => (): void =>
    say(`waiting for ${what}, at most ${formatDurationMs(ms)}; Ctrl-C ends it`);
  const scrapeMs = longestMs ?? LINGER_MS;
  const pageMs = longestMs ?? PAGE_LINGER_MS;
  // Who has stopped a run sees in the page what it has measured until then; a second signal ends the process.
  const pageSignal = signal.aborted ? new AbortController().signal : signal;
  await Promise.all([
    endpoint?.linger(scrapeMs, signal, waits(`the last scrape of ${endpoint.url}`, scrapeMs)),
    served?.linger(pageMs, pageSignal, waits('open pages to become the report', pageMs)),
  ]);
}

/** What endpoint and pushers share. */
interface Telling {
  readonly view: LiveView;
  readonly common: Labels;
}

async function endpointOf(
  { metricsListen: address }: TelemetryFlags,
  { view, common, onFault }: Telling & { readonly onFault: (error: unknown) => void },
): Promise<MetricsEndpoint | null> {
  if (address === undefined) return null;
  return MetricsEndpoint.open({ address, snapshot: () => view.snapshot(), common, onFault });
}

function pushersOf(
  request: TelemetryRequest,
  { view, common, say }: Telling & { readonly say: PusherOptions['say'] },
): Pusher[] {
  const { flags, scenario, io, pushEveryMs } = request;
  const shared = {
    snapshot: () => view.snapshot(),
    say,
    ...(pushEveryMs === undefined ? {} : { everyMs: pushEveryMs }),
  };
  const pushers: Pusher[] = [];
  if (flags.pushgateway !== undefined) {
    const url = pushgatewayUrl(flags.pushgateway, scenario);
    const name = `push gateway ${maskUrl(flags.pushgateway)}`;
    pushers.push(new Pusher({ ...shared, name, send: (snapshot) => pushTo(url, snapshot, common) }));
  }
  if (flags.otlp !== undefined) {
    const url = otlpUrl(flags.otlp);
    const name = `OTLP receiver ${maskUrl(flags.otlp)}`;
    const headers = otlpHeaders(io.env['OTEL_EXPORTER_OTLP_HEADERS'] ?? '');
    const contextNow = otlpContext(common);
    const send: PusherOptions['send'] = (snapshot) => exportTo(url, snapshot, contextNow(), headers);
    pushers.push(new Pusher({ ...shared, name, send }));
  }
  return pushers;
}

/** Numbers count from now on. */
function otlpContext({ run_id = '', scenario = '' }: Labels) {
  const { name, version } = readTool();
  const startUnixNs = BigInt(Date.now()) * NS_PER_MS;
  const resource = {
    'service.name': name,
    'service.version': version,
    'service.instance.id': run_id,
    'relaybench.scenario': scenario,
  };
  return () => ({ resource, version, startUnixNs, nowUnixNs: BigInt(Date.now()) * NS_PER_MS });
}

/** `key=value,key=value`, percent-encoded, as the exporters of OpenTelemetry read it; what is none of that is left out. */
export function otlpHeaders(text: string): Readonly<Record<string, string>> {
  const pairs = text.split(',').map((pair) => /^\s*([\w.-]+)\s*=\s*(.*?)\s*$/.exec(pair));
  return Object.fromEntries(
    pairs.flatMap((pair) => (pair === null ? [] : [[(pair[1] ?? '').toLowerCase(), decoded(pair[2] ?? '')]])),
  );
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A lone percent sign means itself.
    return text;
  }
}

/** Lines on stderr, where a live block would be torn by them only when it has gone. */
function sayer({ io, lines }: TelemetryRequest) {
  const waiting: string[] = [];
  const write = (line: string): void => void io.stderr.write(`${line}\n`);
  return {
    /** Before the run and after it. */
    first: (line: string) => {
      if (lines === 'at-once' || lines === 'at-end') write(line);
    },
    /** In any case: nobody finds a page whose address was not printed. */
    page: (url: string) => {
      const event = { time: new Date().toISOString(), type: 'serving', url };
      write(lines === 'json' ? JSON.stringify(event) : `live report at ${url}`);
    },
    during: (line: string) => {
      if (lines === 'at-once') write(line);
      if (lines === 'at-end') waiting.push(line);
    },
    flush: () => {
      for (const line of waiting.splice(0)) write(line);
    },
  };
}
