// TCP connections that never say anything.
import { connect } from 'node:net';

const CONNECTIONS = 2_000;

export default {
  name: 'idle-tcp',
  against: 'both',
  isCheap: true,
  async start(url) {
    const { hostname, port } = new URL(url);
    const state = { isStopped: false, opened: 0, ended: 0 };
    const sockets = new Set();
    const open = () => {
      if (state.isStopped) return;
      const socket = connect(Number(port), hostname);
      sockets.add(socket);
      socket.on('connect', () => {
        state.opened++;
      });
      socket.on('error', () => undefined);
      socket.on('close', () => {
        state.ended++;
        sockets.delete(socket);
        setTimeout(open, 100);
      });
    };
    for (let i = 0; i < CONNECTIONS; i++) open();
    return {
      stop: async () => {
        state.isStopped = true;
        for (const socket of sockets) socket.destroy();
      },
      get told() {
        return `${CONNECTIONS} TCP connections that say nothing; ${state.opened} opened, ${state.ended} ended`;
      },
    };
  },
};
