import { type MetricSet, NO_METRICS } from '../definition.ts';

/** What every run measures of NIP-42, where its relay asks clients who they are; counted from the ramp on. */
export const authenticationMetrics = {
  ...NO_METRICS,
  latencies: {
    auth_latency: {
      source: 'connections',
      from: 'AUTH sent',
      to: 'its OK (NIP-42)',
      hasServiceTwin: false,
      labels: [],
      isQuiet: true,
      span: 'run',
      since: '1.1.0',
    },
  },
  counters: {
    auths_sent: {
      source: 'connections',
      description: 'AUTH messages sent (NIP-42)',
      direction: 'neutral',
      span: 'run',
      since: '1.1.0',
    },
    auths_accepted: {
      source: 'connections',
      description: 'AUTH messages that the relay took',
      direction: 'neutral',
      span: 'run',
      since: '1.1.0',
    },
    events_retried_after_auth: {
      source: 'connections',
      description:
        'events that met `auth-required:` and were sent again after AUTH, those stored beforehand included',
      direction: 'neutral',
      span: 'run',
      since: '1.1.0',
    },
    queries_retried_after_auth: {
      source: 'connections',
      description: 'queries that met `auth-required:` and were asked again after AUTH',
      direction: 'neutral',
      span: 'run',
      since: '1.1.0',
    },
    subscriptions_retried_after_auth: {
      source: 'connections',
      description: 'live subscriptions that met `auth-required:` and were opened again after AUTH',
      direction: 'neutral',
      span: 'run',
      since: '1.1.0',
    },
  },
  maps: {
    auths_rejected: {
      source: 'connections',
      description: 'AUTH messages that the relay did not take, by prefix',
      direction: 'lower',
      label: 'prefix',
      span: 'run',
      since: '1.1.0',
    },
  },
} as const satisfies MetricSet;
