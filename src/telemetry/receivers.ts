import type { Labels } from '../metric/series.ts';
import { type OtlpContext, otlpRequest } from './otlp.ts';
import { PROMETHEUS_TYPE, prometheusText } from './prometheus.ts';
import { send } from './send.ts';
import type { Snapshot } from './view.ts';

/** For a receiver to take what it is sent. */
const TIMEOUT_MS = 5_000;

/** The job under which a push gateway keeps what runs push. */
const JOB = 'relay-bench';

/**
 * Where a push gateway takes the metrics of runs of a scenario: a run takes the place of the one before. An address that names a
 * group already stays as it is.
 */
export function pushgatewayUrl(address: string, scenario: string): string {
  const url = new URL(address);
  if (/\/metrics\/job(?:@base64)?\//.test(url.pathname)) return url.href;
  // A slash would end the value, and an empty one is refused.
  const name = scenario.replace(/[^\w.-]+/g, '-');
  const group = `/metrics/job/${JOB}${name === '' ? '' : `/scenario/${name}`}`;
  url.pathname = url.pathname.replace(/\/+$/, '') + group;
  return url.href;
}

/** Where a collector takes metrics over OTLP/HTTP: `/v1/metrics`, unless the address has a path of its own. */
export function otlpUrl(address: string): string {
  const url = new URL(address);
  if (url.pathname === '/') url.pathname = '/v1/metrics';
  return url.href;
}

/**
 * Pushes everything in the place of what was pushed before.
 * @param common labels of every sample
 * @throws Error where it was not taken
 */
export async function pushTo(url: string, { families }: Snapshot, common: Labels): Promise<void> {
  const body = await prometheusText(families, common);
  await send({ method: 'PUT', url, contentType: PROMETHEUS_TYPE, body }, TIMEOUT_MS);
}

/**
 * Exports everything as one request.
 * @param headers besides those of the protocol, such as an API key
 * @throws Error where it was not taken
 */
export async function exportTo(
  url: string,
  { families }: Snapshot,
  context: OtlpContext,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  const body = JSON.stringify(otlpRequest(families, context));
  await send({ method: 'POST', url, contentType: 'application/json', body, headers }, TIMEOUT_MS);
}
