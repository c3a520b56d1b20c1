import type { ClusterHost, SimulatedCluster } from '../cluster/host.ts';
import type { Random } from '../kernel/random.ts';
import { AwsError } from './aws-error.ts';
import { resourceId } from './ec2.ts';
import { type Addon, clusterSettings, EksCluster, type EksClusterSettings } from './eks-cluster.ts';
import { clusterEndpoint } from './eks-endpoint.ts';
import { clusterHost, type Surroundings } from './eks-host.ts';
import { apiSpelling } from './eks-inputs.ts';
import { eksOperations } from './eks-operations.ts';
import { ClusterRecords } from './eks-records.ts';
import { iamOf } from './iam-of.ts';
import { uuidOf } from './physical-name.ts';
import type { Input, Operation, ResourcePlace, ResourceType, Service } from './service.ts';
import type { World } from './world.ts';

/** A cluster that exists already and that no template of ours makes. */
export type AdoptedCluster = {
  name: string;
  region: string;
  /** Such as 1.35. */
  version: string;
  autoMode?: boolean;
  roleArn?: string;
  nodeRoleArn?: string;
  /** Add-ons by name, with their versions. Pod Identity needs `eks-pod-identity-agent` where Auto Mode is off. */
  addons?: Record<string, string>;
  /** DNS names of load balancers that its objects have, by `Service/<namespace>/<name>` or `Ingress/…`. */
  loadBalancers?: Record<string, string>;
};

const US_EAST_1_RETRY_MS = 60_000;

/** Amazon EKS: clusters' control planes, who may reach them, and as whom. */
export class Eks implements Service {
  readonly id = 'eks';
  readonly records: ClusterRecords;
  readonly operations: Record<string, Operation>;
  readonly resources: Record<string, ResourceType>;
  readonly #world: World;
  readonly #given: Surroundings;
  readonly #makeCluster: (host: ClusterHost) => SimulatedCluster;
  readonly #random: Random;
  readonly #clusters = new Map<string, EksCluster>();
  readonly #requests = new Map<string, EksCluster>();
  readonly #balancerNames = new Map<string, Record<string, string>>();

  constructor(world: World, makeCluster: (host: ClusterHost) => SimulatedCluster, parts: Omit<Surroundings, 'world'>) {
    this.#world = world;
    this.#given = { world, ...parts };
    this.#makeCluster = makeCluster;
    this.#random = world.kernel.random.fork('eks');
    this.records = new ClusterRecords(world);
    this.operations = eksOperations(this);
    this.resources = {
      'AWS::EKS::Cluster': (properties, at) => this.#fromTemplate(properties, at),
      'AWS::EKS::AccessEntry': (properties, at) => {
        const entry = this.records.addEntry(apiSpelling(properties), at.region);
        return { ref: `${entry.principalArn}|${properties.ClusterName}`, attributes: { AccessEntryArn: entry.arn } };
      },
      'AWS::EKS::PodIdentityAssociation': (properties, at) => {
        const { arn, id } = this.records.addIdentity(apiSpelling(properties), at.region);
        return { ref: arn, attributes: { AssociationArn: arn, AssociationId: id } };
      },
      'AWS::EKS::Addon': (properties, at) => {
        const made = this.records.addAddon(apiSpelling(properties), at.region, 'ACTIVE');
        return { ref: `${properties.ClusterName}|${made.name}`, attributes: { Arn: made.arn } };
      },
    };
    world.network.onChange(() => this.#followRegions());
  }

  get now(): number {
    return this.#world.kernel.now;
  }

  get account(): string {
    return this.#world.account;
  }

  clusters(): EksCluster[] {
    return [...this.#clusters.values()];
  }

  find(name: string, region: string): EksCluster | undefined {
    return this.#clusters.get(`${region}/${name}`);
  }

  /** Gives the cluster itself, not started yet: `deployed` starts all. */
  adopt(adopted: AdoptedCluster): SimulatedCluster {
    const {
      name,
      region,
      version,
      autoMode = false,
      roleArn = '',
      nodeRoleArn,
      addons = {},
      loadBalancers = {},
    } = adopted;
    const enabled = { enabled: autoMode };
    const settings = this.#settings(
      {
        name,
        version,
        roleArn,
        accessConfig: { authenticationMode: 'API' },
        computeConfig: { ...enabled, nodePools: ['general-purpose', 'system'], nodeRoleArn },
        storageConfig: { blockStorage: enabled },
        kubernetesNetworkConfig: { elasticLoadBalancing: enabled },
      },
      region,
    );
    this.#balancerNames.set(`${region}/${name}`, loadBalancers);
    for (const [addonName, addonVersion] of Object.entries(addons))
      this.records.addAddon({ clusterName: name, addonName, addonVersion }, region, 'ACTIVE');
    return this.#activate(this.#add(settings));
  }

  /** Every cluster's role is there and trusts EKS, and every entry is of a cluster that exists; then clusters start. */
  deployed(): void {
    for (const cluster of this.clusters())
      if (cluster.settings.roleArn !== '') this.#refuseUntrusted(cluster.settings.roleArn);
    for (const key of this.records.clusterKeys())
      if (!this.#clusters.has(key))
        throw new AwsError('ResourceNotFoundException', `No cluster found for name: ${key.split('/')[1]}.`, 404);
    for (const cluster of this.clusters()) {
      for (const { name, version } of this.records.addons(cluster)) cluster.simulated?.install?.(name, version);
      this.#start(cluster);
    }
  }

  createCluster(input: Input, region: string): EksCluster {
    const again = input.clientRequestToken === undefined ? undefined : this.#requests.get(input.clientRequestToken);
    if (again !== undefined) return again;
    if (this.find(input.name, region) !== undefined)
      throw new AwsError('ResourceInUseException', `Cluster already exists with name: ${input.name}`, 409);
    const settings = this.#settings(input, region);
    this.#refuseUntrusted(settings.roleArn);
    const cluster = this.#add(settings);
    if (input.clientRequestToken !== undefined) this.#requests.set(input.clientRequestToken, cluster);
    this.#finishCreating(cluster, this.#world.latencies.draw('eks.createCluster'));
    return cluster;
  }

  /** https://docs.aws.amazon.com/eks/latest/userguide/delete-cluster.html */
  deleteCluster(cluster: EksCluster): EksCluster {
    const { name, region, deletionProtection } = cluster.settings;
    if (deletionProtection)
      throw new AwsError('InvalidRequestException', `Cluster ${name} has deletion protection enabled`, 400);
    if (cluster.status === 'CREATING')
      throw new AwsError('ResourceInUseException', `Cluster ${name} is being created`, 409);
    cluster.status = 'DELETING';
    this.#world.schedule(region, this.#world.latencies.draw('eks.deleteCluster'), () => {
      cluster.simulated?.stop?.();
      this.#clusters.delete(cluster.key);
      this.records.forget(cluster.key);
      this.#world.hosts.delete(cluster.hostName);
    });
    return cluster;
  }

  createAddon(cluster: EksCluster, input: Input): Addon {
    const made = this.records.addAddon(input, cluster.settings.region, 'CREATING');
    this.#world.schedule(cluster.settings.region, this.#world.latencies.draw('eks.addon'), () => {
      made.status = 'ACTIVE';
      cluster.simulated?.install?.(made.name, made.version);
    });
    return made;
  }

  /** How long a new entry or association takes until the cluster knows of it. */
  settling(): number {
    return this.#world.latencies.draw('eks.accessEntry');
  }

  #settings(input: Input, region: string): EksClusterSettings {
    const place = { region, stack: 'eks', logicalId: input.name, metadata: {} };
    const subnet = this.#given.ec2.subnet(input.resourcesVpcConfig?.subnetIds?.[0] ?? '');
    return clusterSettings(input, {
      region,
      arn: `arn:aws:eks:${region}:${this.account}:cluster/${input.name}`,
      createdAt: this.now,
      vpcId: subnet?.vpcId ?? resourceId('vpc', place),
      securityGroupId: resourceId('sg', place),
    });
  }

  #add(settings: EksClusterSettings): EksCluster {
    const cluster = new EksCluster(settings, this.#random.hex(32));
    this.#clusters.set(`${settings.region}/${settings.name}`, cluster);
    return cluster;
  }

  #activate(cluster: EksCluster): SimulatedCluster {
    const { name, region } = cluster.settings;
    cluster.status = 'ACTIVE';
    const names = this.#balancerNames.get(`${region}/${name}`) ?? {};
    const host = clusterHost(
      this.#given,
      cluster,
      (namespace, account) => this.records.identityOf(cluster, namespace, account),
      names,
    );
    const simulated = this.#makeCluster(host);
    cluster.simulated = simulated;
    this.#world.hosts.set(
      cluster.hostName,
      clusterEndpoint(this.#world, cluster, (roleArn) => this.records.entryOf(cluster, roleArn)),
    );
    return simulated;
  }

  #start(cluster: EksCluster): void {
    if (cluster.started || cluster.status !== 'ACTIVE' || !this.#world.network.up(cluster.settings.region)) return;
    cluster.started = true;
    cluster.simulated?.start();
  }

  #followRegions(): void {
    for (const cluster of this.clusters()) {
      const up = this.#world.network.up(cluster.settings.region);
      if (up) this.#start(cluster);
      else if (cluster.started) {
        cluster.started = false;
        cluster.simulated?.stop?.();
      }
    }
  }

  #finishCreating(cluster: EksCluster, delayMs: number): void {
    const { region, name } = cluster.settings;
    this.#world.schedule(region, delayMs, () => {
      // Its endpoint's name is a record that Route 53's control plane in us-east-1 must make.
      if (!this.#world.network.up('us-east-1')) return this.#finishCreating(cluster, US_EAST_1_RETRY_MS);
      this.#activate(cluster);
      this.#start(cluster);
      this.#world.record('cluster active', { cluster: name, region });
    });
  }

  #refuseUntrusted(roleArn: string): void {
    const problem = iamOf(this.#world)?.assumeRoleProblem('eks.amazonaws.com', roleArn);
    if (problem !== undefined)
      throw new AwsError('InvalidParameterException', `The role ${roleArn} cannot be assumed by EKS: ${problem}`, 400);
  }

  #fromTemplate(properties: Input, at: ResourcePlace): ReturnType<ResourceType> {
    const { tags, ...input } = apiSpelling(properties);
    const named = { ...input, name: input.name ?? `${at.stack}-${at.logicalId}` };
    const pairs: Input[] = tags ?? [];
    const settings = this.#settings(
      { ...named, tags: Object.fromEntries(pairs.map(({ key, value }) => [key, value])) },
      at.region,
    );
    const cluster = this.#add(settings);
    this.#activate(cluster);
    return {
      ref: settings.name,
      attributes: {
        Arn: settings.arn,
        Endpoint: cluster.endpoint,
        CertificateAuthorityData: cluster.certificateAuthority,
        ClusterSecurityGroupId: settings.securityGroupId,
        Id: uuidOf(settings.arn),
        OpenIdConnectIssuerUrl: `https://oidc.eks.${at.region}.amazonaws.com/id/${new URL(cluster.endpoint).hostname.split('.')[0]?.toUpperCase()}`,
      },
    };
  }
}
