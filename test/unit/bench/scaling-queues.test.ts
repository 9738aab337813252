import { describe, expect, test } from 'vitest';
import { Batches, exponential_us, Machine, Station } from '../../../bench/scaling-queues.mjs';
import { createRandom } from '../../../src/base/random.ts';

// Known results of queueing theory, with services of one second on average: waits are in services.

const SERVICE_US = 1e6;
const ARRIVALS = 300_000;
/** Three standard errors and more of that many arrivals at these utilisations. */
const WITHIN = 0.05;

type Draw = (random: () => number) => number;
const always: Draw = () => SERVICE_US;
const exponentially: Draw = (random) => exponential_us(1, random);

/** Mean time between arrival and end of Poisson arrivals, in services. */
function meanTime(
  utilisation: number,
  service: Draw,
  start: (machine: Machine) => (work_us: number, done: () => void) => void,
  { servers = 1, cores = 1 } = {},
): number {
  const { next } = createRandom(7, `queues/${utilisation}`);
  const machine = new Machine(cores);
  const submit = start(machine);
  let [sum, ended, left] = [0, 0, ARRIVALS];
  const arrive = (): void => {
    const arrived_us = machine.now_us;
    submit(service(next), () => {
      sum += machine.now_us - arrived_us;
      ended++;
    });
    if (--left > 0) machine.at(machine.now_us + exponential_us(utilisation * servers, next), arrive);
  };
  machine.at(0, arrive);
  machine.until(Number.POSITIVE_INFINITY);
  expect(ended).toBe(ARRIVALS);
  return sum / ended / SERVICE_US;
}

const inLine =
  (servers = 1) =>
  (machine: Machine) => {
    const station = new Station(machine, servers);
    return (work_us: number, done: () => void) => station.submit(work_us, done);
  };
const atOnce = (machine: Machine) => (work_us: number, done: () => void) => machine.run(work_us, done);

function expectNear(found: number, known: number): void {
  expect(Math.abs(found / known - 1), `${found} beside ${known}`).toBeLessThan(WITHIN);
}

describe('a queue with one server', () => {
  test.each([0.3, 0.5, 0.7])('M/M/1 waits ρ/(1−ρ) services, ρ = %f', (rho) => {
    expectNear(meanTime(rho, exponentially, inLine()) - 1, rho / (1 - rho));
  });

  test.each([0.3, 0.5, 0.7])('M/D/1 waits half as long, ρ = %f', (rho) => {
    expectNear(meanTime(rho, always, inLine()) - 1, rho / (2 * (1 - rho)));
  });
});

test('a queue with two servers, M/M/2, waits ρ²/(1−ρ²) services', () => {
  const rho = 0.7;
  expectNear(
    meanTime(rho, exponentially, inLine(2), { servers: 2, cores: 2 }) - 1,
    rho ** 2 / (1 - rho ** 2),
  );
});

describe('a core that jobs share', () => {
  test.each([
    ['constant', always],
    ['exponential', exponentially],
  ])('makes them take 1/(1−ρ) services, whatever these are like: %s', (_, service) => {
    const rho = 0.6;
    expectNear(meanTime(rho, service, atOnce), 1 / (1 - rho));
  });

  test('is no longer shared where each job has a core', () => {
    expect(meanTime(0.6, always, atOnce, { cores: 64 })).toBeCloseTo(1, 6);
  });

  test('slows every running job down alike', () => {
    const machine = new Machine(2);
    const ended: [string, number][] = [];
    for (const [name, work_us] of [
      ['a', 100],
      ['b', 200],
      ['c', 300],
    ] as const)
      machine.run(work_us, () => ended.push([name, Math.round(machine.now_us)]));
    machine.until(1e6);
    // Three on two cores: a after 150; then two at full speed: b 100 later, c another 100.
    expect(ended).toEqual([
      ['a', 150],
      ['b', 250],
      ['c', 350],
    ]);
    expect(machine.now_us).toBe(1e6);
  });
});

describe('a station', () => {
  test('serves in the order of arrival and adds up its work', () => {
    const machine = new Machine(1);
    const station = new Station(machine);
    const order: number[] = [];
    for (let at = 0; at < 3_000; at++) station.submit(10, () => order.push(at));
    machine.until(Number.POSITIVE_INFINITY);
    expect(order).toEqual(Array.from({ length: 3_000 }, (_, at) => at));
    expect(station.done_us).toBe(30_000);
    expect(machine.now_us).toBeCloseTo(30_000, 3);
  });
});

describe('batches', () => {
  test('take what came while the one before was on its way, at most so many', () => {
    const machine = new Machine(1);
    const sizes: number[] = [];
    const batches = new Batches<number>((items, done) => {
      sizes.push(items.length);
      machine.at(machine.now_us + 100, done);
    }, 3);
    for (let at = 0; at < 8; at++) machine.at(at, () => batches.add(at));
    machine.until(1_000);
    expect(sizes).toEqual([1, 3, 3, 1]);
  });
});
