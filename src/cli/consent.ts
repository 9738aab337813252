import { RelayBenchError } from '../base/errors.ts';
import { isLoopback, type ResolvedTarget } from './target.ts';

/**
 * Makes sure that this user may load these targets. Loopback needs no consent; every other host must be named by
 * `--i-own-this-relay HOST`, exactly. Must run before a single byte is sent to a target.
 * @param owned the hosts that the user named
 * @throws RelayBenchError `CONSENT_REQUIRED`, or `CONSENT_UNUSED` for a named host that is no target (a typing
 * mistake that would otherwise go unseen)
 */
export function requireConsent(targets: readonly ResolvedTarget[], owned: readonly string[]): void {
  const named = owned.map((host) => host.toLowerCase());
  for (const target of targets) {
    if (!isLoopback(target) && !named.includes(target.host)) throw consentRequired(target);
  }
  const unused = named.find((host) => !targets.some((target) => target.host === host));
  if (unused === undefined) return;
  throw new RelayBenchError(`--i-own-this-relay names ${unused}, which is not a target of this run`, {
    code: 'CONSENT_UNUSED',
    hint: 'name the host of a --relay address, without scheme, port and path',
  });
}

function consentRequired(target: ResolvedTarget): RelayBenchError {
  const why = target.addresses.length === 0 ? 'its name does not resolve' : 'it is not this machine';
  return new RelayBenchError(`${target.host} needs your consent before any load is sent: ${why}`, {
    code: 'CONSENT_REQUIRED',
    hint: `if you own it, add --i-own-this-relay ${target.host}`,
  });
}
