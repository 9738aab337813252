import { stringify } from 'yaml';
import { portOf, type Service, type StackState, servicesOfKind } from '../state.ts';

/** Whatever runs is short: every second counts. */
const INTERVAL = '1s';

/** Names that dashboards, alert rules and documentation use. */
const JOBS = {
  relay: 'nostr-relay',
  balancer: 'haproxy',
  links: 'links',
  run: 'relay-bench',
  self: 'prometheus',
} as const;

/**
 * The configuration of the Prometheus of a stack: it scrapes every relay process, both balancers, itself, and the run
 * that serves its metrics at the port that is kept for it. An instance is called by the name of its service.
 * @param rules path of the alert rules
 */
export function prometheusConfig(state: StackState, prometheus: Service, rules: string): string {
  const services = (kind: Service['kind'], purpose: string): Target[] =>
    servicesOfKind(state, kind).map((service) => ({ name: service.name, port: portOf(service, purpose) }));
  return stringify({
    global: { scrape_interval: INTERVAL, scrape_timeout: INTERVAL, evaluation_interval: INTERVAL },
    rule_files: [rules],
    scrape_configs: [
      job(JOBS.relay, [...services('relay', 'metrics'), ...services('edge', 'metrics')]),
      job(JOBS.balancer, [
        ...services('haproxy', 'stats'),
        ...services('haproxy-db', 'stats'),
        ...services('region', 'stats'),
      ]),
      job(JOBS.links, services('links', 'metrics')),
      job(JOBS.run, [{ name: 'run', port: portOf(prometheus, 'run') }]),
      job(JOBS.self, [{ name: prometheus.name, port: portOf(prometheus, 'http') }]),
    ].filter(({ static_configs }) => static_configs.length > 0),
  });
}

interface Target {
  readonly name: string;
  readonly port: number;
}

function job(name: string, targets: readonly Target[]) {
  return {
    job_name: name,
    static_configs: targets.map((target) => ({
      targets: [`127.0.0.1:${target.port}`],
      labels: { instance: target.name },
    })),
  };
}
