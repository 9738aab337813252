// One address that opens WebSockets and says nothing: without a limit for it there is no place left for anybody else.
import { WebSocket } from 'ws';

const CONNECTIONS = 12_000;
const AT_ONCE = 200;

export default {
  name: 'idle-websockets',
  against: 'stack',
  isCheap: false,
  async start(url) {
    const state = { isStopped: false, most: 0, refused: 0 };
    const sockets = new Set();
    const open = () =>
      new Promise((resolve) => {
        const socket = new WebSocket(url, { perMessageDeflate: false });
        socket.on('open', () => {
          sockets.add(socket);
          state.most = Math.max(state.most, sockets.size);
          resolve(null);
        });
        socket.on('error', () => {
          state.refused++;
          resolve(null);
        });
        socket.on('close', () => sockets.delete(socket));
      });
    const running = (async () => {
      for (let opened = 0; opened < CONNECTIONS && !state.isStopped; opened += AT_ONCE) {
        await Promise.all(Array.from({ length: AT_ONCE }, open));
      }
    })();
    return {
      stop: async () => {
        state.isStopped = true;
        await running;
        for (const socket of sockets) socket.terminate();
      },
      get told() {
        return `WebSockets of one address that say nothing; at most ${state.most} open, ${state.refused} refused`;
      },
    };
  },
};
