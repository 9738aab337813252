import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReplyHandlers } from '../../../src/wire/reply-handlers.ts';
import { routeFrame } from '../../../src/wire/reply-router.ts';
import { BARE } from '../../../src/wire/subscription-id.ts';

const ID = '0123456789abcdef'.repeat(4);
const EVENT = { id: ID, pubkey: ID, created_at: 1, kind: 1, tags: [], content: '', sig: ID + ID };

const LETTERS = { bare: new Uint8Array(128), numbered: new Uint8Array(128) };
const [S, Q] = ['s', 'q'].map((letter) => letter.charCodeAt(0)) as [number, number];
LETTERS.bare[S] = 1;
LETTERS.numbered[Q] = 1;

/** What was called with which arguments, connection left out. */
function route(text: string | Buffer): unknown[] {
  const calls: unknown[] = [];
  const handlers = new Proxy({} as ReplyHandlers, {
    get: (_, name) =>
      name === 'letters'
        ? LETTERS
        : (...values: unknown[]) => calls.push([name, ...values.slice(1).filter((v) => !Buffer.isBuffer(v))]),
  });
  routeFrame(3, Buffer.from(text), handlers);
  return calls;
}

describe('routeFrame', () => {
  it('takes the canonical OK by its bytes', () => {
    expect(route(`["OK","${ID}",true,""]`)).toEqual([['onAccepted', 0x01234567, 0x89abcdef]]);
  });

  it('takes an OK with spaces for the same', () => {
    expect(route(`[ "OK", "${ID}", true, "" ]`)).toEqual([
      ['onOk', { idHigh: 0x01234567, idLow: 0x89abcdef, accepted: true, prefix: 'other', message: '' }],
    ]);
  });

  it('tells a duplicate and a rejection by the prefix', () => {
    expect(route(`["OK","${ID}",true,"duplicate: have it"]`)).toMatchObject([
      ['onOk', { accepted: true, prefix: 'duplicate' }],
    ]);
    expect(route(`["OK","${ID}",false,"rate-limited: slow down"]`)).toMatchObject([
      ['onOk', { accepted: false, prefix: 'rate-limited' }],
    ]);
  });

  it('counts an OK whose id is no id as stray', () => {
    expect(route('["OK","zz",true,""]')).toEqual([['onStray']]);
    expect(route(`["OK","${ID.toUpperCase()}",true,""]`)).toEqual([['onStray']]);
  });

  it('sorts events and EOSE by subscription, canonical or not', () => {
    expect(route(`["EVENT","s",${JSON.stringify(EVENT)}]`)).toEqual([['onEvent', S, BARE]]);
    expect(route(`["EVENT", "s", ${JSON.stringify(EVENT)}]`)).toEqual([['onEvent', S, BARE]]);
    expect(route(`["EVENT","q0000001f",${JSON.stringify(EVENT)}]`)).toEqual([['onEvent', Q, 31]]);
    expect(route('["EOSE","q0000001f"]')).toEqual([['onEose', Q, 31]]);
    expect(route('["EOSE","q0000001f","finish"]')).toEqual([['onEose', Q, 31]]);
    expect(route('["EOSE","s"]')).toEqual([['onEose', S, BARE]]);
  });

  it('sorts CLOSED by subscription', () => {
    expect(route('["CLOSED","q00000000","error: no"]')).toEqual([
      ['onClosed', { letter: Q, sequence: 0 }, 'error'],
    ]);
    expect(route('["CLOSED","s","auth-required: x"]')).toEqual([
      ['onClosed', { letter: S, sequence: BARE }, 'auth-required'],
    ]);
  });

  it('counts a foreign subscription id as stray', () => {
    expect(route('["EOSE","q00"]')).toEqual([['onStray']]);
    expect(route(`["EVENT","other",${JSON.stringify(EVENT)}]`)).toEqual([['onStray']]);
  });

  it('counts a letter that nobody uses so as stray', () => {
    expect(route(`["EVENT","q",${JSON.stringify(EVENT)}]`)).toEqual([['onStray']]);
    expect(route('["EOSE","s0000001f"]')).toEqual([['onStray']]);
    expect(route('["EOSE","x0000001f"]')).toEqual([['onStray']]);
  });

  it('hands an event that is none to its subscription', () => {
    expect(route('["EVENT","s", {}]')).toEqual([['onEvent', S, BARE]]);
    expect(route('["EVENT", "x", {}]')).toEqual([['onMalformed']]);
  });

  it('sorts counts and reconciliation by subscription', () => {
    expect(route('["COUNT","q0000001f",{"count":7}]')).toEqual([
      ['onCount', { letter: Q, sequence: 31 }, { count: 7, isApproximate: false }],
    ]);
    expect(route('["NEG-MSG","q0000001f","6100"]')).toEqual([
      ['onNegotiation', { letter: Q, sequence: 31 }, { word: 'NEG-MSG', payload: '6100' }],
    ]);
    expect(route('["NEG-MSG","q0000001f"]')).toEqual([['onMalformed']]);
  });

  it('never takes a NOTICE or an AUTH for a reply', () => {
    expect(route('["NOTICE","hello"]')).toEqual([['onNotice', 'hello']]);
    expect(route('["AUTH","challenge"]')).toEqual([['onAuth', 'challenge']]);
  });

  it('counts what is no Nostr message as malformed', () => {
    for (const text of ['', '[]', '{}', '["OK"', '["WHAT",1]', '\u0000\u0000O', '["OK",1,2]']) {
      expect(route(text), text).toEqual([['onMalformed']]);
    }
  });

  it('calls exactly one handler or none for any bytes and never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), (bytes) => {
        expect(route(Buffer.from(bytes)).length).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('survives nesting that would end a recursive parser', () => {
    expect(route(`["NOTICE",${'['.repeat(50_000)}${']'.repeat(50_000)}]`).length).toBeLessThanOrEqual(1);
  });
});
