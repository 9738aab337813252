import type { Command } from 'commander';
import { RelayBenchError } from '../../base/errors.ts';
import { maskUrl } from '../../base/mask-url.ts';
import type { ListenAddress } from '../../telemetry/listener.ts';
import { repeatable } from '../options.ts';

/** What monitoring systems and browsers are told of a run, and what is asked of the metrics of the relay. */
export interface TelemetryFlags {
  readonly metricsListen?: ListenAddress;
  readonly pushgateway?: string;
  readonly otlp?: string;
  readonly relayMetrics?: readonly string[];
  /** The report as a live page. */
  readonly serve?: boolean;
}

/** Adds the options of {@link TelemetryFlags}. */
export function addTelemetryOptions(command: Command): Command {
  return command
    .option(
      '--metrics-listen <address>',
      'serve live metrics for Prometheus at this [HOST:]PORT, path /metrics; host: 127.0.0.1, port 0: a free one',
      listenAddress,
    )
    .option(
      '--pushgateway <url>',
      'push the metrics to this Prometheus Pushgateway, every 5 s and at the end',
      httpAddress('--pushgateway'),
    )
    .option(
      '--otlp <url>',
      'send the metrics to this OpenTelemetry collector (OTLP/HTTP, JSON), every 5 s and at the end',
      httpAddress('--otlp'),
    )
    .option(
      '--relay-metrics <url>',
      "keep what the relay's own Prometheus endpoint tells, once a second; repeatable",
      repeatable(httpAddress('--relay-metrics')),
    )
    .option(
      '--serve',
      'serve the HTML report as a live page, for browsers of this machine, at an address that is printed',
    );
}

const HIGHEST_PORT = 65_535;
const DEFAULT_HOST = '127.0.0.1';

/**
 * `9464`, `0.0.0.0:9464`, `[::1]:9464`.
 * @throws RelayBenchError `METRICS_ADDRESS_INVALID`
 */
export function listenAddress(text: string): ListenAddress {
  const [, bracketed, plain, digits = ''] = /^(?:(?:\[([^\]]+)\]|([^:[\]\s]+)):)?(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (digits !== '' && port <= HIGHEST_PORT) return { host: bracketed ?? plain ?? DEFAULT_HOST, port };
  throw new RelayBenchError(
    `--metrics-listen ${text === '' ? '""' : text} is no address to listen at, such as 9464 or 127.0.0.1:9464`,
    { code: 'METRICS_ADDRESS_INVALID' },
  );
}

/**
 * Reads an HTTP address.
 * @returns a reader that throws RelayBenchError `HTTP_URL_INVALID`; not commander's error, which would repeat the credentials in it
 */
export function httpAddress(option: string): (text: string) => string {
  return (text) => {
    const url = URL.canParse(text) ? new URL(text) : null;
    const isHttp = url !== null && (url.protocol === 'http:' || url.protocol === 'https:');
    if (isHttp && url.port !== '0') return url.href;
    throw new RelayBenchError(`${option} ${text === '' ? '""' : maskUrl(text)} is no address over HTTP`, {
      code: 'HTTP_URL_INVALID',
      hint: 'write it in full, such as http://127.0.0.1:9091',
    });
  };
}
