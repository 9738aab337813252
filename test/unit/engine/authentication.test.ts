import { describe, expect, it } from 'vitest';
import { readHex32 } from '../../../src/base/hex.ts';
import { ClientSigner } from '../../../src/corpus/client-signer.ts';
import { Authentication } from '../../../src/engine/worker/authentication.ts';
import { buildSeriesTable } from '../../../src/metric/series-table.ts';
import type { AuthPolicy } from '../../../src/nostr/auth-state.ts';
import { eventually } from '../../support/eventually.ts';
import { FakeSink } from '../../support/fake-sink.ts';
import { decodeFrame } from '../../support/masked-frame.ts';

const SERIES = buildSeriesTable(['auth_latency'], {});

/** The authentication of a worker whose relay is the test. */
function worker(policy: AuthPolicy = 'on-demand') {
  const sink = new FakeSink();
  const signer = new ClientSigner(1);
  const restored: number[] = [];
  const sent: { connection: number; event: { id: string; tags: string[][] } }[] = [];
  const authentication = new Authentication({
    policy,
    relayOf: () => 'ws://relay.example/',
    sign: (connection, auth) => signer.sign(connection, auth),
    send: (connection, frame) =>
      sent.push({ connection, event: JSON.parse(decodeFrame(frame).payload.toString())[1] }),
    sink,
    series: SERIES,
    currentPhase: () => 0,
    isToBeExpected: true,
    challengeWithinMs: 1,
    onRestored: (connection) => restored.push(connection),
  });
  const answer = (index: number, accepted: boolean, prefix = ''): boolean => {
    const { connection, event } = sent[index] as (typeof sent)[number];
    const id = Buffer.from(event.id);
    const reply = { idHigh: readHex32(id, 0), idLow: readHex32(id, 8), accepted, prefix };
    return authentication.onOk(connection, reply);
  };
  return { authentication, sink, sent, answer, restored };
}

/** An operation that notes its fate. */
function operation() {
  const fates: string[] = [];
  return { fates, again: () => fates.push('again'), refuse: () => fates.push('refuse') };
}

describe('authentication in a worker', () => {
  it('signs the challenge for the address of the relay, and measures until the OK', () => {
    const { authentication, sent, sink, answer } = worker('on-connect');
    authentication.onChallenge(7, 'who?');
    expect(sent[0]).toMatchObject({
      connection: 7,
      event: {
        kind: 22_242,
        tags: [
          ['relay', 'ws://relay.example/'],
          ['challenge', 'who?'],
        ],
      },
    });
    expect(answer(0, true)).toBe(true);
    expect(authentication.isIn(7)).toBe(true);
    expect(sink.latencies).toHaveLength(1);
    expect(sink.counts).toEqual({ 'auths_sent/0': 1, 'auths_accepted/0': 1 });
  });

  it('keeps connections apart: what one is refused is sent again after its own OK alone', () => {
    const { authentication, answer } = worker();
    const [one, other] = [operation(), operation()];
    authentication.onChallenge(1, 'a');
    authentication.onChallenge(2, 'b');
    authentication.hold(1, 'x', one);
    authentication.hold(2, 'x', other);
    answer(1, true);
    expect([one.fates, other.fates]).toEqual([[], ['again']]);
  });

  it('counts an AUTH that is refused by its prefix, and refuses what waited for it', () => {
    const { authentication, sink, answer } = worker();
    const one = operation();
    authentication.onChallenge(1, 'a');
    authentication.hold(1, 'x', one);
    answer(0, false, 'restricted');
    expect(one.fates).toEqual(['refuse']);
    expect(sink.counts).toEqual({ 'auths_sent/0': 1, 'auths_rejected:restricted/0': 1 });
  });

  it('is not concerned by answers to anything else, nor by a second answer', () => {
    const { authentication, answer } = worker('on-connect');
    expect(authentication.onAccepted(1, 5, 6)).toBe(false);
    authentication.onChallenge(1, 'a');
    expect(authentication.onAccepted(1, 5, 6)).toBe(false);
    expect(answer(0, true)).toBe(true);
    expect(answer(0, true)).toBe(false);
  });

  it('refuses what has waited in vain for a challenge', async () => {
    const { authentication } = worker();
    const one = operation();
    authentication.hold(1, 'x', one);
    expect(one.fates).toEqual([]);
    await eventually('the refusal', () => one.fates.length > 0);
    expect(one.fates).toEqual(['refuse']);
  });

  it('says whether a relay may yet demand an AUTH: until it has taken one, or will take none', () => {
    const { authentication, answer } = worker();
    const demand = (connection: number): void => {
      authentication.onChallenge(connection, 'a');
      authentication.hold(connection, 'x', operation());
    };
    expect(authentication.mayDemand(1)).toBe(true);
    demand(1);
    expect(authentication.mayDemand(1)).toBe(true);
    answer(0, true);
    expect(authentication.mayDemand(1)).toBe(false);
    demand(2);
    answer(1, false);
    expect(authentication.mayDemand(2)).toBe(false);
  });

  it('answers no challenge that is absurdly long', () => {
    const { authentication, sent } = worker('on-connect');
    expect(authentication.onChallenge(1, 'x'.repeat(5_000))).toBe(false);
    expect(sent).toEqual([]);
  });

  it('begins anew on a connection that was closed', () => {
    const { authentication, sent, answer } = worker('on-connect');
    authentication.onChallenge(1, 'a');
    answer(0, true);
    authentication.onConnectionClosed(1, false);
    expect(authentication.isIn(1)).toBe(false);
    authentication.onChallenge(1, 'b');
    expect(sent).toHaveLength(2);
  });
});

describe('a client that had authenticated and comes back', () => {
  function lost() {
    const all = worker();
    all.authentication.onChallenge(7, 'who?');
    all.authentication.hold(7, 'one', operation());
    all.answer(0, true);
    all.authentication.onConnectionClosed(7, true);
    expect(all.authentication.isIn(7)).toBe(false);
    all.authentication.onConnectionReopened(7);
    return all;
  }

  it('authenticates as soon as it is challenged, without being refused first', () => {
    const { authentication, sent, answer, restored } = lost();
    expect(authentication.standing(7)).toBe('waiting');
    authentication.onChallenge(7, 'who again?');
    expect(sent).toHaveLength(2);
    answer(1, true);
    expect(authentication.standing(7)).toBe('in');
    expect(restored).toEqual([7]);
  });

  it('is as it was where no challenge comes in time', async () => {
    const { authentication, restored } = lost();
    await eventually('the end of the wait', () => restored.length > 0);
    expect(authentication.standing(7)).toBe('not-needed');
  });

  it('had nothing to restore where it had never authenticated', () => {
    const { authentication } = worker();
    authentication.onConnectionClosed(7, true);
    authentication.onConnectionReopened(7);
    expect(authentication.standing(7)).toBe('not-needed');
  });
});
