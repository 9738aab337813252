// Bursts of pings.
import { attackModule } from '../attack-client.mjs';

const AT_ONCE = 1_000;

export default attackModule({
  name: 'pings',
  told: 'bursts of 1,000 pings',
  begin:
    ({ socket }) =>
    () => {
      for (let i = 0; i < AT_ONCE; i++) socket.ping();
    },
});
