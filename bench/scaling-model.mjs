// The scaled stack as a network of queues, for events that are published and acknowledged: what happens to each of them on
// its way, and what the other parts have to do with it. Pure: costs, rate and seed give the latencies.

import { Batches, exponential_us, Machine, Station } from './scaling-queues.mjs';

/** What parts do by themselves (timers, checks, garbage) comes in pieces of this. */
const OWN_WORK_US = 500;
/** As in the store of a relay. */
const BATCH_MOST = 1_000;
/** As in a run: answers that come later are none. */
const DRAIN_S = 5;

/**
 * The stations of a stack. One event loop, one thread that verifies, one connection that writes a relay; one thread of HAProxy
 * and of each Redis; one process that replays a replica; one worker of the generator.
 */
function buildStack(machine, { relays, replicas }) {
  const station = () => new Station(machine);
  return {
    generator: station(),
    balancer: station(),
    relays: Array.from({ length: relays }, () => ({
      loop: station(),
      verifier: station(),
      writer: station(),
    })),
    replicas: Array.from({ length: replicas }, station),
    redis: station(),
    caches: station(),
    others: station(),
  };
}

/**
 * One event after its publisher has written it: HAProxy, event loop, signature, the batch that is committed next, event loop,
 * HAProxy. What follows a commit (replay, the other relays, caches) is nobody's wait and takes cores all the same.
 */
function journey(machine, stack, costs) {
  const { balancer, generator } = stack;
  const halves = {
    generator: costs.generator_us / 2,
    balancer: costs.balancer_us / 2,
    loop: costs.loop_us / 2,
  };
  const nothing = () => undefined;
  const answer = ({ loop }, { done }) =>
    loop.submit(halves.loop, () =>
      balancer.submit(halves.balancer, () => generator.submit(halves.generator, done)),
    );
  const tell = (relay, count) => {
    for (const replica of stack.replicas) replica.submit(count * costs.replica_us, nothing);
    stack.caches.submit(count * costs.caches_us, nothing);
    stack.redis.submit(count * stack.relays.length * costs.redis_us, () => {
      for (const other of stack.relays)
        if (other !== relay) other.loop.submit(count * costs.told_us, nothing);
    });
  };
  const writers = stack.relays.map((relay) => {
    const commit = (events, done) =>
      relay.writer.submit(costs.commit_us + events.length * costs.primary_us, () =>
        machine.at(machine.now_us + costs.wait_us, () => {
          for (const event of events) answer(relay, event);
          tell(relay, events.length);
          done();
        }),
      );
    return new Batches(commit, BATCH_MOST);
  });
  return (at, done) => {
    const relay = stack.relays[at];
    generator.submit(halves.generator, () =>
      balancer.submit(halves.balancer, () =>
        relay.loop.submit(halves.loop, () =>
          relay.verifier.submit(costs.verify_us, () => writers[at].add({ done })),
        ),
      ),
    );
  };
}

/** What parts do by themselves, at random times; a share of a core each. */
function startOwnWork(machine, stack, { own_cores: own }, { end_us, random }) {
  const works = [
    [stack.generator, own.generator],
    [stack.balancer, own.balancer],
    ...stack.relays.map(({ loop }) => [loop, own.relay]),
    // The primary's own processes are no part of a commit, and wait for cores alone.
    [new Station(machine), own.primary],
    ...stack.replicas.map((replica) => [replica, own.replica]),
    [stack.redis, own.redis],
    [stack.caches, own.caches],
    [stack.others, own.others],
  ];
  for (const [station, cores] of works.filter(([, share]) => share > 0)) {
    const perSecond = (cores * 1e6) / OWN_WORK_US;
    const next = () => {
      if (machine.now_us > end_us) return;
      station.submit(OWN_WORK_US, () => undefined);
      machine.at(machine.now_us + exponential_us(perSecond, random), next);
    };
    machine.at(exponential_us(perSecond, random), next);
  }
}

/**
 * A step as `capacity` makes it: events evenly spaced, over all relays in turn, a warm-up that does not count.
 * @param setup `relays`, `replicas`, `cores`, `rate_per_s`, `costs`, `warmup_s`, `duration_s`, `random`
 * @returns what came of the events of the measured time; a latency is null where it was not answered in time
 */
export function simulateStep({
  relays,
  replicas,
  cores,
  rate_per_s,
  costs,
  warmup_s = 3,
  duration_s = 10,
  random,
}) {
  const machine = new Machine(cores);
  const stack = buildStack(machine, { relays, replicas });
  const publish = journey(machine, stack, costs);
  const [from_us, to_us] = [warmup_s * 1e6, (warmup_s + duration_s) * 1e6];
  const gap_us = 1e6 / rate_per_s;
  const latencies = [];
  let offered = 0;
  let achieved = 0;
  const arrive = (number) => {
    const due_us = number * gap_us;
    if (due_us >= to_us) return;
    machine.at(due_us, () => {
      const isMeasured = due_us >= from_us;
      if (isMeasured) offered++;
      publish(number % relays, () => {
        const { now_us } = machine;
        if (now_us >= from_us && now_us < to_us) achieved++;
        if (isMeasured) latencies.push(now_us - due_us);
      });
      arrive(number + 1);
    });
  };
  arrive(0);
  startOwnWork(machine, stack, costs, { end_us: to_us, random });
  machine.until(to_us);
  machine.until(to_us + DRAIN_S * 1e6);
  return {
    offered_per_s: offered / duration_s,
    achieved_per_s: achieved / duration_s,
    unanswered: offered - latencies.length,
    ...summaryOf(latencies, offered),
  };
}

/** Mean of what was answered; percentiles over all, those without an answer above every other. */
function summaryOf(latencies, offered) {
  const sorted = latencies.toSorted((a, b) => a - b);
  const at = (share) => sorted[Math.max(0, Math.ceil(share * offered) - 1)] ?? null;
  const sum = sorted.reduce((total, one) => total + one, 0);
  return {
    mean_us: sorted.length === 0 ? null : sum / sorted.length,
    p50_us: at(0.5),
    p95_us: at(0.95),
    p99_us: at(0.99),
  };
}

/** The gates of `publish` that a simulation can break. */
const P95_MOST_US = 100_000;
const LEAST_ACHIEVED = 0.99;

/** Whether a step holds them. */
export function holds({ p95_us, achieved_per_s, offered_per_s, unanswered }) {
  const isInTime = p95_us !== null && p95_us < P95_MOST_US;
  return isInTime && unanswered === 0 && achieved_per_s >= LEAST_ACHIEVED * offered_per_s;
}

/**
 * The limit of a simulated stack, by doubling and bisection as `capacity` finds it.
 * @param simulate gives the step of a rate
 * @returns the highest rate that holds and the lowest that does not; null for what was not found
 */
export function findLimit(simulate, { start_per_s, tolerance, most_per_s = 1e6 }) {
  let low = null;
  let high = null;
  for (let rate = start_per_s; rate >= 1 && rate <= most_per_s; ) {
    if (holds(simulate(rate))) low = rate;
    else high = rate;
    if (low !== null && high !== null && high - low <= tolerance * low) break;
    if (high === null) rate *= 2;
    else if (low === null) rate /= 2;
    else rate = (low + high) / 2;
  }
  return { low, high };
}
