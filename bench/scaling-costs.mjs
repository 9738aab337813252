// What an event costs at each part of the stack: as `capacity --for` has it, or from the steps of a search against a stack with
// one relay.

/** Signing, writing and the answer of one event in a worker: docs/performance.md, 1,000 connections. */
const GENERATOR_US = 10.4;
/** Of what a relay process takes for an event, the thread that verifies has at most this share. */
const MOST_VERIFYING = 0.8;

const NO_OWN_WORK = {
  ...{ generator: 0, balancer: 0, relay: 0, primary: 0, replica: 0, redis: 0, caches: 0, others: 0 },
};

/** The costs that a forecast rests on; nothing does anything by itself there. @param a assumptions by name */
export function forecastCosts(a) {
  return {
    generator_us: GENERATOR_US,
    balancer_us: a.balancerMessage_us,
    loop_us: a.relayEvent_us,
    told_us: a.relayDuplicate_us,
    verify_us: a.verify_us,
    primary_us: a.primaryEvent_us,
    commit_us: 0,
    replica_us: a.replicaEvent_us,
    redis_us: a.redisMessage_us,
    caches_us: 0,
    wait_us: 0,
    own_cores: NO_OWN_WORK,
  };
}

/** Cores that each part used in a run; of replicas the mean of one. */
export function coresOf({ components, generator }) {
  const used = (isWanted) =>
    components.filter(({ name }) => isWanted(name)).map(({ cpuShare }) => cpuShare ?? 0);
  const sum = (values) => values.reduce((total, value) => total + value, 0);
  const replicas = used((name) => /^postgres-/.test(name) && name !== 'postgres-1');
  return {
    generator: (generator.cpuShare ?? 0) * generator.workers,
    balancer: sum(used((name) => name === 'haproxy' || name === 'haproxy-db')),
    relay: sum(used((name) => name === 'relay-1')),
    primary: sum(used((name) => name === 'postgres-1')),
    replica: replicas.length === 0 ? 0 : sum(replicas) / replicas.length,
    redis: sum(used((name) => name === 'pubsub')),
    caches: sum(used((name) => name.startsWith('cache-'))),
    others: sum(used((name) => name === 'supervisor' || name === 'watcher')),
  };
}

/**
 * A line through cores by rate: what a part uses by itself, and what an event adds. Neither is below zero.
 * @param points `[rate_per_s, cores]`
 */
export function lineThrough(points) {
  const count = points.length;
  const mean = (read) => points.reduce((sum, point) => sum + read(point), 0) / count;
  const [x, y] = [mean(([rate]) => rate), mean(([, cores]) => cores)];
  const spread = mean(([rate]) => (rate - x) ** 2);
  const slope = spread === 0 ? 0 : mean(([rate, cores]) => (rate - x) * (cores - y)) / spread;
  const own = y - slope * x;
  if (slope < 0) return { own_cores: y, event_us: 0 };
  if (spread > 0 && own >= 0) return { own_cores: own, event_us: slope * 1e6 };
  const throughZero = mean(([rate, cores]) => rate * cores) / mean(([rate]) => rate ** 2);
  return { own_cores: 0, event_us: throughZero * 1e6 };
}

/**
 * The costs in steps of a stack with one relay. What another relay costs can't be seen there: that is as in the forecast,
 * and so is what one signature takes.
 * @param steps `{ rate_per_s, record }`, at least one
 * @param forecast costs, from `forecastCosts`
 * @throws Error without a step
 */
export function measuredCosts(steps, forecast) {
  if (steps.length === 0) throw new Error('no step with one relay held: there is nothing to take costs from');
  const used = steps.map(({ rate_per_s, record }) => ({ rate_per_s, cores: coresOf(record) }));
  const of = (part) => lineThrough(used.map(({ rate_per_s, cores }) => [rate_per_s, cores[part]]));
  const parts = Object.keys(NO_OWN_WORK);
  const lines = Object.fromEntries(parts.map((part) => [part, of(part)]));
  const verify_us = Math.min(forecast.verify_us, MOST_VERIFYING * lines.relay.event_us);
  return {
    generator_us: lines.generator.event_us,
    balancer_us: lines.balancer.event_us,
    loop_us: lines.relay.event_us - verify_us,
    told_us: forecast.told_us,
    verify_us,
    primary_us: lines.primary.event_us,
    commit_us: 0,
    replica_us: lines.replica.event_us,
    redis_us: lines.redis.event_us,
    caches_us: lines.caches.event_us,
    wait_us: 0,
    own_cores: Object.fromEntries(parts.map((part) => [part, lines[part].own_cores])),
  };
}

/** Halvings of the waiting that is looked for. */
const HALVINGS = 10;

/**
 * The same with the waiting that is no CPU: so much for each commit that the lightest step takes as long in its simulation as
 * it was measured to. That is less than what is missing without it, because what comes meanwhile waits for the commit before.
 * @param lightest `mean_us` as measured
 * @param simulate gives the mean of that step with given costs, µs; the same for the same costs
 */
export function withWait(costs, { mean_us }, simulate) {
  const meanWith = (wait_us) => simulate({ ...costs, wait_us }).mean_us ?? Infinity;
  let [low, high] = [0, Math.max(0, mean_us - meanWith(0))];
  if (high === 0 || meanWith(high) <= mean_us) return { ...costs, wait_us: high };
  for (let turn = 0; turn < HALVINGS; turn++) {
    const middle = (low + high) / 2;
    if (meanWith(middle) <= mean_us) low = middle;
    else high = middle;
  }
  return { ...costs, wait_us: low };
}
