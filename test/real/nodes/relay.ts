import { connect, createServer, type NetConnectOpts, type Server, type Socket } from 'node:net';
import { pipeline } from 'node:stream';

/** Hands each connection on. Those in a pod's network are handed to a path of the file system, which all networks share. */
export function relay(listen: { path: string } | { host: string; port: number }, to: NetConnectOpts): Promise<Server> {
  const server = createServer((incoming) => join(incoming, connect(to)));
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(listen, () => resolve(server));
  });
}

/** What ends one way ends both; whoever speaks will notice. */
function join(one: Socket, other: Socket): void {
  for (const socket of [one, other]) socket.setNoDelay(true);
  pipeline(one, other, () => {});
  pipeline(other, one, () => {});
}
