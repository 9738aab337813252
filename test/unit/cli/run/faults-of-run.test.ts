import { describe, expect, test } from 'vitest';
import { checkFaultsFor, healWhenDraining, timelineOf } from '../../../../src/cli/run/faults-of-run.ts';
import type { OpenTarget } from '../../../../src/cli/run/open-target.ts';
import { relayFlag } from '../../../../src/cli/run/relay-flag.ts';
import { relayTarget } from '../../../../src/fault/relay-target.ts';
import { stackTarget } from '../../../../src/fault/stack-target.ts';
import { NO_FAULTS } from '../../../../src/fault/timeline.ts';
import type { ProgressEvent } from '../../../../src/result/progress.ts';
import { sampleStack } from '../../../support/sample-stack.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const KILL = { action: 'kill', on: 'relay/1', atMs: 60_000 } as const;
const of = (on: string, action: Parameters<ReturnType<typeof checkFaultsFor>>[0]['action'] = 'kill') => ({
  at: 1_000,
  action,
  on,
});

function target(faultTarget?: OpenTarget['faultTarget']): OpenTarget {
  const found = faultTarget === undefined ? {} : { faultTarget };
  return { kind: 'url', relays: [], processes: [], close: async () => undefined, ...found };
}

const LONE = relayTarget('the embedded relay', { processes: () => [], start: async () => undefined });

describe('the faults of a run', () => {
  test('are none where the plan has none, whatever it loads', () => {
    expect(timelineOf({ faults: [] }, target())).toBe(NO_FAULTS);
  });

  test('are refused where the run has started nothing that they could happen to', () => {
    expect(() => timelineOf({ faults: [KILL] }, target())).toThrow(
      expect.objectContaining({
        code: 'FAULT_NO_TARGET',
        hint: expect.stringContaining('--stack scaled'),
      }),
    );
  });

  test('that had no time to happen are reported so, on a relay that stands alone', async () => {
    const timeline = timelineOf({ faults: [KILL] }, target(LONE));
    expect(await timeline.end()).toMatchObject([
      { action: 'kill', on: 'relay/1', struckMs: null, problem: 'the load ended before it', notices: [] },
    ]);
  });

  test('that had no time to happen are reported so, on a stack', async () => {
    const state = await sampleStack('single', { dir: await tempDir() });
    const timeline = timelineOf({ faults: [KILL] }, target(stackTarget(state)));
    expect(await timeline.end()).toMatchObject([{ struckMs: null, problem: 'the load ended before it' }]);
  });
});

describe('the faults of a scenario, before anything is started', () => {
  test('may happen to every part that the stack of the profile has', async () => {
    const check = checkFaultsFor({ stack: 'scaled', stackDir: await tempDir() }, {});
    expect(['relay/1', 'primary', 'replica', 'haproxy', 'cache'].map((on) => check(of(on)))).toEqual(
      Array.from({ length: 5 }, () => null),
    );
  });

  test('are refused on a part that the stack does not have', async () => {
    const check = checkFaultsFor({ stack: 'single', stackDir: await tempDir() }, {});
    expect(check(of('replica/1'))).toEqual({
      key: 'on',
      message: 'is replica/1, but the stack single has no replica',
    });
  });

  test('are refused where the relay is of somebody else', () => {
    const check = checkFaultsFor({ relay: [relayFlag('wss://relay.example/')] }, {});
    expect(check(of('relay'))).toEqual({ key: 'on', message: expect.stringContaining('leave out --relay') });
  });

  test('are refused where one of the relays is of somebody else', () => {
    const relay = [relayFlag('mine=./relay {port}'), relayFlag('ws://127.0.0.1:1/')];
    expect(checkFaultsFor({ relay }, {})(of('relay/1'))).toMatchObject({ key: 'on' });
  });

  test.each(['kill', 'freeze', 'thaw', 'restart'] as const)(
    'may %s a relay that a command starts',
    (action) => {
      const check = checkFaultsFor({ relay: [relayFlag('mine=./relay {port}')] }, {});
      expect(check(of('relay', action))).toBeNull();
    },
  );

  test('may happen to each of several relays that commands start, and to no more', () => {
    const relay = ['a=./relay {port}', 'b=./relay {port}'].map(relayFlag);
    const check = checkFaultsFor({ relay }, {});
    expect([check(of('relay/1')), check(of('relay/2')), check(of('relay'))]).toEqual([null, null, null]);
    expect(check(of('relay/3'))).toEqual({
      key: 'on',
      message: 'is relay/3, but the target has 2 of relay: take --stack scaled in place of --relay',
    });
  });

  test('on a part that a started relay does not have name the relay', () => {
    const check = checkFaultsFor({ relay: [relayFlag('mine=./relay {port}')] }, {});
    expect(check(of('primary'))?.message).toBe(
      'is primary, but the relay mine has no primary: take --stack scaled in place of --relay',
    );
  });

  test.each(['kill', 'freeze', 'thaw', 'restart'] as const)('may %s the embedded relay', (action) => {
    expect(checkFaultsFor({}, {})(of('relay', action))).toBeNull();
  });

  test('on a part that only a stack has advise to load one', () => {
    expect(checkFaultsFor({}, {})(of('primary'))).toEqual({
      key: 'on',
      message: 'is primary, but the embedded relay has no primary: add --stack scaled',
    });
  });

  test('that only a stack can bear are refused on the embedded relay', () => {
    expect(checkFaultsFor({}, {})(of('relay', 'drain'))).toEqual({
      key: 'action',
      message: 'is drain, which needs --stack scaled',
    });
  });

  test('refuse a profile that does not exist', () => {
    expect(() => checkFaultsFor({ stack: 'huge' }, {})).toThrow(
      expect.objectContaining({ code: 'STACK_PROFILE_UNKNOWN' }),
    );
  });
});

describe('what lasts', () => {
  const EVENTS: readonly ProgressEvent[] = [
    { type: 'connecting', opened: 1, failed: 0, total: 1 },
    { type: 'draining', pending: 3 },
    { type: 'finished' },
  ];

  test.each(EVENTS.map((event) => [event.type, event] as const))(
    'is undone when offering has ended, not before: %s',
    (type, event) => {
      let ends = 0;
      const timeline = {
        begin: () => undefined,
        end: async () => {
          ends++;
          return [];
        },
      };
      const passedOn: ProgressEvent[] = [];
      healWhenDraining(timeline, (each) => void passedOn.push(each))(event);
      expect(passedOn).toEqual([event]);
      expect(ends).toBe(type === 'connecting' ? 0 : 1);
    },
  );
});
