import { liveWires } from '../../../src/gateways/live-wires.ts';
import type { Cluster } from '../../../src/rehearsal/cluster/cluster.ts';
import type { Identity } from '../../../src/rehearsal/cluster/host.ts';
import type { Kernel } from '../../../src/rehearsal/kernel/kernel.ts';
import { during } from '../../during.ts';
import { ADMIN, Rig } from '../../rehearsal/cluster/rig.ts';
import type { ControlPlane } from '../kubernetes/control-plane.ts';
import type { Server } from './place.ts';

export const realServer = ({ endpoint, certificateAuthority, token }: ControlPlane): Server => ({
  name: 'real',
  endpoint,
  certificateAuthority,
  token,
  send: liveWires.send,
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  during: (work) => work(),
});

/** A twin's cluster without nodes: nobody schedules and runs pods in the other one either. */
export const twinServer = (): Server => serverOf(new Rig({ autoMode: false }));

export function serverOf({ kernel, cluster }: { kernel: Kernel; cluster: Cluster }): Server {
  return {
    name: 'twin',
    endpoint: 'https://twin',
    certificateAuthority: '',
    token: 'any',
    async send({ method, url, headers, body }) {
      const { pathname: path, searchParams: query } = new URL(url);
      const identity = identityOf(headers);
      const answer = cluster.handle({ method, path, query, headers, identity, ...(body !== undefined && { body }) });
      const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
      return { status: answer.status, headers: {}, body: text };
    },
    sleep: (milliseconds) => kernel.sleep(milliseconds),
    during: (work) => during(kernel, work),
  };
}

function identityOf(headers: Record<string, string>): Identity {
  const username = headers['impersonate-user'];
  return username === undefined ? ADMIN : { username, groups: ['system:authenticated'] };
}
