// What the attacks of bench/attack share: connections that come again when they are cut, floods at the pace of the socket,
// signed events. An attack never waits for answers, and reads them only where that is part of it.

import { hash, randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { signSchnorr, xOnlyPointFromScalar } from 'tiny-secp256k1';
import { WebSocket } from 'ws';

/** A flood waits while this much is not sent. */
const UNSENT_MAX = 1024 * 1024;
const AGAIN_MS = 50;

/** A key, and events signed with it. */
export function author() {
  const secret = randomBytes(32);
  const pubkey = Buffer.from(xOnlyPointFromScalar(secret)).toString('hex');
  const event = ({
    kind = 1,
    tags = /** @type {string[][]} */ ([]),
    content = '',
    created_at = Math.floor(Date.now() / 1_000),
  } = {}) => {
    const id = hash('sha256', JSON.stringify([0, pubkey, created_at, kind, tags, content]));
    const sig = Buffer.from(signSchnorr(Buffer.from(id, 'hex'), secret)).toString('hex');
    return { id, pubkey, created_at, kind, tags, content, sig };
  };
  return { pubkey, event };
}

/** Events whose signature is of the right form and wrong. */
export function forged(content) {
  const pubkey = randomBytes(32).toString('hex');
  const created_at = Math.floor(Date.now() / 1_000);
  const id = hash('sha256', JSON.stringify([0, pubkey, created_at, 1, [], content]));
  return { id, pubkey, created_at, kind: 1, tags: [], content, sig: randomBytes(64).toString('hex') };
}

/**
 * Attacks over `connections` connections until it is stopped; one that is cut comes again.
 * @param begin called with each open connection; what it returns is done again and again, at the pace of the socket
 */
export function attack(url, { connections, begin, reads = true }) {
  const state = { isStopped: false, opened: 0, sent: 0, codes: new Map() };
  const sockets = new Set();
  const connectOnce = async () => {
    const socket = new WebSocket(url, { perMessageDeflate: false, maxPayload: 0 });
    sockets.add(socket);
    const closed = new Promise((resolve) => {
      socket.on('close', (code) => {
        state.codes.set(code, (state.codes.get(code) ?? 0) + 1);
        resolve(null);
      });
    });
    socket.on('error', () => undefined);
    await Promise.race([new Promise((resolve) => socket.on('open', resolve)), closed]);
    if (socket.readyState === WebSocket.OPEN) {
      state.opened++;
      if (!reads) socket.pause();
      await flood(socket, state, begin);
      await closed;
    }
    sockets.delete(socket);
  };
  const one = async () => {
    while (!state.isStopped) {
      await connectOnce();
      await delay(AGAIN_MS);
    }
  };
  const running = Array.from({ length: connections }, one);
  return {
    state,
    async stop() {
      state.isStopped = true;
      for (const socket of sockets) socket.terminate();
      await Promise.all(running);
    },
  };
}

async function flood(socket, state, begin) {
  const send = (message) => {
    state.sent++;
    socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  };
  const again = await begin({ socket, send });
  if (again === undefined) return;
  while (!state.isStopped && socket.readyState === WebSocket.OPEN) {
    again();
    do await delay(1);
    while (socket.bufferedAmount > UNSENT_MAX && socket.readyState === WebSocket.OPEN);
  }
}

/** Publishes events one after another, a few at once, and waits until they are answered. */
export async function publishAll(url, events) {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  socket.on('error', () => undefined);
  await new Promise((resolve) => socket.once('open', () => resolve(null)));
  const AT_ONCE = 50;
  let answered = 0;
  /** @type {(value?: unknown) => void} */
  let wake = () => undefined;
  socket.on('message', (data) => {
    if (!String(data).startsWith('["OK"')) return;
    answered++;
    wake();
  });
  socket.on('close', () => wake());
  for (const [index, event] of events.entries()) {
    socket.send(JSON.stringify(['EVENT', event]));
    while (index - answered >= AT_ONCE && socket.readyState === WebSocket.OPEN) {
      await new Promise((resolve) => {
        wake = resolve;
      });
    }
  }
  while (answered < events.length && socket.readyState === WebSocket.OPEN) {
    await new Promise((resolve) => {
      wake = resolve;
    });
  }
  socket.terminate();
}

/** What an attack did, in words. */
export function toldOf({ state }, what) {
  const codes = [...state.codes].map(([code, count]) => `${count} × ${code}`).join(', ');
  return `${what}; ${state.sent} messages, ${state.opened} connections${codes === '' ? '' : ` (closed: ${codes})`}`;
}

/**
 * The usual module: an attack that begins with `prepare`, and tells what it did when it is stopped.
 * @param {{
 *   name: string,
 *   against?: 'relay' | 'stack' | 'both',
 *   isCheap?: boolean,
 *   told: string,
 *   reads?: boolean,
 *   prepare?: (url: string) => Promise<any>,
 *   begin: (connection: { socket: any, send: (message: any) => void }, context: any) => any,
 * }} how
 */
export function attackModule({ name, against = 'both', isCheap = true, told, prepare, ...how }) {
  return {
    name,
    against,
    isCheap,
    async start(url, { connections = 24 } = {}) {
      const context = await prepare?.(url);
      const running = attack(url, {
        connections,
        ...how,
        begin: (connection) => how.begin(connection, context),
      });
      return {
        stop: () => running.stop(),
        get told() {
          return toldOf(running, told);
        },
      };
    },
  };
}
