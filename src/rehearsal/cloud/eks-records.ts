import { AwsError } from './aws-error.ts';
import type { AccessEntry, AccessPolicy, Addon, EksCluster, PodIdentity } from './eks-cluster.ts';
import { accessEntry, accessPolicy, addon, podIdentity } from './eks-inputs.ts';
import { uuidOf } from './physical-name.ts';
import type { Input } from './service.ts';
import type { World } from './world.ts';

const inUse = (message: string): AwsError => new AwsError('ResourceInUseException', message, 409);

/**
 * Access entries, Pod Identity associations and add-ons, by region and cluster: a template may name a cluster before
 * it is there. What is made at run time takes effect seconds later.
 * https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html
 */
export class ClusterRecords {
  readonly #world: World;
  readonly #entries = new Map<string, Map<string, AccessEntry>>();
  readonly #identities = new Map<string, PodIdentity[]>();
  readonly #addons = new Map<string, Addon[]>();

  constructor(world: World) {
    this.#world = world;
  }

  /** Region and name of every cluster that something is recorded of. */
  clusterKeys(): string[] {
    return [...this.#entries.keys(), ...this.#identities.keys(), ...this.#addons.keys()];
  }

  forget(clusterKey: string): void {
    for (const records of [this.#entries, this.#identities, this.#addons]) records.delete(clusterKey);
  }

  accessEntries({ key }: EksCluster): AccessEntry[] {
    return [...(this.#entries.get(key)?.values() ?? [])];
  }

  podIdentities({ key }: EksCluster): PodIdentity[] {
    return this.#identities.get(key) ?? [];
  }

  addons({ key }: EksCluster): Addon[] {
    return this.#addons.get(key) ?? [];
  }

  /** The entry that the cluster knows of now. */
  entryOf({ key }: EksCluster, roleArn: string): AccessEntry | undefined {
    const entry = this.#entries.get(key)?.get(roleArn);
    return entry !== undefined && entry.effectiveAt <= this.#world.kernel.now ? entry : undefined;
  }

  /** Pods get credentials from an agent on their node. https://docs.aws.amazon.com/eks/latest/userguide/pod-id-agent-setup.html */
  identityOf(cluster: EksCluster, namespace: string, serviceAccount: string): PodIdentity | undefined {
    const agent =
      cluster.settings.autoMode || this.addons(cluster).some(({ name }) => name === 'eks-pod-identity-agent');
    if (!agent) return undefined;
    const { now } = this.#world.kernel;
    return this.podIdentities(cluster).find(
      (one) => one.namespace === namespace && one.serviceAccount === serviceAccount && one.effectiveAt <= now,
    );
  }

  accessEntryArn(region: string, clusterName: string, principalArn: string): string {
    const [, account, kind, name] = /^arn:aws:iam::(\d+):(role|user)\/(.+)$/.exec(principalArn) ?? [];
    return `arn:aws:eks:${region}:${this.#world.account}:access-entry/${clusterName}/${kind}/${account}/${name}/${uuidOf(principalArn)}`;
  }

  addonArn(region: string, clusterName: string, name: string): string {
    return `arn:aws:eks:${region}:${this.#world.account}:addon/${clusterName}/${name}/${uuidOf(`${clusterName}/${name}`)}`;
  }

  addEntry(input: Input, region: string, delayMs = 0): AccessEntry {
    const { clusterName, principalArn } = input;
    const key = `${region}/${clusterName}`;
    const entries = this.#entries.get(key) ?? new Map<string, AccessEntry>();
    if (entries.has(principalArn))
      throw inUse('The specified access entry resource is already in use on this cluster.');
    const { now } = this.#world.kernel;
    const entry = accessEntry(input, this.accessEntryArn(region, clusterName, principalArn), now + delayMs);
    for (const policy of input.accessPolicies ?? []) entry.policies.push(accessPolicy(policy, now));
    this.#entries.set(key, entries.set(principalArn, entry));
    return entry;
  }

  associatePolicy(entry: AccessEntry, input: Input): AccessPolicy {
    const policy = accessPolicy(input, this.#world.kernel.now);
    this.#world.kernel.schedule(this.#world.latencies.draw('eks.accessEntry'), () => {
      entry.policies = [...entry.policies.filter(({ policyArn }) => policyArn !== policy.policyArn), policy];
    });
    return policy;
  }

  addIdentity(input: Input, region: string, delayMs = 0): PodIdentity {
    const key = `${region}/${input.clusterName}`;
    const identities = this.#identities.get(key) ?? [];
    const effectiveAt = this.#world.kernel.now + delayMs;
    const made = podIdentity(input, { region, account: this.#world.account, effectiveAt });
    if (identities.some(({ id }) => id === made.id)) throw inUse(`Association already exists: ${made.id}`);
    this.#identities.set(key, [...identities, made]);
    return made;
  }

  addAddon(input: Input, region: string, status: Addon['status']): Addon {
    const key = `${region}/${input.clusterName}`;
    const addons = this.#addons.get(key) ?? [];
    if (addons.some(({ name }) => name === input.addonName)) throw inUse('Addon already exists.');
    const made = addon(input, this.addonArn(region, input.clusterName, input.addonName), this.#world.kernel.now);
    made.status = status;
    this.#addons.set(key, [...addons, made]);
    return made;
  }
}
