import type { Clock, Random } from '../../domain/given.ts';
import { Eks } from '../aws/eks.ts';
import { type Credentials, eksToken } from '../aws/eks-token.ts';
import type { Wires } from '../wires.ts';
import { type ClusterAddress, ClusterApi } from './cluster-api.ts';
import { patientSend } from './patient-send.ts';

export type ClusterName = { name: string; region: string };

const TIMEOUT_MS = 10_000;
/** EKS takes a token for 15 minutes. https://github.com/kubernetes-sigs/aws-iam-authenticator#api-authorization-from-outside-a-cluster */
const TOKEN_KEPT_MS = 10 * 60_000;

/** Opens clusters' APIs with the credentials of whoever this runs as. */
export class Clusters {
  readonly #wires: Wires;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #credentials: Credentials;
  readonly #eks = new Map<string, Eks>();
  readonly #open = new Map<string, { api: ClusterApi; until: number }>();

  constructor(wires: Wires, clock: Clock, random: Random, credentials: Credentials) {
    this.#wires = wires;
    this.#clock = clock;
    this.#random = random;
    this.#credentials = credentials;
  }

  eks(region: string): Eks {
    const known = this.#eks.get(region) ?? new Eks(this.#wires, region);
    this.#eks.set(region, known);
    return known;
  }

  /** Asks EKS for the address first. Undefined while the cluster is not active. */
  async open(cluster: ClusterName): Promise<ClusterApi | undefined> {
    const facts = await this.eks(cluster.region).cluster(cluster.name);
    return facts?.status === 'ACTIVE' ? this.openAt({ ...facts, region: cluster.region }) : undefined;
  }

  /** By an address known ahead, so that no AWS API is needed. The same client is given again while its token lives. */
  async openAt(cluster: ClusterAddress & { region: string }, timeoutMs: number = TIMEOUT_MS): Promise<ClusterApi> {
    const now = this.#clock.now();
    const key = `${cluster.endpoint} ${timeoutMs}`;
    const known = this.#open.get(key);
    if (known !== undefined && known.until > now.getTime()) return known.api;
    const token = await eksToken(cluster.name, cluster.region, this.#credentials, now);
    const wire = { send: this.#wires.send, patientSend: patientSend(this.#wires, this.#clock, this.#random) };
    const api = new ClusterApi(wire, cluster, token, timeoutMs);
    this.#open.set(key, { api, until: now.getTime() + TOKEN_KEPT_MS });
    return api;
  }
}
