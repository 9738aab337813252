import { describe, expect, it } from 'vitest';
import {
  ACTION_NAMES,
  ACTIONS,
  actionForm,
  LINKS_OF,
  needsLinks,
} from '../../../../src/fault/form/actions.ts';
import { tryParseBytes, tryParseBytesPerS } from '../../../../src/fault/form/bytes.ts';
import { orderText } from '../../../../src/fault/form/order-text.ts';
import { missingPart, parsePart, partProblem } from '../../../../src/fault/form/part.ts';
import { partsOfRelays } from '../../../../src/fault/relay-target.ts';
import { partsOfShape } from '../../../../src/fault/stack-target.ts';
import { gateProblem } from '../../../../src/gate/parse.ts';
import { type CheckFault, parseScenario } from '../../../../src/scenario/parse.ts';
import { formatProblem } from '../../../../src/scenario/problem.ts';
import { PROFILES } from '../../../../src/stack/topology.ts';

function scenario(...faults: readonly string[]): string {
  return `name: broken
description: something is broken
connections: { count: 4 }
workloads:
  publish: { rate: 10/s }
phases:
  - { name: steady, duration: 20s }
faults:
${faults.map((fault) => `  - ${fault}\n`).join('')}`;
}

function problems(text: string, check?: CheckFault): string[] {
  const parsed = parseScenario(text, gateProblem, check);
  return 'problems' in parsed ? parsed.problems.map(formatProblem) : [];
}

describe('the faults of a scenario', () => {
  it('are read with their times in ms and their sizes in bytes', () => {
    const text = scenario(
      '{ at: 2s, action: freeze, on: relay/2, for: 5s }',
      '{ at: 3s, action: throttle, on: relay, link: postgres, bandwidth: 64KB/s, direction: down }',
      '{ at: 4s, action: fill-disk, on: postgres-1, most: 1GiB }',
    );
    expect(parseScenario(text, gateProblem)).toMatchObject({
      scenario: {
        faults: [
          { at: 2_000, action: 'freeze', on: 'relay/2', for: 5_000 },
          {
            at: 3_000,
            action: 'throttle',
            on: 'relay',
            link: 'postgres',
            bandwidth: 64_000,
            direction: 'down',
          },
          { at: 4_000, action: 'fill-disk', on: 'postgres-1', most: 2 ** 30 },
        ],
      },
    });
  });

  it('are refused where they stand, all at once', () => {
    const text = scenario(
      '{ at: 25s, action: kill, on: relay/2 }',
      '{ at: 18s, action: freeze, on: primary, for: 5s }',
      '{ at: 1s, action: drain, on: pubsub }',
      '{ at: 1s, action: restart, on: relay/1, for: 2s }',
      '{ at: 1s, action: delay, on: relay/1 }',
      '{ at: 1s, action: partition, on: relay/1, link: clients }',
      '{ at: 1s, action: kill, on: relay/1, bandwidth: 1KB/s }',
      '{ at: 1s, action: thaw, on: relay/3 }',
    );
    expect(problems(text)).toEqual([
      '9:11 faults.0.at: is after the measured phases, which last 20.0 s',
      '10:50 faults.1.for: ends after the measured phases, which last 20.0 s',
      '11:34 faults.2.on: is pubsub, but drain fits only relay',
      '12:50 faults.3.for: has no meaning for restart, which is over at once',
      '13:23 faults.4.action: is delay, which needs `latency`',
      '14:53 faults.5.link: is clients, but relay has only postgres, redis',
      '15:53 faults.6.bandwidth: has no meaning for kill',
      '16:33 faults.7.on: is relay/3, which no fault before it has frozen',
    ]);
  });

  it('name parts that there can be', () => {
    const text = scenario(
      '{ at: 1s, action: kill, on: realy/2 }',
      '{ at: 1s, action: kill, on: haproxy/2 }',
      '{ at: 1s, action: kill, on: haproxy-db/2 }',
      '{ at: 1s, action: kill, on: haproxy-bd }',
      '{ at: 1s, action: explode, on: relay/1 }',
    );
    expect(problems(text)).toEqual([
      expect.stringContaining(
        '9:33 faults.0.on: is no part that a fault can happen to (did you mean "relay"?)',
      ),
      '10:33 faults.1.on: is "haproxy/2", but there is one haproxy: write haproxy',
      '11:33 faults.2.on: is "haproxy-db/2", but there is one haproxy-db: write haproxy-db',
      expect.stringContaining('(did you mean "haproxy-db"?)'),
      expect.stringMatching(/^13:23 faults\.4\.action: /),
    ]);
  });

  it('are looked at as the target has them, with the place of what is missing', () => {
    const counts = partsOfShape(PROFILES.scaled);
    const check: CheckFault = ({ on }) => {
      const message = missingPart(on, counts, 'the stack scaled');
      return message === null ? null : { key: 'on', message };
    };
    const text = scenario('{ at: 1s, action: kill, on: relay/2 }', '{ at: 1s, action: kill, on: relay/4 }');
    expect(problems(text, check)).toEqual([
      '10:33 faults.1.on: is relay/4, but the stack scaled has 3 of relay',
    ]);
  });
});

describe('a part', () => {
  it('is a kind, or one of a kind', () => {
    expect(parsePart('relay')).toEqual({ kind: 'relay', number: null });
    expect(parsePart('relay/12')).toEqual({ kind: 'relay', number: 12 });
    expect(parsePart('cache-1')).toEqual({ kind: 'cache', number: 1 });
    expect(parsePart('primary')).toEqual({ kind: 'primary', number: null });
    expect(parsePart('haproxy-db')).toEqual({ kind: 'haproxy-db', number: null });
  });

  it.each([
    '',
    'relay/0',
    'relay/',
    'relay 1',
    'Relay/1',
    'primary/1',
    'haproxy-1',
    'haproxy-db-1',
    'relay-db',
    'constructor',
    '__proto__',
  ])('is not %j', (text) => {
    expect(parsePart(text)).toBeNull();
    expect(partProblem(text)).not.toBeNull();
  });

  it('is missing where the target has fewer', () => {
    expect(missingPart('relay/1', partsOfRelays(1), 'the embedded relay')).toBeNull();
    expect(missingPart('relay/2', partsOfRelays(1), 'the embedded relay')).toBe(
      'is relay/2, but the embedded relay has one relay',
    );
    expect(missingPart('pubsub', partsOfRelays(1), 'the embedded relay')).toBe(
      'is pubsub, but the embedded relay has no pubsub',
    );
    expect(missingPart('haproxy', partsOfShape(PROFILES.single), 'the stack')).toContain('has no haproxy');
  });
});

describe('the list of actions', () => {
  it.each(ACTION_NAMES)(
    'says what %s does, to whom, and asks for no option that it does not have',
    (name) => {
      const { does, on, options, needs = [] } = actionForm(name);
      expect(does.length).toBeGreaterThan(10);
      expect(on.length).toBeGreaterThan(0);
      expect(options).toEqual(expect.arrayContaining([...needs]));
    },
  );

  it('has links for every part that an action on links fits', () => {
    for (const name of ACTION_NAMES.filter(needsLinks)) {
      for (const kind of ACTIONS[name].on) expect(LINKS_OF[kind], kind).not.toEqual([]);
    }
  });
});

describe('sizes', () => {
  it('are numbers with a unit', () => {
    expect(tryParseBytes('512MB')).toBe(512e6);
    expect(tryParseBytes('1.5 KiB')).toBe(1_536);
    expect(tryParseBytesPerS('64KB/s')).toBe(64_000);
  });

  it.each(['', '5', 'MB', '5 mb', '-1MB', '5MB/s'])('are not %j', (text) => {
    expect(tryParseBytes(text)).toBeNull();
  });
});

describe('an order in one line', () => {
  it('says what, on what, for how long and how', () => {
    expect(orderText({ action: 'kill', on: 'relay/2' })).toBe('kill relay/2');
    expect(orderText({ action: 'delay', on: 'relay/1', for: 5_000, link: 'postgres', latency: 50 })).toBe(
      'delay relay/1 for 5.00 s (link postgres, latency 50.0 ms)',
    );
  });
});
